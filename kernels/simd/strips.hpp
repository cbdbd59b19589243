// The sum of a block of rows into dw, by strips of columns that go through all its rows: dw is in
// registers meanwhile. Rows are vectors of Columns, or Lines.
#pragma once

#include "kernels/simd/columns.hpp"

namespace logigrad {
namespace {

// to = dw + the sum of slopes[n] times row n, one row after the other in every element. Without dw
// the sums begin at zero. dw and to are packed rows, dw aligned unless rows are Lines; sums of -0
// become 0.
template <class T, class Vectors>
class Strips {
 public:
  using B = typename Vectors::B;

  Strips(const Vectors& vectors, const T* x, std::size_t stride, std::size_t rows, const T* slopes,
         const T* dw, T* to)
      : vectors_(vectors), x_(x), stride_(stride), rows_(rows), slopes_(slopes), dw_(dw), to_(to) {}

  LOGIGRAD_INLINE void add() const {
    const std::size_t end = vectors_.vectors() * B::size;
    std::size_t j = 0;
    if constexpr (Vectors::kHasHead) {
      if (end <= kMost * B::size) return add_last_strip<2, true>(0, vectors_.vectors());
      add_strip<kMost, true, false>(0);
      j = kMost * B::size;
    }
    for (; j + kMost * B::size < end; j += kMost * B::size) add_strip<kMost, false, false>(j);
    add_last_strip<1, false>(j, (end - j) / B::size);
  }

 private:
  static constexpr std::size_t kMost = 8;  // vectors of columns: their sums and a slope are nine

  // The last strip of the row, V or more vectors.
  template <std::size_t V, bool kHead>
  LOGIGRAD_INLINE void add_last_strip(std::size_t j, std::size_t vectors) const {
    if constexpr (V <= kMost) {
      if (vectors != V) {
        add_last_strip<V + 1, kHead>(j, vectors);
      } else if (vectors_.has_tail()) {
        add_strip<V, kHead, true>(j);
      } else {
        add_strip<V, kHead, false>(j);
      }
    }
  }

  // V vectors of columns from the j-th on; with kHead the first of them is the row's head, with
  // kTail the last one its tail.
  template <std::size_t V, bool kHead, bool kTail>
  LOGIGRAD_INLINE void add_strip(std::size_t j) const {
    B sums[V];
    unroll<V>([&](auto i) {
      sums[i] = dw_ ? B::load(dw_ + j + i * B::size, typename Vectors::Mode{}) : B(T(0));
    });
    const T* x = x_ + j;
    for (std::size_t n = 0; n < rows_; ++n, x += stride_) {
      const B slope(slopes_[n]);
      hide(x);  // one pointer and offsets, lest GCC 12 make a register of each
      unroll<V>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
        constexpr bool kIsHead = kHead && i == 0, kIsTail = kTail && i + 1 == V;
        const B xs = load<kIsHead, kIsTail>(x - j, x + i * B::size);
        sums[i] = multiply_add(slope, xs, sums[i]);
      });
    }
    unroll<V>([&](auto i) { (sums[i] + B(T(0))).store_unaligned(to_ + j + i * B::size); });
  }

  // The vector of a row that is `at`.
  template <bool kHead, bool kTail>
  LOGIGRAD_INLINE B load(const T* row, const T* at) const {
    if constexpr (kHead) return vectors_.head(at);
    if constexpr (kTail) return vectors_.tail(row, at);
    return B::load_unaligned(at);
  }

  const Vectors& vectors_;
  const T* x_;
  std::size_t stride_, rows_;
  const T* slopes_;
  const T* dw_;
  T* to_;
};

}  // namespace
}  // namespace logigrad
