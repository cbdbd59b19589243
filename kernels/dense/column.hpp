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

  static constexpr bool kFetches = sizeof(B) == 64;  // not measured where vectors go side by side

  static bool delegates(std::size_t cols) { return cols < 1 || cols > kMostCols; }

  // For the vector of rows that begins with row n: X 2 KiB ahead of it and labels, which are fewer,
  // 512 bytes. The loads of a vector wait for the sigmoids before it, and the prefetchers wait for
  // the loads: 256 MiB of 2, 4 and 8 floats a row 0.82, 0.79 and 0.77 of the time with it (Granite
  // Rapids).
  template <std::size_t D>
  static LOGIGRAD_INLINE void fetch_ahead(const RowRange<T>& r, std::size_t n) {
    constexpr std::size_t kLine = 64 / sizeof(T), kAhead = 32 * kLine, kLabelsAhead = 8 * kLine;
    unroll<D * sizeof(B) / 64>([&](auto line) LOGIGRAD_LAMBDA_INLINE {
      __builtin_prefetch(r.x + n * r.stride + kAhead + line * kLine);
    });
    __builtin_prefetch(r.y + n + kLabelsAhead);
  }

  // kStride is 0 if it is neither D nor one more.
  template <bool kLoss, std::size_t D, std::size_t kStride>
  LOGIGRAD_OUTLINE static void run_columns(const RowRange<T>& r, T* scratch, double* partial) {
    using Rows = Transposition<T, A, D>;
    constexpr std::size_t kBeyond =
        kStride != 0 && Rows::template kLoadsWhole<kStride> ? kStride - D : Rows::kRowsBeyond;
    ColumnSums<T, A, D, kLoss> sums(r);
    // The columns of a vector of rows, of which row n is the first.
    const auto load = [&](std::size_t n, B(&x)[D]) LOGIGRAD_LAMBDA_INLINE {
      if constexpr (kStride == 0) {
        Rows::load_pieces(r.x + n * r.stride, r.stride, x);
      } else {
        Rows::template load<kStride>(r.x + n * kStride, x);
      }
    };
    const auto weights = [&](std::size_t n) { return r.weights ? r.weights + n : nullptr; };
    std::size_t vectors = 0;  // added since the last flush
    const auto flush_if_due = [&](std::size_t more) {
      if constexpr (kFlushTerms * kLanes < kMaxChunkRows) {
        if (vectors + more > kFlushTerms) {
          sums.flush(partial);
          vectors = 0;
        }
        vectors += more;
      }
    };
    // What is fewer than kSideBySide vectors comes first, lest the caller wait for its sigmoid (100
    // x 2: 1.05 to 1.18 times as fast, Zen 3), unless the last vectors are not side by side anyway.
    // In which order rows are added depends on no stride.
    constexpr bool kOddFirst = std::has_single_bit(D);
    const std::size_t whole = r.rows / kLanes, rest = r.rows % kLanes;
    const std::size_t safe = r.rows < kBeyond ? 0 : (r.rows - kBeyond) / kLanes;  // of the whole
    if (rest) {
      flush_if_due(1);
      sums.template add_rest<kBeyond>(r, load, scratch);
    }
    std::size_t v = 0;
    const auto add_vectors_to = [&](std::size_t end) {
      for (; v < end; ++v) {
        flush_if_due(1);
        B x[D];
        if (v < safe) {
          if (kFetches && r.from_memory) fetch_ahead<D>(r, v * kLanes);
          load(v * kLanes, x);
          sums.add(x, r.y + v * kLanes, weights(v * kLanes));
        } else {  // a whole load would leave the range
          const Copies copies(r, v * kLanes, scratch);
          Rows::template load<D>(copies.x, x);
          sums.add(x, copies.y, copies.s);
        }
      }
    };
    if constexpr (kSideBySide > 1) {
      add_vectors_to(kOddFirst ? whole % kSideBySide : 0);
      for (; v + kSideBySide <= safe; v += kSideBySide) {
        flush_if_due(kSideBySide);
        const auto load_one = [&](auto k, B(&x)[D])
                                  LOGIGRAD_LAMBDA_INLINE { load((v + k) * kLanes, x); };
        sums.template add<kSideBySide>(load_one, r.y + v * kLanes, weights(v * kLanes));
      }
    }
    add_vectors_to(whole);
    sums.flush(partial);
  }

  template <bool kLoss, std::size_t D>
  static void dispatch(const RowRange<T>& r, T* scratch, double* partial) {
    if constexpr (D <= kMostCols) {
      if (r.cols == D) {
        if (r.stride == D) return run_columns<kLoss, D, D>(r, scratch, partial);
        if constexpr (Transposition<T, A, D>::template kLoadsWhole<D + 1>) {
          if (r.stride == D + 1) return run_columns<kLoss, D, D + 1>(r, scratch, partial);
        }
        run_columns<kLoss, D, 0>(r, scratch, partial);
      } else {
        dispatch<kLoss, D + 1>(r, scratch, partial);
      }
    }
  }
};

}  // namespace
}  // namespace logigrad
