// Many tests at once: Holm's step-down procedure.
#pragma once

#include <vector>

namespace logigrad::stats {

// The p-values, in their order, adjusted so that rejecting those <= alpha makes a false rejection
// anywhere in the family in at most a fraction alpha of families, whatever their dependence (Holm
// 1979). Throws std::invalid_argument unless each is in [0, 1].
std::vector<double> holm(const std::vector<double>& p);

}  // namespace logigrad::stats
