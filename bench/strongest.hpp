// The choice among tables that are compiled once for every ISA, as kernels/isa_table.cpp is.
#pragma once

#include <stdexcept>
#include <string>

#include "kernels/registry.hpp"

namespace logigrad::bench {

// Of tables that each bear the name of an ISA, that of the strongest ISA that can run.
template <class Tables>
const auto& strongest(const Tables& tables) {
  const std::string isa = runnable_isas().back();
  for (const auto* table : tables) {
    if (isa == table->name) return *table;
  }
  throw std::invalid_argument("nothing is compiled for " + isa);
}

// The half of a table that is for T.
template <class T, class Table>
const auto& part_for(const Table& table) {
  if constexpr (sizeof(T) == 4)
    return table.f32;
  else
    return table.f64;
}

}  // namespace logigrad::bench
