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
    if (delegates(cols)) return Narrow<T, A>::scratch(cols);
    // add_few() needs two copies of the columns and two vectors more, of a vector of rows each.
    return 2 * (cols + 1) * kBlockRows;
  }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    if (delegates(r.cols)) return Narrow<T, A>::template run<kLoss>(r, scratch, partial);
    dispatch<kLoss, 1>(r, scratch, partial);
  }

 private:
  static bool delegates(std::size_t cols) { return cols < 1 || cols > kMostCols; }

  // to[j * R + i] = x[i * stride + j] for R rows.
  template <std::size_t D, std::size_t R>
  LOGIGRAD_INLINE static void transpose(const T* __restrict x, std::size_t stride,
                                        T* __restrict to) {
    if (stride == D) {  // known to the compiler: whole vectors and shuffles
      for (std::size_t i = 0; i < R; ++i) {
        unroll<D>([&](auto j) { to[j * R + i] = x[i * D + j]; });
      }
    } else {
      for (std::size_t i = 0; i < R; ++i) {
        unroll<D>([&](auto j) { to[j * R + i] = x[i * stride + j]; });
      }
    }
  }

  template <std::size_t D>
  struct Sums {
    B dw[D], db = B(T(0)), loss = B(T(0));
    Sums() {
      unroll<D>([&](auto j) { dw[j] = B(T(0)); });
    }
    template <bool kLoss>
    void flush(double* partial) {
      unroll<D>([&](auto j) { flush_lanes(dw[j], partial[j]); });
      flush_lanes(db, partial[D]);
      if constexpr (kLoss) flush_lanes(loss, partial[D + 1]);
    }
  };

  // Adds R rows, of which those count whose lanes are set in `valid`.
  template <bool kLoss, std::size_t D, std::size_t R>
  LOGIGRAD_INLINE static void add_rows(const T* x, std::size_t stride, const T* y, const T* s,
                                       const B& valid, const B (&w)[D], const B& b, T* columns,
                                       Sums<D>& sums) {
    transpose<D, R>(x, stride, columns);
    for (std::size_t i = 0; i < R; i += kLanes) {
      B z = b;
      unroll<D>([&](auto j) { z = multiply_add(B::load_aligned(columns + j * R + i), w[j], z); });
      const auto terms =
          row_terms<kLoss>(z, B::load_unaligned(y + i), s ? B::load_unaligned(s + i) : B(T(1)));
      const B slope = R == kLanes ? terms.slope & valid : terms.slope;
      unroll<D>([&](auto j) {
        sums.dw[j] = multiply_add(slope, B::load_aligned(columns + j * R + i), sums.dw[j]);
      });
      sums.db += slope;
      if constexpr (kLoss) sums.loss += R == kLanes ? terms.loss & valid : terms.loss;
    }
  }

  template <bool kLoss, std::size_t D>
  LOGIGRAD_OUTLINE static void run_columns(const RowRange<T>& r, T* scratch, double* partial) {
    B w[D];
    unroll<D>([&](auto j) { w[j] = B(r.w[j]); });
    const B b(r.b), all = LaneMasks<T, A>::first(kLanes);
    Sums<D> sums;
    const auto add = [&]<std::size_t R>(Index<R>, std::size_t n,
                                        const B& valid) LOGIGRAD_LAMBDA_INLINE {
      add_rows<kLoss, D, R>(r.x + n * r.stride, r.stride, r.y + n,
                            r.weights ? r.weights + n : nullptr, valid, w, b, scratch, sums);
    };

    const auto flush_if_due = [&](std::size_t n) {
      if constexpr (kFlushRows < kMaxChunkRows) {
        if (n > 0 && n % kFlushRows == 0) sums.template flush<kLoss>(partial);
      }
    };

    std::size_t n = 0;
    for (; n + kBlockRows <= r.rows; n += kBlockRows) {
      flush_if_due(n);
      add(Index<kBlockRows>{}, n, all);
    }
    flush_if_due(n);
    for (; n + kLanes <= r.rows; n += kLanes) add(Index<kLanes>{}, n, all);
    if (n < r.rows && r.rows >= kLanes) {
      // The last vector ends with the range; rows that have been added are masked.
      add(Index<kLanes>{}, r.rows - kLanes, LaneMasks<T, A>::last(r.rows - n));
    } else if (n < r.rows) {
      add_few<kLoss, D>(r, w, b, scratch, sums);
    }
    sums.template flush<kLoss>(partial);
  }

  // A range of fewer rows than lanes, through padded copies.
  template <bool kLoss, std::size_t D>
  LOGIGRAD_INLINE static void add_few(const RowRange<T>& r, const B (&w)[D], const B& b, T* scratch,
                                      Sums<D>& sums) {
    T* x = scratch + D * kLanes;
    T* y = x + D * kLanes;
    T* s = y + kLanes;
    for (std::size_t i = 0; i < kLanes; ++i) {
      const bool in = i < r.rows;
      unroll<D>([&](auto j) { x[i * D + j] = in ? r.x[i * r.stride + j] : T(0); });
      y[i] = in ? r.y[i] : T(0);
      s[i] = in && r.weights ? r.weights[i] : T(1);
    }
    add_rows<kLoss, D, kLanes>(x, D, y, s, LaneMasks<T, A>::first(r.rows), w, b, scratch, sums);
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
