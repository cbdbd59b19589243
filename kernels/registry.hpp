// What the library and its tests see of the registry beyond the public <logigrad/variant.hpp>.
#pragma once

#include <vector>

#include "kernels/body.hpp"
#include "logigrad/variant.hpp"

namespace logigrad {

// The tables of every ISA in this binary, weakest first.
std::vector<const IsaTable*> isa_tables();

// The rule `auto`, beside which body serves how many columns: whether `block` is faster than
// `panel`, and of how many rows, of so many vectors, `narrow` is faster than `block`.
bool is_for_block(std::size_t rows, std::size_t row_bytes, std::size_t vector_bytes, bool amd);
std::size_t few_rows(std::size_t vectors, std::size_t vector_bytes, bool amd);

template <class T>
const BodyEntry<T>& body_of(const Variant& variant) {
  return *static_cast<const BodyEntry<T>*>(variant.implementation);
}

}  // namespace logigrad
