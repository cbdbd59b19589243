// narrow's loop where there are 16 vector registers: by blocks, with w in registers while a block's
// margins are computed, then dw while the block is added to it.
//
// The margins go through memory, to sigmoids side by side in a loop of their own: beside w, neither
// they nor the sigmoid's constants have a register.
//
// A block is groups of as many rows as there are lanes. From memory a group takes its rows from
// four streams of the range, which the hardware's prefetchers follow faster than one, and blocks
// are short, so that the next one is read during this one's sigmoids:
// 2097152 x 64 1.3 times as fast as one stream with software prefetch, x 28 1.3, x 16 1.15 (Zen 3).
// In cache there is nothing to gain, and the labels' other order costs 5 %.
#pragma once

#include "kernels/simd/narrow_rows.hpp"
#include "kernels/simd/streams.hpp"

namespace logigrad {
namespace {

// Where the rows of a group are: `each` adjacent ones in each of S streams, or, if S is 1, all in
// one. next() gives them in turn, group after group.
template <class T, std::size_t S, std::size_t kEach>
struct GroupWalk {
  // Streams `distance` elements apart.
  GroupWalk(const T* first, std::size_t row, std::size_t distance)
      : x(first), stride(row), streams(distance) {}

  // The k-th row of the group.
  template <std::size_t K>
  LOGIGRAD_INLINE const T* next(Index<K>) {
    const T* const at = S == 1 ? x : streams.row(x + K % kEach * stride, K / kEach);
    if (S == 1 || K + 1 == S * kEach) {
      x += (S == 1 ? 1 : kEach) * stride;
      hide(x);
    }
    return at;
  }

  // Fetches as many groups as those that begin here, behind them.
  LOGIGRAD_INLINE void fetch_next(std::size_t groups) const {
    constexpr std::size_t kLine = 64 / sizeof(T);
    const std::size_t elements = groups * kEach * stride;
    for (std::size_t j = 0; j < elements; j += kLine)
      unroll<S>([&](auto s) { __builtin_prefetch(streams.row(x + elements + j, s)); });
  }

  const T* x;
  std::size_t stride;
  RowGroup<T, S> streams;
};

// Rows of V vectors.
template <class T, class A, std::size_t V>
class NarrowBlocks {
 public:
  using B = xsimd::batch<T, A>;
  using Rows = NarrowRows<T, A, V>;
  static constexpr std::size_t kLanes = B::size, kWidth = Rows::kWidth;

  static std::size_t scratch() {
    return (1 + kSets + kLanes) * kWidth + 2 * kMaxChunkRows + RowEnd<T, A>::scratch(kMostRows);
  }

  template <bool kLoss, bool kFromMemory>
  LOGIGRAD_OUTLINE static void run(const RowRange<T>& range, T* scratch, double* partial) {
    constexpr std::size_t kStreams = kFromMemory ? kMostStreams : 1, kEach = kLanes / kStreams;
    constexpr std::size_t kBlock = (kFromMemory ? kStreamedRows : kMostRows) / kLanes;  // groups
    using Walk = GroupWalk<T, kStreams, kEach>;
    T* w = scratch;
    T* sums = w + kWidth;
    T* copies = sums + kSets * kWidth;  // a group
    T* labels = copies + kLanes * kWidth;
    const RowRange<T> r = kFromMemory ? by_steps<kStreams, kEach>(range, labels) : range;
    RowEnd<T, A> end(r, labels + 2 * kMaxChunkRows);
    Rows::copy(r.w, r.cols, w);
    for (std::size_t j = 0; j < kSets * kWidth; ++j) sums[j] = 0;
    std::size_t terms = 0;  // in an accumulator since the last flush
    const auto flush = [&] {
      for (std::size_t set = 0; set < kSets; ++set) {
        for (std::size_t j = 0; j < r.cols; ++j)
          partial[j] += static_cast<double>(sums[set * kWidth + j]);
      }
      for (std::size_t j = 0; j < kSets * kWidth; ++j) sums[j] = 0;
      end.template flush<kLoss>(partial + r.cols);
      terms = 0;
    };

    const std::size_t groups = r.rows / kLanes, safe = safe_groups<kStreams>(r);
    for (std::size_t g = 0, count; g * kLanes < r.rows; g += count) {
      const std::size_t n = g * kLanes;
      const bool is_safe = g < safe;
      count = !is_safe ? 1 : safe - g < kBlock ? safe - g : kBlock;
      if (terms + count * kTerms > kFlushTerms) flush();
      terms += count * kTerms;
      if (!is_safe) {
        for (std::size_t k = 0; k < kLanes; ++k) {
          const std::size_t row = g < groups ? row_of_step<kEach>(g, k, groups) : n + k;
          Rows::copy(r.x + row * r.stride, n + k < r.rows ? r.cols : 0, copies + k * kWidth);
        }
      }
      const Walk walk = is_safe
                            ? Walk(r.x + g * kEach * r.stride, r.stride, groups * kEach * r.stride)
                            : Walk(copies, kWidth, kEach * kWidth);
      dot_block(walk, count, r.cols, w, end.margins());
      if (kFromMemory && kFetchesNext && is_safe) walk.fetch_next(count);
      end.template finish_block<kLoss>(n,
                                       r.rows - n < count * kLanes ? r.rows - n : count * kLanes);
      add_block(walk, count, end, sums);
    }
    flush();
  }

