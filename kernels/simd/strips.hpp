// The sum of a block of rows into dw, by strips of columns that go through all its rows: dw is in
// registers meanwhile.
#pragma once

#include "kernels/simd/columns.hpp"
#include "kernels/simd/realign.hpp"

namespace logigrad {
namespace {

// to = dw + the sum of slopes[n] times row n, one row after the other in every element. Without dw
// the sums begin at zero. dw and to are packed rows, dw aligned; sums of -0 become 0.
// With kRealign the rows are faster by lines.
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
    if (const std::size_t left = (end - j) / B::size; left > kMost) {
      const std::size_t half = (left + 1) / 2;
      add_one_of<kMost / 2 + 1, false>(j, half);
      j += half * B::size;
    }
    add_one_of<1, true>(j, (end - j) / B::size);
  }

 private:
  // Vectors of columns. Of 16 registers their sums, a slope and a row's vector are ten; of 32, more
  // than ten brought nothing (256 x 257 1.00, 60 x 2048 1.00; ten instead of eight 1.02 and 1.01).
  static constexpr std::size_t kMost = kVectorRegisters == 32 ? 10 : 8;

  // The strip of V or more vectors; with kLast the last one of the row.
  template <std::size_t V, bool kLast>
  LOGIGRAD_INLINE void add_one_of(std::size_t j, std::size_t vectors) const {
    if constexpr (V <= kMost) {
      if (vectors != V) {
        add_one_of<V + 1, kLast>(j, vectors);
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
    constexpr std::size_t kFromLines = kRealign ? from_lines(V, V - kTail) : 0;
    B sums[V];
    unroll<V>([&](auto i) { sums[i] = dw_ ? B::load_aligned(dw_ + j + i * B::size) : B(T(0)); });
    const T* x = x_ + j;
    for (std::size_t n = 0; n < rows_; ++n, x += stride_) {
      const B slope(slopes_[n]);
      hide(x);  // one pointer and offsets, lest GCC 12 make a register of each
      const auto add = [&](auto i, const B& xs)
                           LOGIGRAD_LAMBDA_INLINE { sums[i] = multiply_add(slope, xs, sums[i]); };
      if constexpr (kFromLines > 0) {
        using Row = RowByLines<T, A>;
        const std::size_t before = Row::before(x);
        const T* at = x + (B::size - before);  // the second vector's first line
        hide(at);
        Row lines(before, load_line<T, A>(at));
        unroll<kFromLines>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
          add(Index<i + 1>{}, lines.next(load_line<T, A>(at + (i + 1) * B::size)));
        });
      }
      unroll<V>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
        if constexpr (kTail && i + 1 == V) {
          add(i, columns_.tail(x - j));
        } else if constexpr (i == 0 || i > kFromLines) {
          add(i, B::load_unaligned(x + i * B::size));
        }
      });
    }
    unroll<V>([&](auto i) { (sums[i] + B(T(0))).store_unaligned(to_ + j + i * B::size); });
  }

  // How many of a strip's vectors are put together from lines, from the second on; the vector
  // behind them is whole. They keep the FMAs' ports busy, unaligned loads the ports of loads: five
  // of eight keep both as busy, six were the fastest by 1 to 3 % (Emerald Rapids).
  static constexpr std::size_t from_lines(std::size_t vectors, std::size_t whole) {
    const std::size_t most = (vectors + 5) / 2;
    return whole < 3 ? 0 : whole - 2 < most ? whole - 2 : most;
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
