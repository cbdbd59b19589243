// The record of what was measured and where, as context keys of Google Benchmark's output.
#pragma once

#include <string>
#include <vector>

#include "tools/machine/machine.hpp"

namespace logigrad::bench {

// Adds every `logigrad_*` key: CPU, caches, ISAs and their flags, compiler, build type, revision,
// OpenMP settings and thread placement, governor, the plan of the run, whether it was
// interrupted, and `notes`.
void add_context(const Machine& machine, const std::string& plan, bool interrupted,
                 const std::vector<std::string>& notes);

// "0123abcd" or "0123abcd-dirty": the revision this program was built from; "norevision" if
// unknown.
std::string build_revision();

}  // namespace logigrad::bench
