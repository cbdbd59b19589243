// The O(1) checks of every call: sizes, pointers, stride, overlap. Errors name the argument.
#pragma once

#include "logigrad/problem.hpp"

namespace logigrad {

// Throws std::invalid_argument for a problem or parameters that cannot be evaluated.
template <class T>
void check_problem(const Problem<T>& problem, const T* w);

// The same for the outputs: null, or overlapping one another or an input.
template <class T>
void check_outputs(const Problem<T>& problem, const T* w, const T* dw, const T* db);

}  // namespace logigrad
