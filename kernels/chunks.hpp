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

// Whether `threads` threads evaluate faster than one, if a parallel region takes `region` seconds.
// `work` is what an evaluation costs, in elements of X.
bool threads_pay(std::size_t work, Dtype dtype, int threads, double region);

}  // namespace logigrad
