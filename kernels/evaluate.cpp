// The drivers: chunks of rows, serial or OpenMP, and the merge whose result depends on neither.
#include "logigrad/evaluate.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "kernels/check_arguments.hpp"
#include "kernels/chunks.hpp"
#include "kernels/merger.hpp"
#include "kernels/registry.hpp"

namespace logigrad {
namespace {

// Up to this much X every thread gets the same chunks in every call, and finds them in its own L2
// or L3; beyond, whichever thread is free takes the next one, since threads are not equally fast.
constexpr std::size_t kSameThreadBytes = std::size_t{32} << 20;

// Of X in the adjacent chunks that a thread takes at once, if each has eight such turns: the
// prefetchers of one that leaves every second chunk to another fetch that, too (67108864 x 2 by two
// threads: 45 ms with one chunk of 16 KiB, 24 with 32; Zen 5).
constexpr std::size_t kTurnBytes = std::size_t{512} << 10;

// Partials of chunks are kept until they are merged in order; this bounds their memory. It does
// not change the result.
constexpr std::size_t kWaveBytes = std::size_t{32} << 20;

// How a call is carried out; everything but `threads` and `wave` follows from shape and type.
template <class T>
struct Plan {
  std::size_t rows_per_chunk, chunks;
  std::size_t partial;  // doubles from one chunk's partial to the next
  std::size_t scratch;  // T elements from one thread's scratch to the next
  std::size_t wave;     // chunks whose partials are held at once
  int threads;
  const BodyEntry<T>* body;
  bool one_flush;  // of every chunk

  Plan(const Problem<T>& p, const Options& options) {
    rows_per_chunk = chunk_rows(p.rows, p.cols, kDtypeOf<T>);
    chunks = chunks_of(p.rows, rows_per_chunk);
    threads = planned_threads(p.rows, p.cols, kDtypeOf<T>, options.threads);
    const Variant& variant =
        options.variant ? *options.variant : auto_variant(kDtypeOf<T>, p.rows, p.cols);
    if (variant.dtype != kDtypeOf<T>) {
      throw std::invalid_argument("variant: " + variant.name() + " is not of type " +
                                  std::string(name_of(kDtypeOf<T>)));
    }
    if (options.variant && !variant.runnable()) {  // auto's is
      throw std::invalid_argument("variant: " + variant.name() +
                                  " cannot run here: " + variant.missing());
    }
    body = &body_of<T>(variant);
    one_flush = body->rows_of_one_flush &&
                std::min(p.rows, rows_per_chunk) <= body->rows_of_one_flush(p.cols);
    // A cache line apart, so that no two threads write to one.
    partial = round_up(p.cols + 2, kScratchAlignment / sizeof(double));
    scratch = round_up(body->scratch(p.cols), kScratchAlignment / sizeof(T));
    wave = 1;
    if (threads == 1) return;
    const std::size_t affordable = kWaveBytes / (partial * sizeof(double));
    wave = std::min(chunks, std::max(affordable, static_cast<std::size_t>(threads)));
  }

