// The gate without a clock: instructions of one evaluation, as callgrind counts them.
//
// They are the same on every run and beside any load, so that a count is one process and needs no
// statistics; but they are no time: a spill costs more than its two instructions, a longer chain of
// dependencies costs none. Of OpenMP only the parallel regions are counted. Valgrind's CPU has no
// AVX-512, and `auto` picks for the CPU it has.
#pragma once

#include <functional>

#include "tools/gate/session.hpp"

namespace logigrad::gate {

// Ratios - 1 above which a count has changed. Serial code counts exactly; in OpenMP's runtime a
// wait may take a few turns more.
inline constexpr double kSerialBar = 0.0001, kOpenMpBar = 0.001;

// Counts each benchmark that both sides list; of the plan it uses the baseline and the candidate,
// `arguments`, `timeout`, `budget`, `any_build`, `scratch`, and, if `has_thresholds`, `thresholds`
// instead of the bars. A line's decision is exact: PASS, REGRESSED or IMPROVED, p 0 or 1; or
// INCONCLUSIVE, if it was not counted within `budget`. Throws what measure() does, and InputError
// without valgrind.
Sitting count_instructions(const Plan& plan, bool has_thresholds, const Stop& stop,
                           const std::function<void(const Sitting&, std::size_t of)>& watch);

}  // namespace logigrad::gate
