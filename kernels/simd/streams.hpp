// A range of rows as R streams of adjacent rows, a step being the next row of each of them: row k
// of step n is the (k * steps + n)-th. The rows beyond the last step, fewer than R, stay at the
// end.
#pragma once

#include "kernels/body.hpp"
#include "kernels/simd/ops.hpp"

namespace logigrad {
namespace {

// Copies what there is one of a row in the order of the steps.
template <std::size_t R, class T>
void copy_by_steps(const T* from, std::size_t rows, T* to) {
  const std::size_t steps = rows / R;
  for (std::size_t n = 0; n < steps; ++n)
    unroll<R>([&](auto k) { to[n * R + k] = from[k * steps + n]; });
  for (std::size_t n = steps * R; n < rows; ++n) to[n] = from[n];
}

// The range with its labels and weights in the order of the steps. They fill `memory`, 2
// kMaxChunkRows elements.
template <std::size_t R, class T>
RowRange<T> by_steps(const RowRange<T>& range, T* memory) {
  RowRange<T> r = range;
  copy_by_steps<R>(range.y, range.rows, memory);
  r.y = memory;
  if (range.weights) {
    copy_by_steps<R>(range.weights, range.rows, memory + kMaxChunkRows);
    r.weights = memory + kMaxChunkRows;
  }
  return r;
}

}  // namespace
}  // namespace logigrad
