// The O(1) checks of every call: sizes, pointers, stride, overlap. Errors name the argument. And
// the way to a row that passed them.
#pragma once

#include <cstddef>

#include "logigrad/problem.hpp"

namespace logigrad {

// Throws std::invalid_argument for a problem or parameters that cannot be evaluated.
template <class T>
void check_problem(const Problem<T>& problem, const T* w);

// The same for the outputs: null, or overlapping one another or an input.
template <class T>
void check_outputs(const Problem<T>& problem, const T* w, const T* dw, const T* db);

// Row n of X; rows of no columns are all at x, which then may be null.
template <class T>
const T* row_of(const Problem<T>& p, std::size_t n) {
  return p.x + (p.cols ? n * p.stride : 0);
}

}  // namespace logigrad
