// column: tiny D. A vector of rows is transposed in registers, so that a lane is a row and a vector
// a column.
//
// Nothing is ever reduced across lanes and no lane is masked or idle: with 2 columns a vector of 8
// floats that held rows would hold 2 of use. Rows stay in registers between their margin and their
// sum. More columns than two blocks of 128 bits go to `narrow`.
#pragma once

#include "kernels/dense/narrow.hpp"

#if defined(__ARM_FEATURE_SVE)
#include "kernels/simd/transpose_sve.hpp"
#else
#include "kernels/simd/transpose.hpp"
#endif

namespace logigrad {
namespace {

template <class T, class A>
struct Column {
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;
  static constexpr std::size_t kMostCols = 32 / sizeof(T);
  // A lane of an accumulator takes one row of each vector.
  static constexpr std::size_t kFlushRows = kFlushTerms * kLanes;

  static constexpr std::size_t kPadding = 16 / sizeof(T);  // of copies: the piece of a last row

  static std::size_t scratch(std::size_t cols) {
    if (delegates(cols)) return Narrow<T, A>::scratch(cols);
    return (cols + 2) * kLanes + kPadding;  // Copies
  }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    if (delegates(r.cols)) return Narrow<T, A>::template run<kLoss>(r, scratch, partial);
    dispatch<kLoss, 1>(r, scratch, partial);
  }

 private:
  static bool delegates(std::size_t cols) { return cols < 1 || cols > kMostCols; }

  template <bool kLoss, std::size_t D>
  class Sums {
   public:
    using Rows = Transposition<T, A, D>;

    explicit Sums(const RowRange<T>& r) : b_(r.b) {
      unroll<D>([&](auto j) {
        w_[j] = B(r.w[j]);
        dw_[j] = B(T(0));
      });
    }

    // Adds the rows of x, a column a vector, whose labels and weights begin at y and s (null: 1).
    LOGIGRAD_INLINE void add(const B (&x)[D], const T* y, const T* s) {
      const auto terms = terms_of(x, y, s);
      add_terms(x, terms.slope, terms.loss);
    }

    // The same for the rows whose lanes are set in `valid`, in the order of the rows. The elements
    // of the others are cleared too: 0 times infinity would be NaN.
    LOGIGRAD_INLINE void add_valid(const LaneMask<T, A>& valid_rows, B (&x)[D], const T* y,
                                   const T* s) {
      const auto valid = Rows::arrange(valid_rows);
      unroll<D>([&](auto j) { x[j] = x[j] & valid; });
      const auto terms = terms_of(x, y, s);
      add_terms(x, terms.slope & valid, terms.loss & valid);
    }

    void flush(double* partial) {
      unroll<D>([&](auto j) { flush_lanes(dw_[j], partial[j]); });
      flush_lanes(db_, partial[D]);
      if constexpr (kLoss) flush_lanes(loss_, partial[D + 1]);
    }

   private:
    LOGIGRAD_INLINE RowTerms<B> terms_of(const B (&x)[D], const T* y, const T* s) const {
      B z = b_;
      unroll<D>([&](auto j) { z = multiply_add(x[j], w_[j], z); });
      return row_terms<kLoss>(z, Rows::arrange(B::load_unaligned(y)),
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

  template <bool kLoss, std::size_t D, bool kGaps>
  LOGIGRAD_OUTLINE static void run_columns(const RowRange<T>& r, T* scratch, double* partial) {
    using Rows = Transposition<T, A, D>;
    constexpr std::size_t kBeyond = kGaps || !std::has_single_bit(D) ? Rows::kRowsBeyond : 0;
    Sums<kLoss, D> sums(r);
    // Calls add(x, y, s) with a vector of rows, of which row n is the first.
    const auto with_rows = [&](std::size_t n, const auto& add) LOGIGRAD_LAMBDA_INLINE {
      B x[D];
      kGaps ? Rows::load_pieces(r.x + n * r.stride, r.stride, x) : Rows::load(r.x + n * D, x);
      add(x, r.y + n, r.weights ? r.weights + n : nullptr);
    };
    // The same where a whole load would leave the range.
    const auto with_copies = [&](std::size_t n, const auto& add) LOGIGRAD_LAMBDA_INLINE {
      const Copies copies(r, n, scratch);
      B x[D];
      Rows::load(copies.x, x);
      add(x, copies.y, copies.s);
    };
    const auto add_all = [&](B(&x)[D], const T* y, const T* s)
                             LOGIGRAD_LAMBDA_INLINE { sums.add(x, y, s); };

    std::size_t n = 0;
    const auto flush_if_due = [&] {
      if constexpr (kFlushRows < kMaxChunkRows) {
        if (n > 0 && n % kFlushRows == 0) sums.flush(partial);
      }
    };
    for (; n + kLanes + kBeyond <= r.rows; n += kLanes) {
      flush_if_due();
      with_rows(n, add_all);
    }
    for (; n + kLanes <= r.rows; n += kLanes) {
      flush_if_due();
      with_copies(n, add_all);
    }
    if (n < r.rows) {
      flush_if_due();
      const std::size_t count = r.rows - n;
      const bool is_short = r.rows < kLanes;
      const auto valid = is_short ? LaneMasks<T, A>::first(count) : LaneMasks<T, A>::last(count);
      const auto add_rest = [&](B(&x)[D], const T* y, const T* s)
                                LOGIGRAD_LAMBDA_INLINE { sums.add_valid(valid, x, y, s); };
      // The last vector ends with the range.
      if (kBeyond == 0 && !is_short) {
        with_rows(r.rows - kLanes, add_rest);
      } else {
        with_copies(is_short ? 0 : r.rows - kLanes, add_rest);
      }
    }
    sums.flush(partial);
  }

  // Rows [first, first + lanes), without gaps and padded with zeros beyond the range.
  struct Copies {
    T *const x, *const y, *const s;  // s: null without weights

    LOGIGRAD_INLINE Copies(const RowRange<T>& r, std::size_t first, T* scratch)
        : x(scratch), y(x + r.cols * kLanes + kPadding), s(r.weights ? y + kLanes : nullptr) {
      const std::size_t left = r.rows - first, rows = left < kLanes ? left : kLanes;
      for (std::size_t j = 0; j < r.cols * kLanes; ++j) x[j] = T(0);
      for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < r.cols; ++j)
          x[i * r.cols + j] = r.x[(first + i) * r.stride + j];
      }
      copy_padded<A>(r.y + first, rows, T(0), y);
      if (r.weights) copy_padded<A>(r.weights + first, rows, T(1), s);
    }
  };

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
