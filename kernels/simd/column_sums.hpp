// column's arithmetic: rows of D columns as D vectors, a lane a row, and the sums over them.
#pragma once

#include "kernels/simd/row_end.hpp"

#if defined(__ARM_FEATURE_SVE)
#include "kernels/simd/transpose_sve.hpp"
#else
#include "kernels/simd/transpose.hpp"
#endif

namespace logigrad {
namespace {

// Rows [first, first + lanes) of a range, without gaps and padded with zeros beyond it.
template <class T, class A>
struct ColumnCopies {
  static constexpr std::size_t kLanes = xsimd::batch<T, A>::size;
  static constexpr std::size_t kPadding = 16 / sizeof(T);  // the piece of a last row

  static std::size_t scratch(std::size_t cols) { return (cols + 2) * kLanes + kPadding; }

  T *const x, *const y, *const s;  // s: null without weights

  LOGIGRAD_INLINE ColumnCopies(const RowRange<T>& r, std::size_t first, T* scratch)
      : x(scratch), y(x + r.cols * kLanes + kPadding), s(r.weights ? y + kLanes : nullptr) {
    const std::size_t left = r.rows - first, rows = left < kLanes ? left : kLanes;
    for (std::size_t j = 0; j < r.cols * kLanes; ++j) x[j] = T(0);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < r.cols; ++j) x[i * r.cols + j] = r.x[(first + i) * r.stride + j];
    }
    copy_padded<A>(r.y + first, rows, T(0), y);
    if (r.weights) copy_padded<A>(r.weights + first, rows, T(1), s);
  }
};

template <class T, class A, std::size_t D, bool kLoss>
class ColumnSums {
 public:
  using B = xsimd::batch<T, A>;
  using Rows = Transposition<T, A, D>;
  static constexpr std::size_t kLanes = B::size;

  explicit ColumnSums(const RowRange<T>& r) : b_(r.b) {
    unroll<D>([&](auto j) {
      w_[j] = B(r.w[j]);
      dw_[j] = B(T(0));
    });
  }

  // Adds K vectors of rows, one after the other; load(k, x) sets x to the columns of vector k,
  // whose labels and weights begin at y and s (null: 1) + k * lanes. The columns have no registers
  // while K sigmoids go side by side, and GCC puts as many of them on the stack as it must: to do
  // that for it was 3 to 8 % slower, to transpose twice up to 20 % (Zen 3).
  template <std::size_t K, class Load>
  LOGIGRAD_INLINE void add(const Load& load, const T* y, const T* s) {
    B x[K][D], z[K], labels[K], weights[K];
    unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
      load(k, x[k]);
      z[k] = margins(x[k]);
      labels[k] = Rows::arrange(B::load_unaligned(y + k * kLanes));
      weights[k] = s ? Rows::arrange(B::load_unaligned(s + k * kLanes)) : B(T(1));
    });
    B slopes[K], losses[K];
    row_terms<kLoss>(z, labels, weights, slopes, losses);
    unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE { add_terms(x[k], slopes[k], losses[k]); });
  }

  // One vector, which stays in registers.
  LOGIGRAD_INLINE void add(const B (&x)[D], const T* y, const T* s) {
    const auto terms = terms_of(x, y, s);
    add_terms(x, terms.slope, terms.loss);
  }

  // The rows behind the last whole vector of the range. load(n, x) is for add()'s vectors, and may
  // read kBeyond rows behind them.
  template <std::size_t kBeyond, class Load>
  LOGIGRAD_INLINE void add_rest(const RowRange<T>& r, const Load& load, T* scratch) {
    const bool is_short = r.rows < kLanes;
    const std::size_t rest = r.rows % kLanes, first = is_short ? 0 : r.rows - kLanes;
    const auto valid = is_short ? LaneMasks<T, A>::first(rest) : LaneMasks<T, A>::last(rest);
    B x[D];
    if (kBeyond == 0 && !is_short) {  // a whole vector that ends with the range
      load(first, x);
      add_valid(valid, x, r.y + first, r.weights ? r.weights + first : nullptr);
    } else {
      const ColumnCopies<T, A> copies(r, first, scratch);
      Rows::template load<D>(copies.x, x);
      add_valid(valid, x, copies.y, copies.s);
    }
  }

  void flush(double* partial) {
    unroll<D>([&](auto j) { flush_lanes(dw_[j], partial[j]); });
    flush_lanes(db_, partial[D]);
    if constexpr (kLoss) flush_lanes(loss_, partial[D + 1]);
  }

 private:
  // add() for the rows whose lanes are set in `valid_rows`, in the order of the rows. The
  // elements of the others are cleared too: 0 times infinity would be NaN.
  LOGIGRAD_INLINE void add_valid(const LaneMask<T, A>& valid_rows, B (&x)[D], const T* y,
                                 const T* s) {
    const auto valid = Rows::arrange(valid_rows);
    unroll<D>([&](auto j) { x[j] = x[j] & valid; });
    const auto terms = terms_of(x, y, s);
    add_terms(x, terms.slope & valid, terms.loss & valid);
  }

  LOGIGRAD_INLINE B margins(const B (&x)[D]) const {
    B z = b_;
    unroll<D>([&](auto j) { z = multiply_add(x[j], w_[j], z); });
    return z;
  }

  LOGIGRAD_INLINE RowTerms<B> terms_of(const B (&x)[D], const T* y, const T* s) const {
    return row_terms<kLoss>(margins(x), Rows::arrange(B::load_unaligned(y)),
                            s ? Rows::arrange(B::load_unaligned(s)) : B(T(1)));
  }

  LOGIGRAD_INLINE void add_terms(const B (&x)[D], const B& slope, const B& loss) {
    unroll<D>([&](auto j) { dw_[j] = multiply_add(slope, x[j], dw_[j]); });
    db_ += slope;
    if constexpr (kLoss) loss_ += loss;
  }

  const B b_;
  B w_[D], dw_[D], db_ = B(T(0)), loss_ = B(T(0));
};

}  // namespace
}  // namespace logigrad
