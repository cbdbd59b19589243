// The arithmetic of chunks of rows; the rule itself is chunk_rows() in logigrad/evaluate.hpp.
#pragma once

#include <cstddef>

#include "logigrad/variant.hpp"

namespace logigrad {

inline std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// A division takes 4 ns, of the 100 that a small problem has.
inline std::size_t chunks_of(std::size_t rows, std::size_t rows_per_chunk) {
  return rows <= rows_per_chunk ? 1 : (rows + rows_per_chunk - 1) / rows_per_chunk;
}

// Of so many threads, the rows of the one that has the most: chunks are whole.
std::size_t busiest_rows(std::size_t rows, std::size_t cols, Dtype dtype, int threads);

// Whether threads pay that save so much work, in elements of X, and whose parallel region takes
// `region` seconds.
bool threads_pay(std::size_t saved, Dtype dtype, double region);

}  // namespace logigrad
