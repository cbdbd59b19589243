// Data whose result shows in which order the partial results were merged.
#pragma once

#include <cstddef>

#include "tests/problem_data.hpp"

namespace logigrad {

// Makes of two rows that are far apart a pair that shows in which order the chunks between them are
// merged, which the rounding of the result hides otherwise. Each is so large that smaller sums are
// lost beside it, and on the wrong side; in all columns but the first they cancel. D >= 2, and the
// other parameters are of norm 1 or so. Rows of other weights than 1 do not cancel.
template <class T>
void make_order_visible(std::size_t cols, T* w, T* x, T* y, T* later_x, T* later_y) {
  const T huge = sizeof(T) == 4 ? T(0x1p70) : T(0x1p200);
  for (std::size_t j = 0; j < cols; ++j) x[j] = later_x[j] = huge * (1 + static_cast<T>(j % 7) / 8);
  w[0] = 1;
  x[0] = 1024 * huge;
  later_x[0] = -x[0];
  *y = -1;
  *later_y = 1;
}

// The same for the rows of a third and of two thirds.
template <class T>
void make_order_visible(ProblemData<T>& data) {
  const std::size_t first = data.problem.rows / 3, second = data.problem.rows / 3 * 2;
  make_order_visible(data.problem.cols, data.w(), data.x(first), &data.y()[first], data.x(second),
                     &data.y()[second]);
  if (data.problem.weights) data.weights()[first] = data.weights()[second] = 1;
}

}  // namespace logigrad
