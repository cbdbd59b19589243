// A benchmark run from the command line to the exit status; main() and the tests call it.
#pragma once

#include <functional>

#include "bench/cases.hpp"

namespace logigrad::bench {

// Returns 0, 1 (a variant's answer is wrong), 2 (usage, input, nothing to run), or 130 or 143
// (ended by SIGINT or SIGTERM, with the result of what was measured before). `adjust`, if given,
// may change the planned cases: the tests put broken variants there.
int run_benchmarks(int argc, char** argv, const std::function<void(CaseList&)>& adjust = {});

}  // namespace logigrad::bench
