// The sum of a block of rows into dw, by strips of columns that go through all its rows: dw is in
// registers meanwhile.
#pragma once

#include "kernels/simd/columns.hpp"
#include "kernels/simd/realign.hpp"

namespace logigrad {
namespace {

// to = dw + the sum of slopes[n] times row n, one row after the other in every element. Without dw
// the sums begin at zero. dw and to are packed rows, dw aligned; sums of -0 become 0.
template <bool kRealign, class T, class A>
class Strips {
 public:
  using B = xsimd::batch<T, A>;

  Strips(const Columns<T, A>& columns, const T* x, std::size_t stride, std::size_t rows,
         const T* slopes, const T* dw, T* to)
      : columns_(columns), x_(x), stride_(stride), rows_(rows), slopes_(slopes), dw_(dw), to_(to) {}

  // The last two strips share what is left, lest one be too narrow to hide the FMAs' latency.
  LOGIGRAD_INLINE void add() const {
    const std::size_t end = columns_.full() + (columns_.has_tail() ? B::size : 0);
    std::size_t j = 0;
    for (; j + 2 * kMost * B::size <= end; j += kMost * B::size) add_strip<kMost, false>(j);
    const std::size_t left = (end - j) / B::size, half = left > kMost ? (left + 1) / 2 : 0;
    add_last_strip<1, false>(j, half);
    add_last_strip<1, true>(j + half * B::size, left - half);
  }

 private:
  // Vectors of columns: their sums, a slope, and a row's vector are ten of 16 registers.
  static constexpr std::size_t kMost = kVectorRegisters == 32 ? 10 : 8;

  // A strip of V or more vectors, or of none; with kLast the last one of the row.
  template <std::size_t V, bool kLast>
  LOGIGRAD_INLINE void add_last_strip(std::size_t j, std::size_t vectors) const {
    if constexpr (V <= kMost) {
      if (vectors != V) {
        add_last_strip<V + 1, kLast>(j, vectors);
      } else if (kLast && columns_.has_tail()) {
        add_strip<V, kLast>(j);
      } else {
        add_strip<V, false>(j);
      }
    }
  }

  // V vectors of columns from the j-th on; with kTail the last of them is the row's tail.
  template <std::size_t V, bool kTail>
  LOGIGRAD_INLINE void add_strip(std::size_t j) const {
    constexpr std::size_t kRealigned = kRealign ? realigned(V, V - kTail) : 0;
    B sums[V];
    unroll<V>([&](auto i) { sums[i] = dw_ ? B::load_aligned(dw_ + j + i * B::size) : B(T(0)); });
    const T* x = x_ + j;
    for (std::size_t n = 0; n < rows_; ++n, x += stride_) {
      const B slope(slopes_[n]);
      hide(x);  // one pointer and offsets, lest GCC 12 make a register of each
      const auto add = [&](auto i, const B& xs)
                           LOGIGRAD_LAMBDA_INLINE { sums[i] = multiply_add(slope, xs, sums[i]); };
      if constexpr (kRealigned > 0) {
        RealignedRows<T, A, 1> lines(RowGroup<T, 1>(0), x, x + B::size);
        unroll<kRealigned>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
          add(Index<i + 1>{}, lines.next(0, x + (i + 1) * B::size));
        });
      }
      unroll<V>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
        if constexpr (kTail && i + 1 == V) {
          add(i, columns_.tail(x - j));
        } else if constexpr (i == 0 || i > kRealigned) {
          add(i, B::load_unaligned(x + i * B::size));
        }
      });
    }
    unroll<V>([&](auto i) { (sums[i] + B(T(0))).store_unaligned(to_ + j + i * B::size); });
  }

  // How many of a strip's vectors are put together from lines, from the second on; the vector
  // behind them must be whole. They take a cycle of the FMAs' ports, unaligned loads one of the
  // ports of loads: as many as keep both busy.
  static constexpr std::size_t realigned(std::size_t vectors, std::size_t whole) {
    if (whole < 3) return 0;
    return whole - 2 < (vectors + 5) / 2 ? whole - 2 : (vectors + 5) / 2;
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
