// The lecture's loop, gradient descent with a constant step:
//
//   w -= eta dL/dw,  b -= eta dL/db
//
// (F. Fleuret, EE-559, lecture 3.5.) With eta = 1 / Lipschitz bound of the gradient it converges on
// every problem; larger steps may be faster or diverge, and that is noticed.
#pragma once

#include <cstddef>
#include <functional>

#include "logigrad/evaluate.hpp"

namespace logigrad {

// What a callback sees once an iteration, before the step is taken.
struct Iteration {
  std::size_t index;     // 0 is the starting point
  double loss;           // L at the current w, b
  double gradient_norm;  // the Euclidean norm of (dL/dw, dL/db)
  double eta;
};

struct DescendOptions {
  double eta = 0;                                       // the step; 0: 1 / lipschitz_bound()
  std::size_t iterations = 100;                         // the most steps taken
  double tolerance = 0;                                 // stop when gradient_norm <= tolerance
  std::function<bool(const Iteration&)> callback = {};  // false stops; may be empty
  Options evaluation = {};
};

enum class Stop { kIterations, kTolerance, kCallback, kDiverged };

struct DescendResult {
  Stop stop;
  std::size_t iterations;  // steps taken
  double loss;             // at the w, b that are returned; NaN if it was not finite at the start
  double gradient_norm;
  double eta;
};

// Descends from (w, *b), in place; b may be null without an intercept. The loss and the gradient
// are evaluated once an iteration and once more at the end. kDiverged: the loss or the gradient was
// no longer finite; w and b are then those of the last iteration where both were. Throws as
// loss_gradient() does, and std::invalid_argument for eta or tolerance < 0 or not finite, and
// for an automatic eta where lipschitz_bound() is not finite.
template <class T>
DescendResult descend(const Problem<T>& problem, T* w, T* b, const DescendOptions& options = {});

// An upper bound of the Lipschitz constant of the gradient: the largest eigenvalue of
// [X 1]^T diag(s) [X 1] / 4 (+ l2, and divided as `reduction` says), by power iteration until it
// changes by less than 1e-3, at most 100 times, times 1.05 since power iteration approaches from
// below; never more than the trace bound, which always holds. O(N D) a step, in double.
template <class T>
double lipschitz_bound(const Problem<T>& problem);

}  // namespace logigrad
