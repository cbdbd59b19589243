// narrow's loop where there are 16 vector registers: by blocks, with w in registers while a block's
// margins are computed, then dw while the block is added to it.
//
// The margins go through memory, to sigmoids side by side in a loop of their own: beside w, neither
// they nor the sigmoid's constants have a register.
#pragma once

#include "kernels/simd/narrow_rows.hpp"

namespace logigrad {
namespace {

// Rows of V vectors.
template <class T, class A, std::size_t V>
class NarrowBlocks {
 public:
  using B = xsimd::batch<T, A>;
  using Rows = NarrowRows<T, A, V>;
  static constexpr std::size_t kLanes = B::size, kWidth = Rows::kWidth;

  static std::size_t scratch() {
    return (1 + kSets + kLanes) * kWidth + RowEnd<T, A>::scratch(kMostRows);
  }

  template <bool kLoss, Fetch kFetch>
  LOGIGRAD_OUTLINE static void run(const RowRange<T>& r, T* scratch, double* partial) {
    T* w = scratch;
    T* sums = w + kWidth;
    T* copies = sums + kSets * kWidth;  // the last rows
    RowEnd<T, A> end(r, copies + kLanes * kWidth);
    Rows::copy(r.w, r.cols, w);
    for (std::size_t j = 0; j < kSets * kWidth; ++j) sums[j] = 0;
    std::size_t terms = 0;  // in an accumulator since the last flush, at most
    const auto flush = [&] {
      for (std::size_t set = 0; set < kSets; ++set) {
        for (std::size_t j = 0; j < r.cols; ++j)
          partial[j] += static_cast<double>(sums[set * kWidth + j]);
      }
      for (std::size_t j = 0; j < kSets * kWidth; ++j) sums[j] = 0;
      end.template flush<kLoss>(partial + r.cols);
      terms = 0;
    };

    const std::size_t safe = Rows::safe(r);
    for (std::size_t n = 0, rows; n < r.rows; n += rows) {
      const T* x = r.x + n * r.stride;
      std::size_t stride = r.stride;
      // Whole groups, lest which rows share an accumulator depend on `safe`, and so on the stride.
      if (n + kLanes <= safe) {
        rows = (safe - n < kMostRows ? safe - n : kMostRows) / kLanes * kLanes;
      } else {
        rows = r.rows - n < kLanes ? r.rows - n : kLanes;
        for (std::size_t i = 0; i < kLanes; ++i)
          Rows::copy(x + i * stride, i < rows ? r.cols : 0, copies + i * kWidth);
        x = copies;
        stride = kWidth;
      }
      const std::size_t more = rows / kSets + rows % kSets;
      if (terms + more > kFlushTerms) flush();
      terms += more;
      dot_block<kLoss, kFetch>(x, stride, r.cols, n, rows, w, end);
      add_block<kFetch>(x, stride, r.cols, rows, end, sums);
    }
    flush();
  }

 private:
  static constexpr std::size_t kMostRows = V <= 4 ? 128 : 64;  // of a block: at most 16 KiB of X
  static constexpr std::size_t kRowsAhead = 128;               // fetched ahead: one or two blocks
  // Sets of accumulators for dw, since one would be a chain of four cycles a row: as many as eight
  // registers hold, but not more than there are lanes.
  static constexpr std::size_t kWanted = V < 8 ? 8 / V : 1;
  static constexpr std::size_t kSets = kWanted < kLanes ? kWanted : kLanes;

  // The slopes of `rows` rows, rows [n, n + rows) of the range.
  template <bool kLoss, Fetch kFetch>
  LOGIGRAD_INLINE static void dot_block(const T* x, std::size_t stride, std::size_t cols,
                                        std::size_t n, std::size_t rows, const T* w_padded,
                                        RowEnd<T, A>& end) {
    const auto mask = LaneMasks<T, A>::first(cols - (V - 1) * kLanes);
    B w[V];
    unroll<V>([&](auto v) { w[v] = B::load_aligned(w_padded + v * kLanes); });
    const auto dot = [&]() LOGIGRAD_LAMBDA_INLINE {
      Rows::template fetch<kFetch>(x + kRowsAhead * stride, cols);
      B sum = (B::load_unaligned(x + (V - 1) * kLanes) & mask) * w[V - 1];
      unroll<V - 1>(
          [&](auto v) { sum = multiply_add(B::load_unaligned(x + v * kLanes), w[v], sum); });
      x += stride;
      hide(x);
      return sum;
    };
    for (std::size_t i = 0; i < rows; i += kLanes) {
      const B sums = sum_rows_of<kLanes, T, A>([&](auto) LOGIGRAD_LAMBDA_INLINE { return dot(); });
      sums.store_aligned(end.margins() + i);
    }
    end.template finish_block<kLoss>(n, rows);
  }

  // dw += the rows times their slopes. The accumulators are in memory between two blocks.
  template <Fetch kFetch>
  LOGIGRAD_INLINE static void add_block(const T* x, std::size_t stride, std::size_t cols,
                                        std::size_t rows, const RowEnd<T, A>& end, T* sums) {
    B dw[kSets][V];
    unroll<kSets>([&](auto set) {
      unroll<V>([&](auto v) { dw[set][v] = B::load_aligned(sums + (set * V + v) * kLanes); });
    });
    const auto add = [&](auto set, std::size_t i) LOGIGRAD_LAMBDA_INLINE {
      Rows::template fetch<kFetch>(x + kRowsAhead * stride, cols);
      const B slope = end.slope(i);
      unroll<V>([&](auto v) {
        dw[set][v] = multiply_add(slope, B::load_unaligned(x + v * kLanes), dw[set][v]);
      });
      x += stride;
    };
    std::size_t i = 0;
    for (; i + kSets <= rows; i += kSets) {
      unroll<kSets>([&](auto set) LOGIGRAD_LAMBDA_INLINE { add(set, i + set); });
    }
    for (; i < rows; ++i) add(Index<0>{}, i);
    unroll<kSets>([&](auto set) {
      unroll<V>([&](auto v) { dw[set][v].store_aligned(sums + (set * V + v) * kLanes); });
    });
  }
};

}  // namespace
}  // namespace logigrad
