// Values that are equal, and the ranks that they share.
#pragma once

#include <cstddef>
#include <vector>

namespace logigrad::stats {

// The sizes of the groups of equal values, in ascending order of the values.
std::vector<std::size_t> ties_of(std::vector<double> values);

// Twice the midrank of each value, ascending: whole numbers. A group shares the mean of its ranks.
std::vector<std::size_t> doubled_midranks(const std::vector<std::size_t>& ties);

}  // namespace logigrad::stats
