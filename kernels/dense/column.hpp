// column: tiny D. A block of rows is transposed, so that a lane is a row and a vector a column.
//
// Nothing is ever reduced across lanes and no lane is masked or idle: with 2 columns a vector of 8
// floats that held rows would hold 2 of use. With D known at compile time and rows that follow
// one another, the compiler turns the transposition into loads and shuffles. More columns than
// eight go to `narrow`.
#pragma once

#include "kernels/dense/narrow.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Column {
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;
  static constexpr std::size_t kMostCols = 8;
  // Transposed in one go: enough vectors to hide the sigmoid's latency, and 2 KiB at D = 8.
  static constexpr std::size_t kBlockRows = 64;
  // A lane of an accumulator takes one row of each vector.
  static constexpr std::size_t kFlushRows = kFlushTerms * kLanes;
  static_assert(kBlockRows % kLanes == 0 && kFlushRows % kBlockRows == 0);

  static std::size_t scratch(std::size_t cols) {
    return delegates(cols) ? Narrow<T, A>::scratch(cols) : (cols + 2) * kBlockRows;
  }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    if (delegates(r.cols)) return Narrow<T, A>::template run<kLoss>(r, scratch, partial);
    dispatch<kLoss, 1>(r, scratch, partial);
  }

 private:
  static bool delegates(std::size_t cols) { return cols < 1 || cols > kMostCols; }

  // to[j * kBlockRows + i] = x[i * stride + j]; rows from `rows` to whole vectors become 0.
  template <std::size_t D>
  LOGIGRAD_INLINE static void transpose(const T* __restrict x, std::size_t rows, std::size_t stride,
                                        T* __restrict to) {
    const std::size_t padded = (rows + kLanes - 1) / kLanes * kLanes;
    if (stride == D && rows == kBlockRows) {
      for (std::size_t i = 0; i < kBlockRows; ++i) {
        unroll<D>([&](auto j) { to[j * kBlockRows + i] = x[i * D + j]; });
      }
      return;
    }
    for (std::size_t i = 0; i < padded; ++i) {
      unroll<D>([&](auto j) { to[j * kBlockRows + i] = i < rows ? x[i * stride + j] : T(0); });
    }
  }

  static void copy_padded(const T* from, std::size_t rows, T* to) {
    for (std::size_t i = 0; i < kBlockRows; ++i) to[i] = i < rows ? from[i] : T(0);
  }

  template <bool kLoss, std::size_t D>
  LOGIGRAD_OUTLINE static void run_columns(const RowRange<T>& r, T* scratch, double* partial) {
    T* x = scratch;
    T* y_copy = x + D * kBlockRows;
    T* s_copy = y_copy + kBlockRows;
    B w[D], dw[D], db(T(0)), loss(T(0));
    const B b(r.b);
    unroll<D>([&](auto j) {
      w[j] = B(r.w[j]);
      dw[j] = B(T(0));
    });
    const auto flush = [&] {
      unroll<D>([&](auto j) { flush_lanes(dw[j], partial[j]); });
      flush_lanes(db, partial[D]);
      if constexpr (kLoss) flush_lanes(loss, partial[D + 1]);
    };

    for (std::size_t n = 0; n < r.rows; n += kBlockRows) {
      const std::size_t rows = r.rows - n < kBlockRows ? r.rows - n : kBlockRows;
      transpose<D>(r.x + n * r.stride, rows, r.stride, x);
      const T* y = r.y + n;
      const T* s = r.weights ? r.weights + n : nullptr;
      if (rows < kBlockRows) {
        copy_padded(y, rows, y_copy);
        y = y_copy;
        if (s) {
          copy_padded(s, rows, s_copy);
          s = s_copy;
        }
      }
      for (std::size_t i = 0; i < rows; i += kLanes) {
        B z = b;
        unroll<D>(
            [&](auto j) { z = multiply_add(B::load_aligned(x + j * kBlockRows + i), w[j], z); });
        auto terms =
            row_terms<kLoss>(z, B::load_unaligned(y + i), s ? B::load_unaligned(s + i) : B(T(1)));
        if (rows - i < kLanes) {
          const B valid = LaneMasks<T, A>::first(rows - i);
          terms = {terms.slope & valid, terms.loss & valid};
        }
        unroll<D>([&](auto j) {
          dw[j] = multiply_add(terms.slope, B::load_aligned(x + j * kBlockRows + i), dw[j]);
        });
        db += terms.slope;
        if constexpr (kLoss) loss += terms.loss;
      }
      if ((n + kBlockRows) % kFlushRows == 0) flush();
    }
    flush();
  }

  template <bool kLoss, std::size_t D>
  static void dispatch(const RowRange<T>& r, T* scratch, double* partial) {
    if constexpr (D <= kMostCols) {
      if (r.cols == D) {
        run_columns<kLoss, D>(r, scratch, partial);
      } else {
        dispatch<kLoss, D + 1>(r, scratch, partial);
      }
    }
  }
};

}  // namespace
}  // namespace logigrad
