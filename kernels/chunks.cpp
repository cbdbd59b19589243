// How many rows a chunk has and how many threads share the chunks.
#include "kernels/chunks.hpp"

#include <omp.h>

#include <algorithm>
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

// A row costs about as much as its columns and 8 more, for the sigmoid. Below this much work a
// second thread saves less than the parallel region takes, which is 1 us on one machine of two
// cores and 4 on another: there 4096 x 16 floats take 5.7 us serially and 7.7 by two threads.
constexpr std::size_t kSerialWork = 128 * 1024;
constexpr std::size_t kSigmoidCols = 8;

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
  const bool is_small =
      rows < kSerialWork && cols < kSerialWork && rows * (cols + kSigmoidCols) < kSerialWork;
  if (threads == 1 || (threads == 0 && is_small) || omp_in_parallel()) return 1;
  if (threads == 0) threads = omp_get_max_threads();
  const std::size_t chunks = chunks_of(rows, chunk_rows(rows, cols, dtype));
  return static_cast<int>(std::min(static_cast<std::size_t>(threads), chunks));
}

}  // namespace logigrad
