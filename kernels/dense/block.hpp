// block: as many rows as L1 holds: all their dots, one sigmoid for vectors of them, all their sums.
//
// The second pass finds the rows in L1 and keeps dw in registers, where `panel` loads and stores it
// for every four rows, and no row waits for its sigmoid: 16 x 256 1.7 times as fast as `panel`,
// 256 x 256 1.35 times, 1000 x 100 1.3 times (Emerald Rapids). What comes from beyond L2 is
// `panel`'s, which never stops reading: 1000 x 784 takes 8 to 10 % longer here. But long rows from
// memory, in whose four streams it waits, take 0.82 of the time here (1 GiB of 2000 floats, Emerald
// Rapids; 1.27 on Granite Rapids).
#pragma once

#include "kernels/simd/block_dots.hpp"
#include "kernels/simd/row_end.hpp"
#include "kernels/simd/strips.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Block {
  using B = xsimd::batch<T, A>;

  static std::size_t scratch(std::size_t cols) {
    return 2 * Columns<T, A>::packed(cols) + RowEnd<T, A>::scratch(kMostRows);
  }

  static std::size_t rows_of_one_flush(std::size_t) { return kFlushTerms; }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    if constexpr (kRealigns) {
      if (are_faster_by_lines(r.x, r.stride, r.rows, r.cols))
        return run_blocks<kLoss, true>(r, scratch, partial);
    }
    run_blocks<kLoss, false>(r, scratch, partial);
  }

 private:
  template <bool kLoss, bool kRealign>
  LOGIGRAD_OUTLINE static void run_blocks(const RowRange<T>& r, T* scratch, double* partial) {
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
      dot_block<kRealign, kGroup>(columns, x, r.stride, rows, w, end.margins());
      end.template finish_block<kLoss>(done, rows);
      done += rows;
      // Packed rows with a tail have another layout than the caller's.
      const bool is_whole = done == r.rows && r.dw && !columns.has_tail();
      Strips<kRealign, T, A>(columns, x, r.stride, rows, end.margins(), flushed ? dw : nullptr,
                             is_whole ? r.dw : dw)
          .add();
      if (done % kFlushTerms == 0 || done == r.rows) {
        if (!r.dw) columns.flush(dw, partial);
        end.template flush<kLoss>(partial + r.cols);
      }
    } while (done < r.rows);
    if (r.dw && columns.has_tail()) columns.unpack(dw, r.dw);
  }

  // Of X in a block: of the smallest L1, 32 KiB, a part is for w, dw and what is read next. 16 KiB
  // are 9 % slower at 256 x 256, 32 no faster.
  static constexpr std::size_t kBlockBytes = 24 * 1024;
  static constexpr std::size_t kMostRows = 64;
  static constexpr std::size_t kGroup = 4;  // rows dotted together

  // The number of groups that comes nearest to so many bytes. Rows of which L1 does not hold one
  // group are read twice from L2 anyway; then by two groups, for which dw is loaded and stored once
  // (60 x 2048 of double 0.92 of the time).
  static std::size_t most_rows(std::size_t cols) {
    const std::size_t rows = kBlockBytes / (sizeof(T) * (cols ? cols : 1));
    const std::size_t groups = (rows + kGroup / 2) / kGroup;
    return groups == 0 ? 2 * kGroup : groups * kGroup < kMostRows ? groups * kGroup : kMostRows;
  }
};

}  // namespace
}  // namespace logigrad
