// How many rows a chunk has and how many threads share the chunks.
#include "kernels/chunks.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>

#include "kernels/body.hpp"
#include "logigrad/evaluate.hpp"

namespace logigrad {
namespace {

// Of X in a chunk. The partial of a chunk costs D doubles to clear, flush and merge, so a chunk
// has at least 128 rows (1 %); more than this would leave too few chunks to share among threads.
constexpr std::size_t kChunkBytes = 512 * 1024;
constexpr std::size_t kMinChunkRows = 128;

// A few chunks are made so many that 2 and 4 threads get as many each: 5 chunks of 2048 rows take
// two threads as long as 6 would. Above 32 chunks one more is at most 6 % of what each of them has.
// Whole units of 64 rows leave no vector of rows half empty.
constexpr std::size_t kEvenChunks = 32, kEvenChunksOf = 4, kChunkUnit = 64;

// A row costs about as much as its columns and 8 more, for the sigmoid. So much work less for the
// busiest thread never pays for the others, and so much always does: two threads save 49,152 of
// 4096 x 16 floats.
constexpr std::size_t kSigmoidCols = 8;
constexpr std::size_t kNeverPays = 16 * 1024, kAlwaysPays = 256 * 1024;

void run_nothing(int threads) {
#pragma omp parallel num_threads(threads)
  {
#pragma omp barrier  // as ours has
  }
}

// What a parallel region of so many threads takes that has nothing to do. 1 us on one machine of
// two cores, 4 on another, 20 where waiting threads sleep (OMP_WAIT_POLICY=passive): so it is
// measured, once a process, by 15 of them.
double region_seconds(int threads) {
  constexpr int kRemembered = 256, kTries = 15;
  static std::atomic<double> remembered[kRemembered];  // 0: not yet
  std::atomic<double>& known = remembered[std::min(threads, kRemembered - 1)];
  if (const double seconds = known.load(std::memory_order_relaxed); seconds > 0) return seconds;
  double tries[kTries];
  run_nothing(threads);  // starts the threads
  for (double& seconds : tries) {
    const double start = omp_get_wtime();
    run_nothing(threads);
    seconds = omp_get_wtime() - start;
  }
  std::nth_element(tries, tries + kTries / 2, tries + kTries);
  known.store(std::max(tries[kTries / 2], 1e-9), std::memory_order_relaxed);
  return known.load(std::memory_order_relaxed);
}

bool is_parallel_by_default(std::size_t rows, std::size_t cols, Dtype dtype, int threads) {
  const std::size_t saved = rows - busiest_rows(rows, cols, dtype, threads);
  if (saved >= kAlwaysPays || cols >= kAlwaysPays) return saved > 0;
  const std::size_t work = saved * (cols + kSigmoidCols);
  if (work < kNeverPays || work >= kAlwaysPays) return work >= kAlwaysPays;
  return threads_pay(work, dtype, region_seconds(threads));
}

}  // namespace

std::size_t chunk_rows(std::size_t rows, std::size_t cols, Dtype dtype) {
  const std::size_t row_bytes = std::max<std::size_t>(cols, 1) * (dtype == Dtype::kF32 ? 4 : 8);
  std::size_t most = kMaxChunkRows;  // halved, so that chunks of all sizes flush alike
  while (most > kMinChunkRows && most * row_bytes > kChunkBytes) most /= 2;
  if (rows <= 2 * most || rows > kEvenChunks * most) return most;
  const std::size_t chunks = round_up(chunks_of(rows, most), kEvenChunksOf);
  return std::min(most, std::max(kMinChunkRows, round_up(chunks_of(rows, chunks), kChunkUnit)));
}

int planned_threads(std::size_t rows, std::size_t cols, Dtype dtype, int threads) {
  if (threads < 0) {
    throw std::invalid_argument("threads: found " + std::to_string(threads) + ", expected >= 0");
  }
  if (threads == 1 || omp_in_parallel()) return 1;
  const bool is_default = threads == 0;
  if (is_default) threads = omp_get_max_threads();
  const std::size_t chunks = chunks_of(rows, chunk_rows(rows, cols, dtype));
  threads = static_cast<int>(std::min(static_cast<std::size_t>(threads), chunks));
  return threads == 1 || (is_default && !is_parallel_by_default(rows, cols, dtype, threads))
             ? 1
             : threads;
}

std::size_t busiest_rows(std::size_t rows, std::size_t cols, Dtype dtype, int threads) {
  const std::size_t rows_per_chunk = chunk_rows(rows, cols, dtype);
  const std::size_t chunks = chunks_of(rows, rows_per_chunk);
  return std::min(rows, chunks_of(chunks, static_cast<std::size_t>(threads)) * rows_per_chunk);
}

bool threads_pay(std::size_t saved, Dtype dtype, double region) {
  // 0.04 (Zen 5) to 0.1 ns (Zen 3) a float; what the merge adds to the region is in the half. With
  // 0.08, 4096 x 32 took 8.9 us by two threads of a Zen 5 and 6.1 by one.
  return static_cast<double>(saved) * (dtype == Dtype::kF32 ? 0.06e-9 : 0.12e-9) > 1.5 * region;
}

}  // namespace logigrad
