// The report's table for a README.
#pragma once

#include <string>
#include <vector>

#include "tools/report/run.hpp"

namespace logigrad::report {

// For each run a heading and a table with a line for each shape, type and number of threads that
// auto was timed on, beside the best peer and the limit; without sweeps, which are counted.
std::string markdown_of(const std::vector<Run>& runs);

}  // namespace logigrad::report
