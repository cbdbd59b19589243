// panel: eight adjacent rows at once, for wide data.
//
// Eight independent dot products hide the latency of the FMA, and w and dw are loaded once for
// eight rows. The block of rows between two sigmoids is small enough to be in L1 still when it is
// added to dw. Out of cache, hardware prefetchers lose track of eight rows within one page and stop
// during the axpy; there both passes over a block also fetch, line by line, the block after the
// next one.
#pragma once

#include "kernels/simd/block.hpp"
#include "kernels/simd/columns.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Panel {
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kRows = 8;
  static constexpr std::size_t kBlockBytes = 16 * 1024;  // of X in a block: half of a 32 KiB L1
  static constexpr std::size_t kMostRows = 64;           // narrower rows go to `narrow`
  static_assert(kMostRows % B::size == 0 && kFlushTerms % kMostRows == 0);

  static std::size_t scratch(std::size_t cols) {
    return 2 * Columns<T, A>::packed(cols) + Block<T, A>::scratch(kMostRows);
  }

  // A power of two. From caches at least eight rows, so that a sigmoid's latency is shared, even if
  // they fill L1; from memory, which hides it, at most sixteen, so that the lines fetched are not
  // needed for long. Where rows are too long for either, four share the loads of w and dw.
  static std::size_t block_rows(std::size_t cols, bool from_memory) {
    const std::size_t row_bytes = sizeof(T) * (cols ? cols : 1);
    const std::size_t fewest = from_memory ? 2 : 8, most = from_memory ? 16 : kMostRows;
    std::size_t rows = most;
    while (rows > fewest && rows * row_bytes > kBlockBytes) rows /= 2;
    return rows * row_bytes <= 2 * kBlockBytes ? rows : 4;
  }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    r.from_memory ? run_blocks<kLoss, true>(r, scratch, partial)
                  : run_blocks<kLoss, false>(r, scratch, partial);
  }

 private:
  // f(Index<R>, i) for groups of R rows, i the first: as many of kRows as there are, then 4, 2, 1.
  template <std::size_t R = kRows, class F>
  LOGIGRAD_INLINE static void for_groups(std::size_t rows, const F& f, std::size_t i = 0) {
    for (; i + R <= rows; i += R) f(Index<R>{}, i);
    if constexpr (R > 1) for_groups<R / 2>(rows, f, i);
  }

  template <bool kLoss, bool kAhead>
  LOGIGRAD_OUTLINE static void run_blocks(const RowRange<T>& r, T* scratch, double* partial) {
    const Columns<T, A> columns(r.cols);
    T* w = scratch;
    T* dw = w + columns.packed(r.cols);
    Block<T, A> block(dw + columns.packed(r.cols), kMostRows);
    columns.pack(r.w, w);
    columns.clear(dw);
    const B b(r.b);
    B db(T(0)), loss(T(0));
    std::size_t terms = 0;  // in dw since the last flush; a lane of db or loss has no more
    const auto flush = [&] {
      columns.flush(dw, partial);
      flush_lanes(db, partial[r.cols]);
      if constexpr (kLoss) flush_lanes(loss, partial[r.cols + 1]);
      terms = 0;
    };

    const std::size_t most = block_rows(r.cols, kAhead), ahead = 2 * most * r.stride;
    for (std::size_t n = 0; n < r.rows; n += most) {
      const std::size_t rows = r.rows - n < most ? r.rows - n : most;
      const T* x = r.x + n * r.stride;
      if (terms + rows > kFlushTerms) flush();
      terms += rows;
      for_groups(rows, [&]<std::size_t R>(Index<R>, std::size_t i) {
        B dots[R];
        dot_rows(columns, RowGroup<T, R, kAhead>(x + i * r.stride, r.stride, ahead), w, dots);
        unroll<R>([&](auto k) { block.put(i + k, dots[k]); });
      });
      block.template finish<kLoss>(r, n, rows, b, db, loss);
      for_groups(rows, [&]<std::size_t R>(Index<R>, std::size_t i) {
        B slope[R];
        unroll<R>([&](auto k) { slope[k] = block.slope(i + k); });
        add_rows(columns, RowGroup<T, R, kAhead>(x + i * r.stride, r.stride, ahead), slope, dw);
      });
    }
    flush();
  }
};

}  // namespace
}  // namespace logigrad
