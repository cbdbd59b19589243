// Whether a difference between two sides can be one of their code.
#pragma once

#include <vector>

#include "tools/compare/side.hpp"
#include "tools/gate/bench_run.hpp"

namespace logigrad::gate {

// A process's result as one side of a comparison, under the runner's title.
compare::Side side_of(const Runner& runner, const Result& result);

// What else of the settings differs. Throws compare::NotComparable if the machine or the build type
// do, or, unless `any_build`, the compiler or its flags.
std::vector<compare::Difference> require_comparable(const compare::Side& baseline,
                                                    const compare::Side& candidate, bool any_build);

}  // namespace logigrad::gate
