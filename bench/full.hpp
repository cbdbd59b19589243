// The plan of a full run: every shape for which results/README.md has a bar, and the sweeps that
// it draws.
#pragma once

#include <vector>

#include "bench/cases.hpp"

namespace logigrad::bench {

// Limits, peers and auto on every shape, at one thread and at the most of list.threads; other
// bodies and ISAs on the named shapes that stay in a cache. Throws InputError for a shape that does
// not fit into the memory.
//
// named     100x2 to 1000x1024, with the loss, X unaligned, and every variant
// memory    X of 1 GiB, or twice the last-level cache if that is more, D from 2 to 4096
// sizes     X from 4 KiB to 64 MiB, for D = 28 and D = 256
// columns   D from 1 to 300, X of 192 KiB: 16 successive D are a group, limits and peers at the
//           last
std::vector<Group> full_groups(const CaseList& list, const MachineSizes& machine);

}  // namespace logigrad::bench
