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
    return 2 * Columns<T, A>::packed(cols) + kPage + RowEnd<T, A>::scratch(kMostRows);
  }

  // The groups of a block are dotted one after the other, then added one after the other. With two
  // of them the sigmoid of each is hidden behind the other's dot or sum, but L1 has to hold both.
  // Instead, rows of 0.5 KiB and more fetch the next block into L1 while they are added, when L2
  // has nothing else to do; that needs room for two blocks. 256 x 256 floats: 4.13 us by two
  // groups, 3.72 by fetching, 4.30 by neither; 64 x 784: 3.52 by eight rows, 3.36 by four and
  // fetching (Zen 4, 32 KiB of L1). Rows beyond 4 KiB fill L1 anyway: see run_long().
  //
  // From memory both passes fetch into L2, the second for what the first has missed: the hardware's
  // prefetchers lose eight rows within one page. Long rows go by fours, since a fetched row is
  // thrown out again before its turn by seven others: 0.19 to 0.23 ns an element at D = 4096.
  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    constexpr Fetch kNothing = Fetch::kNothing, kIntoL1 = Fetch::kIntoL1, kIntoL2 = Fetch::kIntoL2;
    const std::size_t row_bytes = r.cols * sizeof(T);
    if (r.from_memory) {
      row_bytes <= kByEights ? run_short<kLoss, 8, 1, kIntoL2, kIntoL2>(r, scratch, partial)
                             : run_short<kLoss, 4, 1, kIntoL2, kIntoL2>(r, scratch, partial);
    } else if (row_bytes > 4096) {
      run_long<kLoss>(r, scratch, partial);
    } else if (row_bytes <= 512) {
      run_short<kLoss, 8, 2, kNothing, kNothing>(r, scratch, partial);
    } else {
      row_bytes <= kByEights ? run_short<kLoss, 8, 1, kNothing, kIntoL1>(r, scratch, partial)
                             : run_short<kLoss, 4, 1, kNothing, kIntoL1>(r, scratch, partial);
    }
  }

 private:
  static constexpr std::size_t kMostRows = 16;  // of a block
  // Bytes of the longest row that goes by eights, wherever X is: how many rows share a sigmoid
  // decides to which lane of db a row is added.
  static constexpr std::size_t kByEights = 1536;
  static constexpr std::size_t kPage = 4096 / sizeof(T);

  // Where a range's w and dw are while it is worked on, and how its rows end.
  struct Sums {
    const Columns<T, A> columns;
    T* const w;
    T* const dw;
    double* const partial;
    const std::size_t cols;
    RowEnd<T, A> end;

    Sums(const RowRange<T>& r, T* scratch, double* to)
        : columns(r.cols),
          w(scratch),
          dw(half_a_page_from(r.x, w + columns.packed(r.cols))),
          partial(to),
          cols(r.cols),
          end(r, dw + columns.packed(r.cols)) {
      columns.pack(r.w, w);
      columns.clear(dw);
    }

    template <bool kLoss>
    void flush() {
      columns.flush(dw, partial);
      end.template flush<kLoss>(partial + cols);
    }

    // A load waits for a store to an address that is the same in its last 12 bits: rows of whole
    // pages would do so at every vector, if dw began a little behind them (64 x 4096: 7 %).
    static T* half_a_page_from(const T* x, T* place) {
      const std::size_t distance = reinterpret_cast<std::uintptr_t>(x) / sizeof(T) -
                                   reinterpret_cast<std::uintptr_t>(place) / sizeof(T);
      return place + (distance + kPage / 2) % kPage / Columns<T, A>::kLanes * Columns<T, A>::kLanes;
    }
  };

  // All columns at once.
  template <bool kLoss, std::size_t R, std::size_t kGroups, Fetch kDotFetch, Fetch kAddFetch>
  LOGIGRAD_OUTLINE static void run_short(const RowRange<T>& r, T* scratch, double* partial) {
    constexpr std::size_t kBlock = R * kGroups;
    static_assert(kBlock <= kMostRows && kFlushTerms % kBlock == 0);
    Sums sums(r, scratch, partial);
    // The next block is due in L1, the one after it in L2.
    const std::size_t ahead = (kAddFetch == Fetch::kIntoL1 ? 1 : 2) * kBlock * r.stride;
    const auto group_at = [&]<Fetch kFetch>(std::size_t n) LOGIGRAD_LAMBDA_INLINE {
      return RowGroup<T, R, kFetch>(r.x + n * r.stride, r.stride, ahead);
    };
    const std::size_t whole = r.rows / R * R;  // rows in groups of R
    for (std::size_t n = 0; n < whole; n += kBlock) {
      if (n > 0 && n % kFlushTerms == 0) sums.template flush<kLoss>();
      const std::size_t rows = whole - n < kBlock ? whole - n : kBlock;
      for (std::size_t i = 0; i < rows; i += R) {
        B dots[R];
        unroll<R>([&](auto k) { dots[k] = B(T(0)); });
        dot_rows(sums.columns, group_at.template operator()<kDotFetch>(n + i), sums.w, dots);
        sums.end.template finish<kLoss>(dots, n + i, i, R);
      }
      for (std::size_t i = 0; i < rows; i += R) {
        B slope[R];
        unroll<R>([&](auto k) { slope[k] = sums.end.slope(i + k); });
        add_rows(sums.columns, group_at.template operator()<kAddFetch>(n + i), slope, sums.dw);
      }
    }
    run_last<kLoss, R>(r, whole, sums);
  }

  // Rows that fill L1, column block by column block, so that a block's w or dw stays there for
  // sixteen rows: else each group would fetch w, and dw twice, through L2 beside X. By fours, since
  // eight rows of whole pages, which share their sets in an L1 of eight ways, leave w none:
  // 23.4 us instead of 26.3 at 64 x 4096.
  template <bool kLoss>
  LOGIGRAD_OUTLINE static void run_long(const RowRange<T>& r, T* scratch, double* partial) {
    constexpr std::size_t R = 4, kGroups = kMostRows / R;
    Sums sums(r, scratch, partial);
    const std::size_t whole = r.rows / R * R;
    B dots[kGroups][R];
    for (std::size_t n = 0; n < whole; n += kMostRows) {
      if (n > 0 && n % kFlushTerms == 0) sums.template flush<kLoss>();
      const std::size_t groups = whole - n < kMostRows ? (whole - n) / R : kGroups;
      const auto for_each_block = [&](const auto& f) LOGIGRAD_LAMBDA_INLINE {
        for (std::size_t j = 0; j < r.cols; j += kPage) {
          for (std::size_t g = 0; g < groups; ++g) {
            f(g, RowGroup<T, R, Fetch::kNothing>(r.x + (n + g * R) * r.stride, r.stride, 0),
              typename Columns<T, A>::Range{j, j + kPage});
          }
        }
      };
      for (std::size_t g = 0; g < groups; ++g) unroll<R>([&](auto k) { dots[g][k] = B(T(0)); });
      for_each_block([&](std::size_t g, const auto& group, const auto& range)
                         LOGIGRAD_LAMBDA_INLINE {
                           B dot[R];
                           unroll<R>([&](auto k) { dot[k] = dots[g][k]; });
                           dot_rows(sums.columns, group, sums.w, dot, range);
                           unroll<R>([&](auto k) { dots[g][k] = dot[k]; });
                         });
      for (std::size_t g = 0; g < groups; ++g)
        sums.end.template finish<kLoss>(dots[g], n + g * R, g * R, R);
      for_each_block([&](std::size_t g, const auto& group, const auto& range)
                         LOGIGRAD_LAMBDA_INLINE {
                           B slope[R];
                           unroll<R>([&](auto k) { slope[k] = sums.end.slope(g * R + k); });
                           add_rows(sums.columns, group, slope, sums.dw, range);
                         });
    }
    run_last<kLoss, R>(r, whole, sums);
  }

  // The last rows, fewer than R: by fours, twos and ones, but through one sigmoid; and the last
  // flush.
  template <bool kLoss, std::size_t R>
  LOGIGRAD_INLINE static void run_last(const RowRange<T>& r, std::size_t first, Sums& sums) {
    const std::size_t rows = r.rows - first;
    const auto group = [&]<std::size_t G>(Index<G>, std::size_t i) LOGIGRAD_LAMBDA_INLINE {
      return RowGroup<T, G, Fetch::kNothing>(r.x + (first + i) * r.stride, r.stride, 0);
    };
    // Calls f(Index<G>, i) for groups of G rows, row i the first.
    const auto for_each_group = [&](const auto& f) LOGIGRAD_LAMBDA_INLINE {
      if constexpr (R > 4) {
        if (rows & 4) f(Index<4>{}, 0);
      }
      if (rows & 2) f(Index<2>{}, rows & 4);
      if (rows & 1) f(Index<1>{}, rows & 6);
    };
    if (rows > 0) {
      if (first > 0 && first % kFlushTerms == 0) sums.template flush<kLoss>();
      B dots[R];
      unroll<R>([&](auto i) { dots[i] = B(T(0)); });
      for_each_group([&]<std::size_t G>(Index<G> count, std::size_t i) LOGIGRAD_LAMBDA_INLINE {
        B dot[G];
        unroll<G>([&](auto k) { dot[k] = B(T(0)); });
        dot_rows(sums.columns, group(count, i), sums.w, dot);
        unroll<G>([&](auto k) { dots[i + k] = dot[k]; });
      });
      sums.end.template finish<kLoss>(dots, first, 0, rows);
      for_each_group([&]<std::size_t G>(Index<G> count, std::size_t i) LOGIGRAD_LAMBDA_INLINE {
        B slope[G];
        unroll<G>([&](auto k) { slope[k] = sums.end.slope(i + k); });
        add_rows(sums.columns, group(count, i), slope, sums.dw);
      });
    }
    sums.template flush<kLoss>();
  }
};

}  // namespace
}  // namespace logigrad
