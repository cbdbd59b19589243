// block: as many rows as L1 holds: all their dots, one sigmoid for vectors of them, all their sums.
//
// The second pass finds the rows in L1 and keeps dw in registers, where `panel` loads and stores it
// for every four rows, and no row waits for its sigmoid: 16 x 256 1.7 times as fast as `panel`,
// 256 x 256 1.35 times, 1000 x 100 1.3 times (Emerald Rapids). What comes from beyond L2 is
// `panel`'s, which never stops reading: 1000 x 784 takes 8 to 10 % longer here.
#pragma once

#include "kernels/simd/block_combs.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Block {
  using B = xsimd::batch<T, A>;

  static std::size_t scratch(std::size_t cols) {
    if constexpr (kVectorsAreLines) return BlockCombs<T, A>::scratch(cols);  // the larger one
    return 2 * Columns<T, A>::packed(cols) + RowEnd<T, A>::scratch(kMostRows);
  }

  static std::size_t rows_of_one_flush(std::size_t) { return kFlushTerms; }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    if constexpr (kVectorsAreLines) {
      if (BlockCombs<T, A>::takes(r.rows, r.cols))
        return BlockCombs<T, A>::template run<kLoss>(r, scratch, partial);
    }
    const Columns<T, A> columns(r.cols);
    T* const w = scratch;
    T* const dw = w + columns.packed(r.cols);
    RowEnd<T, A> end(r, dw + columns.packed(r.cols));
    columns.pack(r.w, w);
    const std::size_t most = most_rows(r.cols);
    std::size_t done = 0;
    do {  // of no rows at all the sums are zeros
      const std::size_t flushed = done % kFlushTerms;
      std::size_t rows = r.rows - done < most ? r.rows - done : most;
      if (rows > kFlushTerms - flushed) rows = kFlushTerms - flushed;
      const T* const x = r.x + done * r.stride;
      dot_block(columns, x, r.stride, rows, w, end.margins());
      end.template finish_block<kLoss>(done, rows);
      done += rows;
      // Packed rows with a tail have another layout than the caller's.
      const bool is_whole = done == r.rows && r.dw && !columns.has_tail();
      Strips(columns, x, r.stride, rows, end.margins(), flushed ? dw : nullptr,
             is_whole ? r.dw : dw)
          .add();
      if (done % kFlushTerms == 0 || done == r.rows) {
        if (!r.dw) columns.flush(dw, partial);
        end.template flush<kLoss>(partial + r.cols);
      }
    } while (done < r.rows);
    if (r.dw && columns.has_tail()) columns.unpack(dw, r.dw);
  }

 private:
  // Of X in a block: of the smallest L1, 32 KiB, a part is for w, dw and what is read next. 16 KiB
  // are 9 % slower at 256 x 256, 32 no faster. However long rows are, two groups of them.
  static constexpr std::size_t kBlockBytes = 24 * 1024;
  static constexpr std::size_t kMostRows = 64;
  // Rows whose dots are summed together, with two accumulators each, for even and odd vectors of
  // columns: eight chains of FMAs, as many as two units with four cycles each can work on. A row's
  // sum has the same order in every group.
  static constexpr std::size_t kGroup = 4;

  static std::size_t most_rows(std::size_t cols) {
    constexpr std::size_t kLeast = 2 * kGroup;
    const std::size_t rows = kBlockBytes / (sizeof(T) * (cols ? cols : 1)) / kLeast * kLeast;
    return rows < kLeast ? kLeast : rows < kMostRows ? rows : kMostRows;
  }

  // The margins of `rows` rows, without b, and up to a vector of anything behind them.
  LOGIGRAD_INLINE static void dot_block(const Columns<T, A>& columns, const T* x,
                                        std::size_t stride, std::size_t rows, const T* w,
                                        T* margins) {
    const RowGroup<T, kGroup> group(stride);
    std::size_t n = 0;
    for (; n + kGroup <= rows; n += kGroup)
      dot_group<kGroup>(columns, group, x + n * stride, w, margins + n);
    if (rows - n >= 2) {
      dot_group<2>(columns, RowGroup<T, 2>(stride), x + n * stride, w, margins + n);
      n += 2;
    }
    if (n < rows) dot_group<1>(columns, RowGroup<T, 1>(0), x + n * stride, w, margins + n);
  }

  template <std::size_t R>
  LOGIGRAD_INLINE static void dot_group(const Columns<T, A>& columns, const RowGroup<T, R>& rows,
                                        const T* x, const T* w, T* margins) {
    B dots[2][R];
    unroll<R>([&](auto r) { dots[0][r] = dots[1][r] = B(T(0)); });
    const T* xj = x;
    const T* wj = w;
    const auto dot = [&](auto chain, const auto& load) LOGIGRAD_LAMBDA_INLINE {
      const B ws = B::load_aligned(wj);
      unroll<R>([&](auto r) LOGIGRAD_LAMBDA_INLINE {
        dots[chain][r] = multiply_add(load(rows.row(xj, r)), ws, dots[chain][r]);
      });
      xj += B::size;
      wj += B::size;
    };
    const auto whole = [](const T* row) LOGIGRAD_LAMBDA_INLINE { return B::load_unaligned(row); };
    while (wj + 2 * B::size <= w + columns.full()) {
      dot(Index<0>{}, whole);
      dot(Index<1>{}, whole);
      hide(xj);
    }
    const bool is_odd = wj < w + columns.full();
    if (is_odd) dot(Index<0>{}, whole);
    if (columns.has_tail()) {
      const auto tail = [&](const T* row) LOGIGRAD_LAMBDA_INLINE { return columns.tail(row); };
      xj = x;
      // A row that may be read as lines as well has the sums that it has there.
      kVectorsAreLines && !is_odd ? dot(Index<0>{}, tail) : dot(Index<1>{}, tail);
    }
    store_row_sums<R, T, A>([&](auto r) LOGIGRAD_LAMBDA_INLINE { return dots[0][r] + dots[1][r]; },
                            margins);
  }
};

}  // namespace
}  // namespace logigrad
