// column: tiny D. A vector of rows is transposed in registers, so that a lane is a row and a vector
// a column.
//
// Nothing is ever reduced across lanes and no lane is masked or idle: with 2 columns a vector of 8
// floats that held rows would hold 2 of use. Rows stay in registers between their margin and their
// sum. More columns than two blocks of 128 bits go to `narrow`.
#pragma once

#include <bit>

#include "kernels/dense/narrow.hpp"
#include "kernels/simd/column_sums.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Column {
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;
  static constexpr std::size_t kMostCols = 32 / sizeof(T);
  // A lane of an accumulator takes one row of each vector.
  static constexpr std::size_t kFlushRows = kFlushTerms * kLanes;

  static std::size_t scratch(std::size_t cols) {
    if (delegates(cols)) return Narrow<T, A>::scratch(cols);
    return Copies::scratch(cols);
  }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    if (delegates(r.cols)) return Narrow<T, A>::template run<kLoss>(r, scratch, partial);
    dispatch<kLoss, 1>(r, scratch, partial);
  }

 private:
  using Copies = ColumnCopies<T, A>;

  static bool delegates(std::size_t cols) { return cols < 1 || cols > kMostCols; }

  template <bool kLoss, std::size_t D, bool kGaps>
  LOGIGRAD_OUTLINE static void run_columns(const RowRange<T>& r, T* scratch, double* partial) {
    using Rows = Transposition<T, A, D>;
    constexpr std::size_t kBeyond = kGaps || !std::has_single_bit(D) ? Rows::kRowsBeyond : 0;
    ColumnSums<T, A, D, kLoss> sums(r);
    // The columns of a vector of rows, of which row n is the first.
    const auto load = [&](std::size_t n, B(&x)[D]) LOGIGRAD_LAMBDA_INLINE {
      kGaps ? Rows::load_pieces(r.x + n * r.stride, r.stride, x) : Rows::load(r.x + n * D, x);
    };
    const auto weights = [&](std::size_t n) { return r.weights ? r.weights + n : nullptr; };
    std::size_t n = 0;
    const auto flush_if_due = [&] {
      if constexpr (kFlushRows < kMaxChunkRows) {
        if (n > 0 && n % kFlushRows == 0) sums.flush(partial);
      }
    };
    if constexpr (kSideBySide > 1) {
      constexpr std::size_t kRows = kSideBySide * kLanes;
      static_assert(kFlushRows % kRows == 0);
      for (; n + kRows + kBeyond <= r.rows; n += kRows) {
        flush_if_due();
        const auto load_one = [&](auto k, B(&x)[D])
                                  LOGIGRAD_LAMBDA_INLINE { load(n + k * kLanes, x); };
        sums.template add<kSideBySide>(load_one, r.y + n, weights(n));
      }
    }
    for (; n + kLanes + kBeyond <= r.rows; n += kLanes) {
      flush_if_due();
      B x[D];
      load(n, x);
      sums.add(x, r.y + n, weights(n));
    }
    // Where a whole load would leave the range.
    for (; n + kLanes <= r.rows; n += kLanes) {
      flush_if_due();
      const Copies copies(r, n, scratch);
      B x[D];
      Rows::load(copies.x, x);
      sums.add(x, copies.y, copies.s);
    }
    if (n < r.rows) {
      flush_if_due();
      const std::size_t count = r.rows - n;
      const bool is_short = r.rows < kLanes;
      const auto valid = is_short ? LaneMasks<T, A>::first(count) : LaneMasks<T, A>::last(count);
      B x[D];
      // The last vector ends with the range.
      if (kBeyond == 0 && !is_short) {
        load(r.rows - kLanes, x);
        sums.add_valid(valid, x, r.y + (r.rows - kLanes), weights(r.rows - kLanes));
      } else {
        const Copies copies(r, is_short ? 0 : r.rows - kLanes, scratch);
        Rows::load(copies.x, x);
        sums.add_valid(valid, x, copies.y, copies.s);
      }
    }
    sums.flush(partial);
  }

  template <bool kLoss, std::size_t D>
  static void dispatch(const RowRange<T>& r, T* scratch, double* partial) {
    if constexpr (D <= kMostCols) {
      if (r.cols == D) {
        r.stride == D ? run_columns<kLoss, D, false>(r, scratch, partial)
                      : run_columns<kLoss, D, true>(r, scratch, partial);
      } else {
        dispatch<kLoss, D + 1>(r, scratch, partial);
      }
    }
  }
};

}  // namespace
}  // namespace logigrad
