// panel: four rows at once, for wide data, the dots of four with the sum of those before them.
//
// A range is cut into four streams of adjacent rows (three, if rows are whole pages), and a step
// takes the next row of each: the hardware's prefetchers follow four streams, each in pages of its
// own, while they lose four rows that share one. w and dw are loaded once for four rows, whose dot
// products hide the latency of the FMA. In the same loop the rows of one or two steps ago are added
// to dw: reading x for the dots, from L2 or memory, goes on while the sum works from L1, and no
// step waits for its sigmoid. 256 x 256: 2.2 us, 2.9 by dots and sum in turn, eight rows each (Zen
// 5).
#pragma once

#include "kernels/simd/last_rows.hpp"
#include "kernels/simd/streams.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Panel {
  using B = xsimd::batch<T, A>;

  static std::size_t scratch(std::size_t cols) {
    return 2 * kMaxChunkRows + 2 * Columns<T, A>::packed(cols) + RowEnd<T, A>::scratch(2 * kSlot);
  }

  static std::size_t rows_of_one_flush(std::size_t cols) {
    const std::size_t rows = is_whole_pages(cols) ? kRowsOfPages : kMostRows;
    return kFlushTerms / rows * rows;
  }

  // One step is too little to hide a sigmoid where it takes less than some 100 cycles; two steps of
  // longer rows and what is read ahead of them leave L1, of which the CPU may have half (64 x 1024:
  // 2.7 us with one step between, 3.7 with two). From memory a step takes long enough.
  //
  // The lines of rows of whole pages fall into the same sets of L1, together with those of w and
  // dw. With four rows a step they are ten, two more than a set has ways; with three they are eight
  // (64 x 1024 1.24 times as fast, 1000 x 1024 1.33, Zen 3). Where there is AVX-512, L1 may have 12
  // ways.
  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    if (is_whole_pages(r.cols)) {
      r.from_memory ? run_steps<kLoss, kRowsOfPages, 1, kFetching>(r, scratch, partial)
                    : run_steps<kLoss, kRowsOfPages, 1, kByLines>(r, scratch, partial);
    } else if (r.from_memory) {
      run_steps<kLoss, kMostRows, 1, kFetching>(r, scratch, partial);
    } else if (r.cols * sizeof(T) <= 1024) {
      run_steps<kLoss, kMostRows, 2, kByVectors>(r, scratch, partial);
    } else {
      run_steps<kLoss, kMostRows, 1, kByVectors>(r, scratch, partial);
    }
  }

 private:
  static constexpr std::size_t kMostRows = 4;  // of a step, one of each stream
  static constexpr std::size_t kRowsOfPages = kVectorRegisters == 16 ? 3 : kMostRows;
  static constexpr std::size_t kSlot = kMostRows > B::size ? kMostRows : B::size;  // of slopes

  static bool is_whole_pages(std::size_t cols) { return cols * sizeof(T) % 4096 == 0; }

  template <bool kLoss, std::size_t kRows, std::size_t kBehind, Pass kPass>
  LOGIGRAD_OUTLINE static void run_steps(const RowRange<T>& range, T* scratch, double* partial) {
    // 255 terms of three rows a step: one flush more in a chunk, and a term sees as many roundings.
    constexpr std::size_t kFlushSteps = kFlushTerms / kRows;
    const RowRange<T> r = by_steps<kRows, 1>(range, scratch);
    const Columns<T, A> columns(r.cols);
    T* const w = scratch + 2 * kMaxChunkRows;
    T* const dw = w + columns.packed(r.cols);
    RowEnd<T, A> end(r, dw + columns.packed(r.cols));
    columns.pack(r.w, w);
    columns.clear(dw);

    const std::size_t steps = r.rows / kRows;
    const RowGroup<T, kRows> rows(steps * r.stride);
    for (std::size_t n = 0; n < steps + kBehind; ++n) {
      const bool is_dotted = n < steps, is_added = n >= kBehind;
      const std::size_t added = is_added ? n - kBehind : 0;  // the step whose rows are added
      const T* const x = r.x + (is_dotted ? n : 0) * r.stride;
      const T* const v = r.x + added * r.stride;
      const std::size_t slot = n % 2 * kSlot, v_slot = added % 2 * kSlot;
      B dots[kRows], slopes[kRows];
      unroll<kRows>([&](auto k) { dots[k] = B(T(0)); });
      if (is_added) unroll<kRows>([&](auto k) { slopes[k] = end.slope(v_slot + k); });
      if (is_dotted && is_added) {
        dot_and_add_rows<true, true, kPass>(columns, rows, x, w, dots, v, slopes, dw);
      } else if (is_dotted) {
        dot_rows(columns, rows, x, w, dots);
      } else if (is_added) {
        add_rows(columns, rows, v, slopes, dw);
      }
      if (is_added && (added + 1) % kFlushSteps == 0 && !r.dw) columns.flush(dw, partial);
      if (is_dotted) {
        end.template finish<kLoss>(dots, n * kRows, slot, kRows);
        if ((n + 1) % kFlushSteps == 0) end.template flush<kLoss>(partial + r.cols);
      }
    }
    const std::size_t done = steps * kRows;
    if (done < r.rows) add_last_rows<kLoss>(r, done, columns, w, end, dw);
    if (r.rows % (kFlushSteps * kRows) != 0) {
      if (!r.dw) columns.flush(dw, partial);
      end.template flush<kLoss>(partial + r.cols);
    }
    if (r.dw) columns.unpack(dw, r.dw);
  }
};

}  // namespace
}  // namespace logigrad
