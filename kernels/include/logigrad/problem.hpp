// The data of one logistic-regression problem and what is to be minimised over it.
//
//   z_n = w . x_n + b                                     margin
//   L   = sum_n s_n log(1 + exp(-y_n z_n))                loss, y_n in {-1, +1}, s_n >= 0
//   dL/dw = -sum_n s_n y_n sigmoid(-y_n z_n) x_n          dL/db the same with x_n = 1
//
// A Problem is a view: it owns nothing and copies nothing. Formulas: F. Fleuret, EE-559 Deep
// Learning (EPFL), lecture 3.5, "Gradient descent"; the weighted form is the usual one.
#pragma once

#include <cstddef>

namespace logigrad {

// Whether the loss is a sum over the rows or is divided by the sum of the sample weights.
enum class Reduction { kSum, kMean };

// T is float or double. Any pointer may be null where its count is 0; none needs more alignment
// than alignof(T).
template <class T>
struct Problem {
  const T* x = nullptr;        // rows x cols, row-major; what is in the padding changes nothing
  std::size_t rows = 0;        // N
  std::size_t cols = 0;        // D
  std::size_t stride = 0;      // from a row to the next, in elements; >= cols
  const T* y = nullptr;        // N labels, each exactly -1 or +1
  const T* weights = nullptr;  // N sample weights, finite and >= 0; null: all are 1
  double l2 = 0;               // adds l2/2 |w|^2 to the loss; not on b, and never divided
  bool intercept = true;       // false: b is taken as 0 and dL/db is not written
  Reduction reduction = Reduction::kSum;

  // Checks in O(N) what the evaluation does not check again: every label is -1 or +1, every
  // sample weight is finite and >= 0. Returns *this; throws std::invalid_argument naming the
  // argument and the first bad row. Sizes and pointers are checked as in the evaluation.
  const Problem& checked() const;
};

}  // namespace logigrad
