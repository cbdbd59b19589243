// What the library and its tests see of the registry beyond the public <logigrad/variant.hpp>.
#pragma once

#include <vector>

#include "kernels/body.hpp"
#include "logigrad/variant.hpp"

namespace logigrad {

// The tables of every ISA in this binary, weakest first.
std::vector<const IsaTable*> isa_tables();

template <class T>
const BodyEntry<T>& body_of(const Variant& variant) {
  return *static_cast<const BodyEntry<T>*>(variant.implementation);
}

}  // namespace logigrad
