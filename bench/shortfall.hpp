// What an interrupted run has not measured, in words: a result that is not whole has to say so
// itself, in its notes and under its table.
#pragma once

#include <string>
#include <vector>

#include "bench/measure.hpp"

namespace logigrad::bench {

// "interrupted by SIGINT: 30 of 75 benchmarks were measured", then the groups that have fewer
// rounds than planned, and those of which something is missing. Empty if nothing is: the signal
// came late.
std::vector<std::string> describe_shortfall(const std::vector<Group>& groups,
                                            const Results& results, const std::string& signal);

}  // namespace logigrad::bench
