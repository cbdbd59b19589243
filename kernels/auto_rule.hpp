// The rule `auto`, beside which body serves how many columns; auto_variant() puts it together.
#pragma once

#include <cstddef>

#include "kernels/cpu_features.hpp"

namespace logigrad {

// Whether `block` is faster than `panel`.
bool is_for_block(std::size_t rows, std::size_t row_bytes, std::size_t vector_bytes, Core core);

// Of how many rows, of so many vectors, `narrow` is faster than `block`.
std::size_t few_rows(std::size_t vectors, std::size_t vector_bytes, Core core);

// Whether `panel` is faster than `narrow`.
bool is_for_panel(std::size_t rows, std::size_t cols, std::size_t element_bytes,
                  std::size_t vector_bytes, Core core);

}  // namespace logigrad
