// A range of rows by combs: every lanes-th row. Whatever the stride is, they are multiples of a
// line apart, so that each begins at the same place in its line.
//
// A range is cut evenly into squares, of at most lanes x lanes rows. Comb k of a square are its
// rows k, k + lanes, k + 2 lanes ..., the comb's teeth.
#pragma once

#include "kernels/body.hpp"
#include "kernels/simd/ops.hpp"

namespace logigrad {
namespace {

template <std::size_t kLanes>
struct Square {
  static constexpr std::size_t kMostRows = kLanes * kLanes;

  // The next one of a range of which so many rows are left, not 0.
  static Square of(std::size_t left) {
    const std::size_t squares = (left + kMostRows - 1) / kMostRows;
    return {(left + squares - 1) / squares};
  }

  std::size_t combs() const { return rows < kLanes ? rows : kLanes; }
  std::size_t teeth(std::size_t comb) const { return (rows - comb + kLanes - 1) / kLanes; }
  // Of all rows comb by comb, the place of a comb's first one.
  std::size_t place(std::size_t comb) const {
    const std::size_t longer = rows % kLanes;  // combs with a tooth more than the others
    return comb * (rows / kLanes) + (comb < longer ? comb : longer);
  }

  std::size_t rows;
};

// Copies what there is one of a row, square by square and comb by comb.
template <std::size_t kLanes, class T>
void copy_by_combs(const T* from, std::size_t rows, T* to) {
  for (std::size_t done = 0; done < rows;) {
    const auto square = Square<kLanes>::of(rows - done);
    for (std::size_t k = 0; k < square.combs(); ++k) {
      T* const comb = to + done + square.place(k);
      const std::size_t teeth = square.teeth(k);
      for (std::size_t i = 0; i < teeth; ++i) comb[i] = from[done + k + i * kLanes];
    }
    done += square.rows;
  }
}

// The range with its labels and weights in the order of the combs. They fill `memory`, 2
// kMaxChunkRows elements.
template <std::size_t kLanes, class T>
RowRange<T> by_combs(const RowRange<T>& range, T* memory) {
  RowRange<T> r = range;
  copy_by_combs<kLanes>(range.y, range.rows, memory);
  r.y = memory;
  if (range.weights) {
    copy_by_combs<kLanes>(range.weights, range.rows, memory + kMaxChunkRows);
    r.weights = memory + kMaxChunkRows;
  }
  return r;
}

}  // namespace
}  // namespace logigrad
