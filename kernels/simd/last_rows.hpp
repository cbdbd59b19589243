// The last one to three rows of a range that is worked on by four: a pair and a single one, but
// through one sigmoid.
#pragma once

#include "kernels/simd/columns.hpp"
#include "kernels/simd/row_end.hpp"

namespace logigrad {
namespace {

// Adds rows [first, r.rows) to dw, and to what `end` sums.
template <bool kLoss, class T, class A>
LOGIGRAD_INLINE void add_last_rows(const RowRange<T>& r, std::size_t first,
                                   const Columns<T, A>& columns, const T* w, RowEnd<T, A>& end,
                                   T* dw) {
  using B = xsimd::batch<T, A>;
  const std::size_t rows = r.rows - first;
  // Calls f(group, its first row) for both.
  const auto for_each_group = [&](const auto& f) LOGIGRAD_LAMBDA_INLINE {
    if (rows & 2) f(RowGroup<T, 2>(r.stride), 0);
    if (rows & 1) f(RowGroup<T, 1>(0), rows & 2);
  };
  const T* const x = r.x + first * r.stride;
  B all[4];
  unroll<4>([&](auto k) { all[k] = B(T(0)); });
  for_each_group([&]<std::size_t G>(const RowGroup<T, G>& group, std::size_t i)
                     LOGIGRAD_LAMBDA_INLINE {
                       B dots[G];
                       unroll<G>([&](auto k) { dots[k] = B(T(0)); });
                       dot_rows(columns, group, x + i * r.stride, w, dots);
                       unroll<G>([&](auto k) { all[i + k] = dots[k]; });
                     });
  end.template finish<kLoss>(all, first, 0, rows);
  for_each_group([&]<std::size_t G>(const RowGroup<T, G>& group, std::size_t i)
                     LOGIGRAD_LAMBDA_INLINE {
                       B slopes[G];
                       unroll<G>([&](auto k) { slopes[k] = end.slope(i + k); });
                       add_rows(columns, group, x + i * r.stride, slopes, dw);
                     });
}

}  // namespace
}  // namespace logigrad
