// narrow: D up to eight vectors. The number of vectors in a row is known at compile time, so that w
// stays in registers while a block's margins are computed, and dw while the block is added to it.
//
// A row is read as whole vectors, which may reach into the rows behind it: those lanes are masked
// in the margin, and in dw they are never looked at. Only the last rows of a range, whose vectors
// would leave it, are copied into a padded buffer first. dw has several accumulators a column,
// since one chain of FMAs would cost four cycles a row. Wider rows go to `panel`.
#pragma once

#include "kernels/dense/panel.hpp"
#include "kernels/simd/row_end.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Narrow {
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;
  static constexpr std::size_t kMaxVectors = 8;
  static constexpr std::size_t kMostCols = kMaxVectors * kLanes;
  static constexpr std::size_t kMostRows = 64;  // of a block: 16 KiB of X at 8 vectors of 32 bytes
  // A vector of dots, w and the constants of the sigmoid fit into 32 registers. With 16 the dots go
  // through memory, to a sigmoid with a loop of its own (D = 28: 1.2 times as fast on avx512
  // without, 0.7 times on sse2).
  static constexpr bool kInRegisters = kVectorRegisters >= 32;
  static constexpr std::size_t kRowsAhead = 128;  // fetched ahead, from memory: two blocks

  static std::size_t vectors(std::size_t cols) { return cols ? (cols + kLanes - 1) / kLanes : 1; }

  static std::size_t scratch(std::size_t cols) {
    if (vectors(cols) > kMaxVectors) return Panel<T, A>::scratch(cols);
    const std::size_t width = vectors(cols) * kLanes;
    return (1 + sets(vectors(cols)) + kLanes) * width + kMostRows * kLanes +
           RowEnd<T, A>::scratch(kMostRows);
  }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    dispatch<kLoss, 1>(r, scratch, partial);
  }

 private:
  // Sets of accumulators for dw: as many as eight registers hold, but not more than there are
  // lanes.
  static constexpr std::size_t sets(std::size_t vectors) {
    const std::size_t wanted = vectors < 8 ? 8 / vectors : 1;
    return wanted < kLanes ? wanted : kLanes;
  }

  // Fetches a row of V vectors, one of a later block, into L2: every line that it touches.
  template <std::size_t V, bool kAhead>
  LOGIGRAD_INLINE static void fetch(const T* row, std::size_t cols) {
    if constexpr (kAhead) {
      constexpr std::size_t kLine = 64 / sizeof(T);
      unroll<(V * kLanes + kLine - 1) / kLine>(
          [&](auto line) { __builtin_prefetch(row + line * kLine, 0, 2); });
      __builtin_prefetch(row + cols - 1, 0, 2);
    }
  }

  // The slopes of `rows` rows, rows [n, n + rows) of the range.
  template <bool kLoss, std::size_t V, bool kAhead>
  LOGIGRAD_INLINE static void dot_block(const T* x, std::size_t stride, std::size_t cols,
                                        std::size_t n, std::size_t rows, const T* w_padded,
                                        T* dots_memory, RowEnd<T, A>& end) {
    const B mask = LaneMasks<T, A>::first(cols - (V - 1) * kLanes);
    B w[V];
    unroll<V>([&](auto v) { w[v] = B::load_aligned(w_padded + v * kLanes); });
    const auto dot = [&]() LOGIGRAD_LAMBDA_INLINE {
      fetch<V, kAhead>(x + kRowsAhead * stride, cols);
      B sum = (B::load_unaligned(x + (V - 1) * kLanes) & mask) * w[V - 1];
      unroll<V - 1>(
          [&](auto v) { sum = multiply_add(B::load_unaligned(x + v * kLanes), w[v], sum); });
      x += stride;
      hide(x);
      return sum;
    };
    std::size_t i = 0;
    if constexpr (kInRegisters) {
      for (; i + kLanes <= rows; i += kLanes) {
        B dots[kLanes];
        unroll<kLanes>([&](auto k) LOGIGRAD_LAMBDA_INLINE { dots[k] = dot(); });
        end.template finish<kLoss>(dots, n + i, i, kLanes);
      }
    }
    const std::size_t first = i;
    for (; i < rows; ++i) dot().store_aligned(dots_memory + (i - first) * kLanes);
    for (i = first; i < rows; i += kLanes) {
      const T* dots = dots_memory + (i - first) * kLanes;
      const B sums =
          sum_rows_of<kLanes, T, A>([&](auto k) { return B::load_aligned(dots + k * kLanes); });
      end.template finish_sums<kLoss>(sums, n + i, i, rows - i < kLanes ? rows - i : kLanes);
    }
  }

  // dw += the rows times their slopes. The accumulators are in memory between two blocks.
  template <std::size_t V, bool kAhead>
  LOGIGRAD_INLINE static void add_block(const T* x, std::size_t stride, std::size_t cols,
                                        std::size_t rows, const RowEnd<T, A>& end, T* sums) {
    constexpr std::size_t kSets = sets(V);
    B dw[kSets][V];
    unroll<kSets>([&](auto set) {
      unroll<V>([&](auto v) { dw[set][v] = B::load_aligned(sums + (set * V + v) * kLanes); });
    });
    const auto add = [&](auto set, std::size_t i) LOGIGRAD_LAMBDA_INLINE {
      fetch<V, kAhead>(x + kRowsAhead * stride, cols);
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

  template <bool kLoss, bool kAhead, std::size_t V>
  LOGIGRAD_OUTLINE static void run_vectors(const RowRange<T>& r, T* scratch, double* partial) {
    constexpr std::size_t kWidth = V * kLanes, kSets = sets(V);
    T* w = scratch;
    T* sums = w + kWidth;
    T* copies = sums + kSets * kWidth;  // the last rows
    T* dots = copies + kLanes * kWidth;
    RowEnd<T, A> end(r, dots + kMostRows * kLanes);
    for (std::size_t j = 0; j < kWidth; ++j) w[j] = j < r.cols ? r.w[j] : T(0);
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

    // Rows before `safe` may be loaded kWidth elements wide without leaving the range.
    const std::size_t extent = r.rows && r.cols ? (r.rows - 1) * r.stride + r.cols : 0;
    const std::size_t safe = extent < kWidth ? 0 : (extent - kWidth) / r.stride + 1;
    for (std::size_t n = 0, rows; n < r.rows; n += rows) {
      const T* x = r.x + n * r.stride;
      std::size_t stride = r.stride;
      if (n < safe) {
        rows = safe - n < kMostRows ? safe - n : kMostRows;
      } else {
        rows = r.rows - n < kLanes ? r.rows - n : kLanes;
        for (std::size_t i = 0; i < rows; ++i) {
          for (std::size_t j = 0; j < kWidth; ++j)
            copies[i * kWidth + j] = j < r.cols ? x[i * stride + j] : T(0);
        }
        x = copies;
        stride = kWidth;
      }
      const std::size_t more = rows / kSets + rows % kSets;
      if (terms + more > kFlushTerms) flush();
      terms += more;
      dot_block<kLoss, V, kAhead>(x, stride, r.cols, n, rows, w, dots, end);
      add_block<V, kAhead>(x, stride, r.cols, rows, end, sums);
    }
    flush();
  }

  template <bool kLoss, std::size_t V>
  static void dispatch(const RowRange<T>& r, T* scratch, double* partial) {
    if constexpr (V > kMaxVectors) {
      Panel<T, A>::template run<kLoss>(r, scratch, partial);
    } else if (vectors(r.cols) == V) {
      r.from_memory ? run_vectors<kLoss, true, V>(r, scratch, partial)
                    : run_vectors<kLoss, false, V>(r, scratch, partial);
    } else {
      dispatch<kLoss, V + 1>(r, scratch, partial);
    }
  }
};

}  // namespace
}  // namespace logigrad
