// A descent that is watched: timed, traced, shown while it runs, and judged at its end.
#pragma once

#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

#include "logigrad/descend.hpp"
#include "tools/dataset/input_error.hpp"
#include "tools/logigrad/output.hpp"
#include "tools/logigrad/progress.hpp"
#include "tools/machine/interruption.hpp"

namespace logigrad::program {

struct Descent {
  DescendResult result;
  double seconds;
  // At the start; NaN if loss or gradient are not finite there, and so is result.gradient_norm.
  double first_loss = std::numeric_limits<double>::quiet_NaN();
  bool diverged;

  bool interrupted() const { return result.stop == Stop::kCallback; }
  double ms_per_iteration() const {
    return 1e3 * seconds / static_cast<double>(result.iterations + 1);
  }
};

// The step with which the loss falls at every iteration. Throws InputError if the bound overflows.
template <class T>
double safe_step(const Problem<T>& problem) {
  const double bound = lipschitz_bound(problem);
  if (!std::isfinite(bound)) {
    throw InputError("--eta auto: the Lipschitz bound overflows, expected smaller data or --eta X");
  }
  return bound > 0 ? 1 / bound : 1;  // a bound of 0: the loss is constant, any step will do
}

// Descends from (w, b), in place, until it is interrupted. `trace` may be null.
template <class T>
Descent descend_watched(const Problem<T>& problem, DescendOptions steps, std::vector<T>& w, T& b,
                        TraceFile* trace, const Interruption& interruption) {
  using Clock = std::chrono::steady_clock;
  Descent descent{};
  Progress progress(steps.iterations);
  const Clock::time_point start = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  steps.callback = [&](const Iteration& iteration) {
    const double now = seconds();
    if (iteration.index == 0) descent.first_loss = iteration.loss;
    if (trace) trace->add(iteration, now);
    progress.show(iteration, now);
    return !interruption;
  };
  descent.result = descend(problem, w.data(), &b, steps);
  descent.seconds = seconds();
  if (std::isnan(descent.first_loss)) descent.result.gradient_norm = descent.first_loss;
  // A step that is too large need not overflow: the gradient of the loss is bounded, and w may just
  // jump about. A loss that has risen by more than rounding errors do is no answer either.
  const double noise = std::sqrt(static_cast<double>(std::numeric_limits<T>::epsilon()));
  descent.diverged = descent.result.stop == Stop::kDiverged ||
                     !(descent.result.loss <= descent.first_loss * (1 + noise));
  return descent;
}

}  // namespace logigrad::program
