// panel: eight or four adjacent rows at once, for wide data.
//
// Their independent dot products hide the latency of the FMA, and w and dw are loaded once for all
// of them. The rows' margins are summed and go through the sigmoid in registers, then the rows,
// which are in L1 by now, are added to dw. What else there is to overlap depends on how long a row
// is: see run().
#pragma once

#include "kernels/simd/columns.hpp"
#include "kernels/simd/row_end.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Panel {
  using B = xsimd::batch<T, A>;

  static std::size_t scratch(std::size_t cols) {
    return 2 * Columns<T, A>::packed(cols) + RowEnd<T, A>::scratch(kMostRows);
  }

  // The groups of a block are dotted one after the other, then added one after the other. With two
  // of them the sigmoid of each is hidden behind the other's dot or sum, but L1 has to hold both.
  // Instead, rows of 0.5 KiB and more fetch the next block into L1 while they are added, when L2
  // has nothing else to do; that needs room for two blocks. Rows beyond 4 KiB fill L1 anyway.
  // 256 x 256 floats: 4.13 us by two groups, 3.72 by fetching, 4.30 by neither; 64 x 784: 3.52 by
  // eight rows, 3.36 by four and fetching (Zen 4, 32 KiB of L1).
  //
  // From memory both passes fetch into L2, the second for what the first has missed: the hardware's
  // prefetchers lose eight rows within one page. Long rows go by fours, since a fetched row is
  // thrown out again before its turn by seven others: 0.19 to 0.23 ns an element at D = 4096.
  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    constexpr Fetch kNothing = Fetch::kNothing, kIntoL1 = Fetch::kIntoL1, kIntoL2 = Fetch::kIntoL2;
    const std::size_t row_bytes = r.cols * sizeof(T);
    if (r.from_memory) {
      row_bytes < 4096 ? run_blocks<kLoss, 8, 1, kIntoL2, kIntoL2>(r, scratch, partial)
                       : run_blocks<kLoss, 4, 1, kIntoL2, kIntoL2>(r, scratch, partial);
    } else if (row_bytes <= 512 || row_bytes > 4096) {
      run_blocks<kLoss, 8, 2, kNothing, kNothing>(r, scratch, partial);
    } else {
      row_bytes <= 1536 ? run_blocks<kLoss, 8, 1, kNothing, kIntoL1>(r, scratch, partial)
                        : run_blocks<kLoss, 4, 1, kNothing, kIntoL1>(r, scratch, partial);
    }
  }

 private:
  static constexpr std::size_t kMostRows = 16;  // of a block

  template <bool kLoss, std::size_t R, std::size_t kGroups, Fetch kDotFetch, Fetch kAddFetch>
  LOGIGRAD_OUTLINE static void run_blocks(const RowRange<T>& r, T* scratch, double* partial) {
    constexpr std::size_t kBlock = R * kGroups;
    static_assert(kBlock <= kMostRows && kFlushTerms % kBlock == 0);
    const Columns<T, A> columns(r.cols);
    T* w = scratch;
    T* dw = w + columns.packed(r.cols);
    RowEnd<T, A> end(r, dw + columns.packed(r.cols));
    columns.pack(r.w, w);
    columns.clear(dw);
    // The next block is due in L1, the one after it in L2.
    const std::size_t ahead = (kAddFetch == Fetch::kIntoL1 ? 1 : 2) * kBlock * r.stride;
    const auto group_at = [&]<Fetch kFetch>(std::size_t n) LOGIGRAD_LAMBDA_INLINE {
      return RowGroup<T, R, kFetch>(r.x + n * r.stride, r.stride, ahead);
    };
    const auto flush = [&] {
      columns.flush(dw, partial);
      end.template flush<kLoss>(partial + r.cols);
    };

    const std::size_t whole = r.rows / R * R;  // rows in groups of R
    for (std::size_t n = 0; n < whole; n += kBlock) {
      if (n > 0 && n % kFlushTerms == 0) flush();
      const std::size_t rows = whole - n < kBlock ? whole - n : kBlock;
      for (std::size_t i = 0; i < rows; i += R) {
        B dots[R];
        dot_rows(columns, group_at.template operator()<kDotFetch>(n + i), w, dots);
        end.template finish<kLoss>(dots, n + i, i, R);
      }
      for (std::size_t i = 0; i < rows; i += R) {
        B slope[R];
        unroll<R>([&](auto k) { slope[k] = end.slope(i + k); });
        add_rows(columns, group_at.template operator()<kAddFetch>(n + i), slope, dw);
      }
    }
    if (whole < r.rows) {
      if (whole > 0 && whole % kFlushTerms == 0) flush();
      run_last<kLoss, R>(r, columns, whole, w, dw, end);
    }
    flush();
  }

  // The last rows, fewer than R: one by one, but through one sigmoid.
  template <bool kLoss, std::size_t R>
  LOGIGRAD_INLINE static void run_last(const RowRange<T>& r, const Columns<T, A>& columns,
                                       std::size_t first, const T* w, T* dw, RowEnd<T, A>& end) {
    const auto row = [&](std::size_t n) {
      return RowGroup<T, 1, Fetch::kNothing>(r.x + n * r.stride, 0, 0);
    };
    B dots[R];
    for (std::size_t i = 0; i < R; ++i) {
      B dot[1] = {B(T(0))};
      if (first + i < r.rows) dot_rows(columns, row(first + i), w, dot);
      dots[i] = dot[0];
    }
    end.template finish<kLoss>(dots, first, 0, r.rows - first);
    for (std::size_t n = first; n < r.rows; ++n) {
      const B slope[1] = {end.slope(n - first)};
      add_rows(columns, row(n), slope, dw);
    }
  }
};

}  // namespace
}  // namespace logigrad
