// A range of rows as R streams of adjacent rows, a step being the next kEach rows of each of them:
// with one each, row k of step n is the (k * steps + n)-th. The rows beyond the last step, fewer
// than it has, stay at the end.
#pragma once

#include "kernels/body.hpp"
#include "kernels/simd/ops.hpp"

namespace logigrad {
namespace {

// The row that is the k-th of step n of `steps`.
template <std::size_t kEach>
LOGIGRAD_INLINE std::size_t row_of_step(std::size_t n, std::size_t k, std::size_t steps) {
  return (k / kEach * steps + n) * kEach + k % kEach;
}

// Copies what there is one of a row in the order of the steps, the rows of a stream at once.
template <std::size_t R, std::size_t kEach, class T>
void copy_by_steps(const T* from, std::size_t rows, T* to) {
  const std::size_t steps = rows / (R * kEach);
  for (std::size_t n = 0; n < steps; ++n) {
    unroll<R>([&](auto s) {
      __builtin_memcpy(to + (n * R + s) * kEach, from + row_of_step<kEach>(n, s * kEach, steps),
                       kEach * sizeof(T));
    });
  }
  for (std::size_t n = steps * R * kEach; n < rows; ++n) to[n] = from[n];
}

// The range with its labels and weights in the order of the steps. They fill `memory`, 2
// kMaxChunkRows elements.
template <std::size_t R, std::size_t kEach, class T>
RowRange<T> by_steps(const RowRange<T>& range, T* memory) {
  RowRange<T> r = range;
  copy_by_steps<R, kEach>(range.y, range.rows, memory);
  r.y = memory;
  if (range.weights) {
    copy_by_steps<R, kEach>(range.weights, range.rows, memory + kMaxChunkRows);
    r.weights = memory + kMaxChunkRows;
  }
  return r;
}

}  // namespace
}  // namespace logigrad
