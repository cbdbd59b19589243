// row: hand-vectorised, one row at a time: dot, sigmoid, add to dw.
//
// The plainest SIMD form and the yardstick for `panel` and `narrow`: every row waits for its own
// reduction and its own sigmoid, which computes the same value in every lane.
#pragma once

#include "kernels/body.hpp"
#include "kernels/simd/columns.hpp"
#include "kernels/simd/sigmoid.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Row {
  using B = xsimd::batch<T, A>;

  static std::size_t scratch(std::size_t cols) { return 2 * Columns<T, A>::packed(cols); }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    const Columns<T, A> columns(r.cols);
    T* w = scratch;
    T* dw = w + columns.packed(r.cols);
    columns.pack(r.w, w);
    columns.clear(dw);

    const auto first = LaneMasks<T, A>::first(1);  // all lanes are equal: one counts
    B db(T(0)), loss(T(0));
    const RowGroup<T, 1> one(0);
    for (std::size_t n = 0; n < r.rows; ++n) {
      const T* x = r.x + n * r.stride;
      B dot[1] = {B(T(0))};
      dot_rows(columns, one, x, w, dot);
      const auto terms = row_terms<kLoss>(B(sum_lanes(dot[0]) + r.b), B(r.y[n]),
                                          B(r.weights ? r.weights[n] : T(1)));
      B slope[1] = {terms.slope};
      add_rows(columns, one, x, slope, dw);
      db += terms.slope & first;
      if constexpr (kLoss) loss += terms.loss & first;
      if (n % kFlushTerms == kFlushTerms - 1 || n + 1 == r.rows) {
        columns.flush(dw, partial);
        flush_lanes(db, partial[r.cols]);
        if constexpr (kLoss) flush_lanes(loss, partial[r.cols + 1]);
      }
    }
  }
};

}  // namespace
}  // namespace logigrad
