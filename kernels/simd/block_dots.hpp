// The dot products of a block of rows with w, by groups of rows.
//
// A row has two sums, of the even and of the odd ones of its whole vectors; a tail is added to the
// latter. They are the same in every group, so that a row's margin does not depend on its place.
#pragma once

#include "kernels/simd/columns.hpp"
#include "kernels/simd/realign.hpp"
#include "kernels/simd/sums.hpp"

namespace logigrad {
namespace {

// R rows, of which x is the first. Four are eight chains of FMAs, as many as two units with four
// cycles each can work on.
template <bool kRealign, std::size_t R, class T, class A>
LOGIGRAD_INLINE void dot_group(const Columns<T, A>& columns, const RowGroup<T, R>& rows, const T* x,
                               const T* w, T* margins) {
  using B = xsimd::batch<T, A>;
  B dots[2][R];
  unroll<R>([&](auto r) { dots[0][r] = dots[1][r] = B(T(0)); });
  const T* xj = x;
  const T* wj = w;
  const auto dot = [&](auto chain, const auto& load) LOGIGRAD_LAMBDA_INLINE {
    const B ws = B::load_aligned(wj);
    unroll<R>([&](auto r) LOGIGRAD_LAMBDA_INLINE {
      dots[chain][r] = multiply_add(load(r), ws, dots[chain][r]);
    });
    xj += B::size;
    wj += B::size;
  };
  const auto whole = [&](auto r)
                         LOGIGRAD_LAMBDA_INLINE { return B::load_unaligned(rows.row(xj, r)); };
  const T* const end = w + columns.full();
  if constexpr (kRealign) {
    if (wj + 3 * B::size <= end) {
      RowsByLines<T, A, R> by_lines(rows, x);
      const auto next = [&](auto r) LOGIGRAD_LAMBDA_INLINE { return by_lines.next(r, xj); };
      do {
        dot(Index<0>{}, next);
        dot(Index<1>{}, next);
        hide(xj);
      } while (wj + 3 * B::size <= end);
      if (wj + 2 * B::size == end) {
        dot(Index<0>{}, next);
        dot(Index<1>{}, whole);
      }
    }
  }
  while (wj + 2 * B::size <= end) {
    dot(Index<0>{}, whole);
    dot(Index<1>{}, whole);
    hide(xj);
  }
  if (wj < end) dot(Index<0>{}, whole);
  if (columns.has_tail())
    dot(Index<1>{}, [&](auto r) LOGIGRAD_LAMBDA_INLINE { return columns.tail(rows.row(x, r)); });
  store_row_sums<R, T, A>([&](auto r) LOGIGRAD_LAMBDA_INLINE { return dots[0][r] + dots[1][r]; },
                          margins);
}

// The margins of `rows` rows, without b, and up to a vector of anything behind them: by groups of R
// rows, and of half as many while some are left.
template <bool kRealign, std::size_t R, class T, class A>
LOGIGRAD_INLINE void dot_block(const Columns<T, A>& columns, const T* x, std::size_t stride,
                               std::size_t rows, const T* w, T* margins) {
  if (rows >= R) {
    const RowGroup<T, R> group(stride);
    for (; rows >= R; rows -= R, x += R * stride, margins += R)
      dot_group<kRealign>(columns, group, x, w, margins);
  }
  if constexpr (R > 1) dot_block<kRealign, R / 2>(columns, x, stride, rows, w, margins);
}

}  // namespace
}  // namespace logigrad
