// panel: eight rows at once, each from its own stream, for wide data.
//
// The rows of a range are split into eight runs; step i takes row i of each run. Adjacent rows of
// 256 B to 1 KiB share a 4 KiB page, where the hardware prefetchers lose them; streams far apart
// they follow. Eight independent dot products hide the latency of the FMA, and w and dw are loaded
// once for eight rows. The block of steps between two sigmoids is small enough to be in L1 still
// when its rows are added to dw.
#pragma once

#include "kernels/simd/block.hpp"
#include "kernels/simd/columns.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Panel {
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kStreams = 8;
  static constexpr std::size_t kBlockRows = 64;          // at most: narrower rows go to `narrow`
  static constexpr std::size_t kBlockBytes = 16 * 1024;  // of X in a block: half of a 32 KiB L1
  static_assert(kBlockRows % B::size == 0 && kFlushTerms % kBlockRows == 0);

  static std::size_t scratch(std::size_t cols) {
    return 2 * Columns<T, A>::packed(cols) + Block<T, A>::scratch(kBlockRows);
  }

  static std::size_t steps_of_block(std::size_t cols) {
    const std::size_t steps = kBlockBytes / (kStreams * sizeof(T) * (cols ? cols : 1));
    return steps < 1 ? 1 : steps < kBlockRows / kStreams ? steps : kBlockRows / kStreams;
  }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    const Columns<T, A> columns(r.cols);
    T* w = scratch;
    T* dw = w + columns.packed(r.cols);
    Block<T, A> block(dw + columns.packed(r.cols), kBlockRows);
    columns.pack(r.w, w);
    columns.clear(dw);

    const B b(r.b);
    B db(T(0)), loss(T(0));
    std::size_t terms =
        0;  // in dw since the last flush; at most as many are in a lane of db and loss
    const auto flush = [&] {
      columns.flush(dw, partial);
      flush_lanes(db, partial[r.cols]);
      if constexpr (kLoss) flush_lanes(loss, partial[r.cols + 1]);
      terms = 0;
    };

    // `streams` rows `distance` rows apart, `steps` times, beginning with row n.
    const auto rows = [&]<std::size_t R>(Index<R>, std::size_t n, std::size_t distance,
                                         std::size_t steps) {
      if (terms + steps * R > kFlushTerms) flush();
      terms += steps * R;
      for (std::size_t i = n; i < n + steps; ++i) {
        B dots[R];
        dot_rows(columns, r.x + i * r.stride, distance * r.stride, w, dots);
        unroll<R>([&](auto k) { block.add(r, i + k * distance, dots[k]); });
      }
      const T* slopes = block.template finish<kLoss>(b, db, loss);
      for (std::size_t i = n; i < n + steps; ++i, slopes += R) {
        B slope[R];
        unroll<R>([&](auto k) { slope[k] = B(slopes[k]); });
        add_rows(columns, r.x + i * r.stride, distance * r.stride, slope, dw);
      }
    };

    const std::size_t run_rows = r.rows / kStreams, steps = steps_of_block(r.cols);
    for (std::size_t i = 0; i < run_rows; i += steps) {
      rows(Index<kStreams>{}, i, run_rows, i + steps < run_rows ? steps : run_rows - i);
    }
    const std::size_t left = run_rows * kStreams;  // at most 7 rows remain
    if (left < r.rows) rows(Index<1>{}, left, 0, r.rows - left);
    flush();
  }
};

}  // namespace
}  // namespace logigrad
