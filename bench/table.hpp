// What a person sees of a run: the table at its end.
#pragma once

#include <ostream>
#include <vector>

#include "bench/measure.hpp"

namespace logigrad::bench {

// A table for every shape, type, quantity and number of threads, limits and peers first.
void print_table(std::ostream& out, const std::vector<Group>& groups, const Results& results);

}  // namespace logigrad::bench