  std::size_t merger_doubles() const { return partial * (Merger<T>::kCompensated ? 2 : 1); }
  std::size_t bytes() const {
    return (merger_doubles() + wave * partial) * sizeof(double) +
           static_cast<std::size_t>(threads) * scratch * sizeof(T);
  }
};

template <class T>
RowRange<T> chunk_of(const Problem<T>& p, const T* w, T b, const Plan<T>& plan, std::size_t chunk) {
  const std::size_t first = chunk * plan.rows_per_chunk;
  return {row_of(p, first),
          std::min(plan.rows_per_chunk, p.rows - first),
          p.cols,
          p.cols ? p.stride : 0,  // nowhere from a null X
          p.y + first,
          p.weights ? p.weights + first : nullptr,
          w,
          b,
          p.rows * p.cols * sizeof(T) > kFromMemoryBytes};
}

// Runs every chunk through `body` and merges the partials in the order of the chunks.
template <class T>
void run_chunks(const Problem<T>& p, const T* w, T b, const Plan<T>& plan, BodyFunction<T> body,
                double* partials, Merger<T>& merger) {
  T* scratch = reinterpret_cast<T*>(partials + plan.wave * plan.partial);
  // What a chunk adds once, to zeros that are then added to the sums, it may as well add to them:
  // three passes over D less for 128 rows (1000 x 1024).
  if (plan.chunks == 1 || (plan.threads == 1 && plan.one_flush && !Merger<T>::kCompensated)) {
    for (std::size_t chunk = 0; chunk < plan.chunks; ++chunk)
      body(chunk_of(p, w, b, plan, chunk), scratch, merger.sums());
    return;
  }
  const auto run = [&](std::size_t chunk, std::size_t slot, std::size_t thread) {
    double* partial = partials + slot * plan.partial;
    std::fill_n(partial, p.cols + 2, 0.0);
    body(chunk_of(p, w, b, plan, chunk), scratch + thread * plan.scratch, partial);
  };
  if (plan.threads == 1) {
    for (std::size_t chunk = 0; chunk < plan.chunks; ++chunk) {
      run(chunk, 0, 0);
      merger.add(partials, 0, merger.count());
    }
    return;
  }
  const std::size_t chunk_bytes =
      std::max<std::size_t>(1, plan.rows_per_chunk * p.cols * sizeof(T));
  const std::size_t fair = plan.chunks / (8 * static_cast<std::size_t>(plan.threads));
  const std::size_t turn = std::max<std::size_t>(1, std::min(kTurnBytes / chunk_bytes, fair));
  const bool stays = p.rows * p.stride * sizeof(T) <= kSameThreadBytes;
  for (std::size_t first = 0; first < plan.chunks; first += plan.wave) {
    const std::size_t count = std::min(plan.wave, plan.chunks - first);
#pragma omp parallel num_threads(plan.threads)
    {
      const auto thread = static_cast<std::size_t>(omp_get_thread_num());
      if (stays) {
#pragma omp for schedule(static)
        for (std::size_t i = 0; i < count; ++i) run(first + i, i, thread);
      } else {
#pragma omp for schedule(dynamic, turn)
        for (std::size_t i = 0; i < count; ++i) run(first + i, i, thread);
      }
      // Each thread merges its own columns, every column in the order of the chunks.
      const auto threads = static_cast<std::size_t>(omp_get_num_threads());
      const std::size_t begin = merger.count() * thread / threads;
      const std::size_t end = merger.count() * (thread + 1) / threads;
      for (std::size_t i = 0; i < count; ++i) merger.add(partials + i * plan.partial, begin, end);
    }
  }
}

// A short problem's sums need no double: where nothing else is to be done to them, the body may put
// them where the caller wants them, which is one pass over D instead of four.
template <class T>
bool is_direct(const Problem<T>& p, const Plan<T>& plan) {
  return plan.chunks == 1 && plan.one_flush && p.reduction == Reduction::kSum && p.l2 == 0;
}

// Such a problem, in whose `partial` only dL/db and the loss are used. Returns the loss.
template <class T>
double run_directly(const Problem<T>& p, const T* w, T b, const Plan<T>& plan, BodyFunction<T> body,
                    double* partial, T* dw, T* db) {
  RowRange<T> range = chunk_of(p, w, b, plan, 0);
  range.dw = dw;
  partial[p.cols] = partial[p.cols + 1] = 0;
  body(range, reinterpret_cast<T*>(partial + plan.partial), partial);
  if (p.intercept) *db = static_cast<T>(partial[p.cols]);
  return partial[p.cols + 1];
}

// The compensated sum of term(i) over `count` values of i: a plain one of 1005 squares was off by
// twice the bound.
template <class Term>
double sum_of(std::size_t count, const Term& term) {
  double sum = 0, error = 0;
  Merger<double> merger(&sum, &error, 1);
  for (std::size_t i = 0; i < count; ++i) {
    const double value = term(i);
    merger.add(&value, 0, 1);
  }
  return merger.total(0);
}

template <class T>
double sum_of_weights(const Problem<T>& p) {
  if (!p.weights) return static_cast<double>(p.rows);
  return sum_of(p.rows, [&](std::size_t n) { return static_cast<double>(p.weights[n]); });
}

// The totals as the caller wants them: divided for a mean, with the L2 term.
template <class T>
void write_gradient(const Problem<T>& p, const T* w, const Merger<T>& merger, double divisor,
                    T* dw) {
  if (divisor == 1 && p.l2 == 0) {  // the usual case: a division an element is 7 % of 64 x 4096
    for (std::size_t j = 0; j < p.cols; ++j) dw[j] = static_cast<T>(merger.total(j));
    return;
  }
  for (std::size_t j = 0; j < p.cols; ++j) {
    double total = merger.total(j) / divisor;
    if (p.l2 != 0) total += p.l2 * static_cast<double>(w[j]);
    dw[j] = static_cast<T>(total);
  }
}

template <class T>
double l2_penalty(const Problem<T>& p, const T* w) {
  if (p.l2 == 0) return 0;
  return 0.5 * p.l2 * sum_of(p.cols, [&](std::size_t j) {
           return static_cast<double>(w[j]) * static_cast<double>(w[j]);
         });
}

template <class T>
double evaluate(const Problem<T>& p, const T* w, T b, T* dw, T* db, const Options& options,
                bool want_loss) {
  if (!is_surely_right(p, w, dw, db)) {
    check_problem(p, w);
    check_outputs(p, w, dw, db);
  }
  const Plan<T> plan(p, options);
  Workspace local;
  std::byte* memory = (options.workspace ? options.workspace : &local)->reserve(plan.bytes());
  double* sums = reinterpret_cast<double*>(memory);
  const BodyFunction<T> body = want_loss ? plan.body->loss_gradient : plan.body->gradient;
  if (!p.intercept) b = 0;
  if (is_direct(p, plan)) return run_directly(p, w, b, plan, body, sums, dw, db);
  Merger<T> merger(sums, sums + plan.partial, p.cols + 2);
  run_chunks(p, w, b, plan, body, sums + plan.merger_doubles(), merger);

  const bool divide = p.reduction == Reduction::kMean && p.rows != 0;
  const double divisor = divide ? sum_of_weights(p) : 1;
  write_gradient(p, w, merger, divisor, dw);
  if (p.intercept) *db = static_cast<T>(merger.total(p.cols) / divisor);
  return want_loss ? merger.total(p.cols + 1) / divisor + l2_penalty(p, w) : 0;
}

}  // namespace

template <class T>
double loss_gradient(const Problem<T>& problem, const T* w, T b, T* dw, T* db,
                     const Options& options) {
  return evaluate(problem, w, b, dw, db, options, true);
}

template <class T>
void gradient(const Problem<T>& problem, const T* w, T b, T* dw, T* db, const Options& options) {
  evaluate(problem, w, b, dw, db, options, false);
}

template double loss_gradient(const Problem<float>&, const float*, float, float*, float*,
                              const Options&);
template double loss_gradient(const Problem<double>&, const double*, double, double*, double*,
                              const Options&);
template void gradient(const Problem<float>&, const float*, float, float*, float*, const Options&);
template void gradient(const Problem<double>&, const double*, double, double*, double*,
                       const Options&);

}  // namespace logigrad
