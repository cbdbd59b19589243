// row: hand-vectorised, one row at a time: dot, sigmoid, add to dw.
//
// The plainest SIMD form and the yardstick for `panel` and `narrow`: every row waits for its own
// reduction and its own sigmoid, of which it uses one lane.
#pragma once

#include "kernels/simd/block.hpp"
#include "kernels/simd/columns.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Row {
  using B = xsimd::batch<T, A>;

  static std::size_t scratch(std::size_t cols) {
    return 2 * Columns<T, A>::packed(cols) + Block<T, A>::scratch(B::size);
  }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    const Columns<T, A> columns(r.cols);
    T* w = scratch;
    T* dw = w + columns.packed(r.cols);
    Block<T, A> block(dw + columns.packed(r.cols), B::size);
    columns.pack(r.w, w);
    columns.clear(dw);

    const B b(r.b);
    B db(T(0)), loss(T(0));
    for (std::size_t n = 0; n < r.rows; ++n) {
      const T* x = r.x + n * r.stride;
      dot_rows<1>(columns, x, 0, w, block.add(r, n));
      const T* slope = block.template finish<kLoss>(b, db, loss);
      add_rows<1>(columns, x, 0, slope, dw);
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
