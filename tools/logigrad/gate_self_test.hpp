// Whether the gate tells the truth on this machine, now: it gates a program against itself, and
// against itself made slower by a known part.
#pragma once

#include "tools/logigrad/gate_options.hpp"

namespace logigrad::program {

// Throws BadAnswer if the gate has lied: called identical code other, passed a slowdown beyond the
// threshold, called one a regression that is within it, or did not find one that is above what it
// says it "finds". Else INCONCLUSIVE is no lie, but nothing else is no test: BadAnswer as well.
// Throws Interrupted, and what the processes' errors are.
void run_gate_self_test(const GateOptions& options);

}  // namespace logigrad::program
