// A block of adjacent rows between their dot products and their axpy, for as many rows as are read
// one after another: the dots wait in memory until there are enough for vectors of margins.
#pragma once

#include "kernels/simd/row_end.hpp"

namespace logigrad {
namespace {

template <class T, class A>
class Block {
 public:
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;

  // Elements of scratch for a block of at most `rows` rows.
  static constexpr std::size_t scratch(std::size_t rows) {
    return padded(rows) * kLanes + RowEnd<T, A>::scratch(rows);
  }

  // Scratch is uninitialised: rows that a block does not have may hold anything.
  Block(const RowRange<T>& range, T* scratch, std::size_t rows)
      : dots_(scratch), end_(range, scratch + padded(rows) * kLanes) {}

  // The dot product of row i of the block with w is the sum of the lanes of `dot`.
  LOGIGRAD_INLINE void put(std::size_t i, const B& dot) { dot.store_aligned(dots_ + i * kLanes); }
  LOGIGRAD_INLINE B slope(std::size_t i) const { return end_.slope(i); }

  // Turns the margins of rows [n, n + rows) of the range into slopes.
  template <bool kLoss>
  LOGIGRAD_INLINE void finish(std::size_t n, std::size_t rows) {
    for (std::size_t i = 0; i < rows; i += kLanes) {
      const B sums = sum_rows_of<kLanes, T, A>(
          [&](auto k) { return B::load_aligned(dots_ + (i + k) * kLanes); });
      end_.template finish_sums<kLoss>(sums, n + i, i, rows - i < kLanes ? rows - i : kLanes);
    }
  }

  template <bool kLoss>
  LOGIGRAD_INLINE void flush(double* sums) {
    end_.template flush<kLoss>(sums);
  }

 private:
  static constexpr std::size_t padded(std::size_t rows) {
    return (rows + kLanes - 1) / kLanes * kLanes;
  }

  T* dots_;
  RowEnd<T, A> end_;
};

}  // namespace
}  // namespace logigrad
