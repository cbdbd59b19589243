// What of the strongest ISA the peers use, chosen when a peer is made.
#pragma once

#include "bench/peers/isa_code.hpp"
#include "bench/strongest.hpp"

namespace logigrad::bench {

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