 private:
  static constexpr std::size_t kMostRows = V <= 4 ? 128 : 64;  // of a block: at most 16 KiB of X
  // A block from memory: 4 KiB of X, but enough for four sigmoids side by side.
  static constexpr std::size_t kStreamedRows = V <= 4 ? 128 / V : 32;
  static constexpr std::size_t kMostStreams = kLanes < 4 ? kLanes : 4;
  // While a block's sigmoids read nothing, the next block comes: 64 columns 1.06 times as fast, 48
  // and 32 1.04, 28 1.0; 16 and 8, which the sigmoids bind, 0.96 to 1.06 (Zen 3).
  static constexpr bool kFetchesNext = V >= 4;
  // Sets of accumulators for dw, since one would be a chain of four cycles a row: as many as eight
  // registers hold, but not more than there are lanes.
  static constexpr std::size_t kWanted = V < 8 ? 8 / V : 1;
  static constexpr std::size_t kSets = kWanted < kLanes ? kWanted : kLanes;
  static constexpr std::size_t kTerms = kLanes / kSets;  // of a group in an accumulator
  static_assert(kLanes % kSets == 0 && kLanes % kMostStreams == 0);

  // Groups that may be read kWidth elements a row without leaving the range. Groups of it before
  // the last rows are whole, lest which rows share an accumulator depend on the stride.
  template <std::size_t kStreams>
  static std::size_t safe_groups(const RowRange<T>& r) {
    constexpr std::size_t kEach = kLanes / kStreams;
    const std::size_t groups = r.rows / kLanes, rows = Rows::safe(r);
    const std::size_t before = (kStreams - 1) * groups * kEach;  // the last stream
    const std::size_t safe = rows < before ? 0 : (rows - before) / kEach;
    return safe < groups ? safe : groups;
  }

  template <class Walk>
  LOGIGRAD_INLINE static void dot_block(Walk walk, std::size_t groups, std::size_t cols,
                                        const T* w_padded, T* margins) {
    const auto mask = LaneMasks<T, A>::first(cols - (V - 1) * kLanes);
    B w[V];
    unroll<V>([&](auto v) { w[v] = B::load_aligned(w_padded + v * kLanes); });
    const auto dot = [&](auto k) LOGIGRAD_LAMBDA_INLINE {
      const T* const x = walk.next(k);
      B sum = (B::load_unaligned(x + (V - 1) * kLanes) & mask) * w[V - 1];
      unroll<V - 1>(
          [&](auto v) { sum = multiply_add(B::load_unaligned(x + v * kLanes), w[v], sum); });
      return sum;
    };
    for (std::size_t g = 0; g < groups; ++g)
      sum_rows_of<kLanes, T, A>(dot).store_aligned(margins + g * kLanes);
  }

  // dw += the rows times their slopes; those beyond the last row are zeros, and so are their
  // slopes. The accumulators are in memory between two blocks.
  template <class Walk>
  LOGIGRAD_INLINE static void add_block(Walk walk, std::size_t groups, const RowEnd<T, A>& end,
                                        T* sums) {
    B dw[kSets][V];
    unroll<kSets>([&](auto set) {
      unroll<V>([&](auto v) { dw[set][v] = B::load_aligned(sums + (set * V + v) * kLanes); });
    });
    for (std::size_t g = 0; g < groups; ++g) {
      unroll<kLanes>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
        constexpr std::size_t kSet = k % kSets;
        const T* const x = walk.next(k);
        const B slope = end.slope(g * kLanes + k);
        unroll<V>([&](auto v) {
          dw[kSet][v] = multiply_add(slope, B::load_unaligned(x + v * kLanes), dw[kSet][v]);
        });
      });
    }
    unroll<kSets>([&](auto set) {
      unroll<V>([&](auto v) { dw[set][v].store_aligned(sums + (set * V + v) * kLanes); });
    });
  }
};

}  // namespace
}  // namespace logigrad
