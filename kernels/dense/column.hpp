// column: tiny D. A block of rows is transposed, so that a lane is a row and a vector a column.
//
// Nothing is ever reduced across lanes and no lane is masked or idle: with 2 columns a vector of 8
// floats that held rows would hold 2 of use. With D known at compile time and rows that follow
// one another, the compiler turns the transposition into loads and shuffles.
#pragma once

#include "kernels/body.hpp"
#include "kernels/simd/sigmoid.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Column {
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;
  static constexpr std::size_t kMaxCols = 8;  // beyond, w and dw are in memory: right, not fast
  // Transposed in one go: enough vectors to hide the sigmoid's latency, and 2 KiB at D = 8.
  static constexpr std::size_t kBlockRows = 64;
  // A lane of an accumulator takes one row of each vector.
  static constexpr std::size_t kFlushRows = kFlushTerms * kLanes;
  static_assert(kBlockRows % kLanes == 0 && kFlushRows % kBlockRows == 0);

  static std::size_t scratch(std::size_t cols) { return (cols + 3) * kBlockRows + cols * kLanes; }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    dispatch<kLoss, 1>(r, scratch, partial);
  }

 private:
  // to[j * kBlockRows + i] = x[i * stride + j]; rows from `rows` to whole vectors become 0.
  template <std::size_t D>
  LOGIGRAD_INLINE static void transpose(const T* __restrict x, std::size_t rows, std::size_t stride,
                                        std::size_t cols, T* __restrict to) {
    const std::size_t padded = (rows + kLanes - 1) / kLanes * kLanes;
    if (D != 0 && stride == D && rows == kBlockRows) {
      for (std::size_t i = 0; i < kBlockRows; ++i) {
        unroll<D>([&](auto j) { to[j * kBlockRows + i] = x[i * D + j]; });
      }
      return;
    }
    for (std::size_t i = 0; i < padded; ++i) {
      for (std::size_t j = 0; j < cols; ++j) {
        to[j * kBlockRows + i] = i < rows ? x[i * stride + j] : T(0);
      }
    }
  }

  static void copy_padded(const T* from, std::size_t rows, T* to) {
    for (std::size_t i = 0; i < kBlockRows; ++i) to[i] = i < rows ? from[i] : T(0);
  }

  // D = 0: any number of columns, with w and dw in scratch.
  template <bool kLoss, std::size_t D>
  static void run_columns(const RowRange<T>& r, T* scratch, double* partial) {
    const std::size_t cols = D ? D : r.cols;
    T* x = scratch;
    T* y_copy = x + cols * kBlockRows;
    T* s_copy = y_copy + kBlockRows;
    T* ones = s_copy + kBlockRows;
    for (std::size_t i = 0; i < kBlockRows; ++i) ones[i] = 1;
    B w[D ? D : 1], dw[D ? D : 1];
    T* dw_memory = ones + kBlockRows;  // a vector a column
    unroll<D>([&](auto j) {
      w[j] = B(r.w[j]);
      dw[j] = B(T(0));
    });
    for (std::size_t i = 0; D == 0 && i < cols * kLanes; ++i) dw_memory[i] = 0;
    const B b(r.b);
    B db(T(0)), loss(T(0));
    const auto flush = [&] {
      unroll<D>([&](auto j) { flush_lanes(dw[j], partial[j]); });
      for (std::size_t j = 0; D == 0 && j < cols; ++j) {
        B sum = B::load_aligned(dw_memory + j * kLanes);
        flush_lanes(sum, partial[j]);
        sum.store_aligned(dw_memory + j * kLanes);
      }
      flush_lanes(db, partial[cols]);
      if constexpr (kLoss) flush_lanes(loss, partial[cols + 1]);
    };

    for (std::size_t n = 0; n < r.rows; n += kBlockRows) {
      const std::size_t rows = r.rows - n < kBlockRows ? r.rows - n : kBlockRows;
      transpose<D>(r.x + n * r.stride, rows, r.stride, cols, x);
      const T* y = r.y + n;
      const T* s = r.weights ? r.weights + n : ones;
      if (rows < kBlockRows) {
        copy_padded(y, rows, y_copy);
        copy_padded(s, rows, s_copy);
        y = y_copy;
        s = s_copy;
      }
      for (std::size_t i = 0; i < rows; i += kLanes) {
        B z = b;
        unroll<D>(
            [&](auto j) { z = xsimd::fma(B::load_aligned(x + j * kBlockRows + i), w[j], z); });
        for (std::size_t j = 0; D == 0 && j < cols; ++j) {
          z = xsimd::fma(B::load_aligned(x + j * kBlockRows + i), B(r.w[j]), z);
        }
        auto terms = row_terms<kLoss>(z, B::load_unaligned(y + i), B::load_unaligned(s + i));
        if (rows - i < kLanes) {
          const B valid = lane_mask<T, A>(0, rows - i);
          terms = {terms.slope & valid, terms.loss & valid};
        }
        unroll<D>([&](auto j) {
          dw[j] = xsimd::fma(terms.slope, B::load_aligned(x + j * kBlockRows + i), dw[j]);
        });
        for (std::size_t j = 0; D == 0 && j < cols; ++j) {
          T* sum = dw_memory + j * kLanes;
          xsimd::fma(terms.slope, B::load_aligned(x + j * kBlockRows + i), B::load_aligned(sum))
              .store_aligned(sum);
        }
        db += terms.slope;
        if constexpr (kLoss) loss += terms.loss;
      }
      if ((n + kBlockRows) % kFlushRows == 0) flush();
    }
    flush();
  }

  template <bool kLoss, std::size_t D>
  static void dispatch(const RowRange<T>& r, T* scratch, double* partial) {
    if constexpr (D > kMaxCols) {
      run_columns<kLoss, 0>(r, scratch, partial);
    } else if (r.cols == D) {
      run_columns<kLoss, D>(r, scratch, partial);
    } else {
      dispatch<kLoss, D + 1>(r, scratch, partial);
    }
  }
};

}  // namespace
}  // namespace logigrad
