// The sum of a block of rows into dw, by strips of columns that go through all its rows: dw is in
// registers meanwhile.
#pragma once

#include "kernels/simd/columns.hpp"

namespace logigrad {
namespace {

// to = dw + the sum of slopes[n] times row n, one row after the other in every element. Without dw
// the sums begin at zero. dw and to are packed rows, dw aligned; sums of -0 become 0.
template <class T, class A>
class Strips {
 public:
  using B = xsimd::batch<T, A>;

  Strips(const Columns<T, A>& columns, const T* x, std::size_t stride, std::size_t rows,
         const T* slopes, const T* dw, T* to)
      : columns_(columns), x_(x), stride_(stride), rows_(rows), slopes_(slopes), dw_(dw), to_(to) {}

  LOGIGRAD_INLINE void add() const {
    const std::size_t end = columns_.full() + (columns_.has_tail() ? B::size : 0);
    std::size_t j = 0;
    for (; j + kMost * B::size < end; j += kMost * B::size) add_strip<kMost, false>(j);
    add_last_strip<1>(j, (end - j) / B::size);
  }

 private:
  static constexpr std::size_t kMost = 8;  // vectors of columns: their sums and a slope are nine

  // The last strip of the row, V or more vectors.
  template <std::size_t V>
  LOGIGRAD_INLINE void add_last_strip(std::size_t j, std::size_t vectors) const {
    if constexpr (V <= kMost) {
      if (vectors != V) {
        add_last_strip<V + 1>(j, vectors);
      } else if (columns_.has_tail()) {
        add_strip<V, true>(j);
      } else {
        add_strip<V, false>(j);
      }
    }
  }

  // V vectors of columns from the j-th on; with kTail the last of them is the row's tail.
  template <std::size_t V, bool kTail>
  LOGIGRAD_INLINE void add_strip(std::size_t j) const {
    B sums[V];
    unroll<V>([&](auto i) { sums[i] = dw_ ? B::load_aligned(dw_ + j + i * B::size) : B(T(0)); });
    const T* x = x_ + j;
    for (std::size_t n = 0; n < rows_; ++n, x += stride_) {
      const B slope(slopes_[n]);
      hide(x);  // one pointer and offsets, lest GCC 12 make a register of each
      unroll<V>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
        const B xs =
            kTail && i + 1 == V ? columns_.tail(x - j) : B::load_unaligned(x + i * B::size);
        sums[i] = multiply_add(slope, xs, sums[i]);
      });
    }
    unroll<V>([&](auto i) { (sums[i] + B(T(0))).store_unaligned(to_ + j + i * B::size); });
  }

  const Columns<T, A>& columns_;
  const T* x_;
  std::size_t stride_, rows_;
  const T* slopes_;
  const T* dw_;
  T* to_;
};

}  // namespace
}  // namespace logigrad
