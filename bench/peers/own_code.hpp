// The choice among the tables that are compiled once for every ISA, made when a peer is.
#pragma once

#include <stdexcept>
#include <string>

#include "bench/peers/isa_code.hpp"
#include "kernels/registry.hpp"

namespace logigrad::bench {

// Of tables that each bear the name of an ISA, that of the strongest ISA that can run.
template <class Tables>
const auto& strongest(const Tables& tables) {
  const std::string isa = runnable_isas().back();
  for (const auto* table : tables) {
    if (isa == table->name) return *table;
  }
  throw std::invalid_argument("no peer is compiled for " + isa);
}

template <class T>
MapFunction<T> sigmoid_of_strongest_isa() {
  const IsaTable& table = strongest(isa_tables());
  if constexpr (sizeof(T) == 4)
    return table.sigmoid_f32;
  else
    return table.sigmoid_f64;
}

// The functions of isa_shapes.cpp.
template <class T>
const OwnCode<T>& own_code_of_strongest_isa();

}  // namespace logigrad::bench
