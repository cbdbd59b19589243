// narrow's loop where there are 32 vector registers: w and dw stay in them for the whole range.
//
// It goes by groups of as many rows as there are lanes, in a pipeline: the sigmoid of a group is a
// chain of some 80 cycles, so its instructions are followed by the dots of the next group, and only
// then by the group's own sum, while the rows after the next are fetched. A CPU that looks 450
// instructions ahead sees two to three groups.
//
// From memory, with AVX-512, each row of four is of another stream of the range, since the
// prefetchers follow four streams faster than one: 256 MiB of 28, 32, 48, 16 and 128 floats a row
// 0.80, 0.85, 0.89, 0.89 and 0.97 of the time (Granite Rapids).
#pragma once

#include "kernels/simd/narrow_rows.hpp"
#include "kernels/simd/streams.hpp"

namespace logigrad {
namespace {

// Rows of V vectors.
template <class T, class A, std::size_t V>
class NarrowGroups {
 public:
  using B = xsimd::batch<T, A>;
  using Rows = NarrowRows<T, A, V>;
  static constexpr std::size_t kLanes = B::size, kWidth = Rows::kWidth;

  static std::size_t scratch() {
    return (kSets + kLanes) * kWidth + kLanes * kLanes + 2 * kMaxChunkRows +
           RowEnd<T, A>::scratch(kLanes);
  }

  template <bool kLoss, bool kFromMemory>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    if constexpr (kFromMemory && kMostStreams > 1) {
      run_groups<kLoss, kFetchFromMemory, kMostStreams>(by_steps<kMostStreams, 1>(r, scratch),
                                                        scratch + 2 * kMaxChunkRows, partial);
    } else {
      run_groups<kLoss, kFromMemory ? kFetchFromMemory : kFetchInCache, 1>(r, scratch, partial);
    }
  }

 private:
  // Whatever lives across rows is local here: as members of a class, GCC 12 keeps it in memory.
  template <bool kLoss, Fetch kFetch, std::size_t kStreams>
  LOGIGRAD_OUTLINE static void run_groups(const RowRange<T>& r, T* scratch, double* partial) {
    const Steps<kStreams> steps(r);
    RowEnd<T, A> end(r, scratch + (kSets + kLanes) * kWidth + kLanes * kLanes);
    const auto mask = LaneMasks<T, A>::first(r.cols - (V - 1) * kLanes);
    B w[V], dw[kSets][V];
    Rows::copy(r.w, r.cols, scratch);
    unroll<V>([&](auto v) { w[v] = B::load_aligned(scratch + v * kLanes); });
    clear(dw);
    std::size_t groups = 0;  // since the last flush
    const auto flush_if_due = [&]() LOGIGRAD_LAMBDA_INLINE {
      if (groups++ < kFlushGroups) return;
      flush<kLoss>(r.cols, dw, end, scratch, partial);
      groups = 1;
    };

    const std::size_t safe = steps.safe_rows(Rows::safe(r));
    std::size_t n = 0;
    B dots = safe < kLanes ? B(T(0)) : dot(r.x, steps, w, mask);
    for (; n + kLanes <= safe; n += kLanes) {
      const T* const x = r.x + n / kStreams * r.stride;
      end.template finish_sums<kLoss>(dots, n, 0, kLanes);
      if (n + 2 * kLanes <= safe) dots = dot(x + steps.group(), steps, w, mask);
      flush_if_due();
      add<kFetch>(x, steps, r.cols, mask, end, dw);
    }
    for (; n < r.rows; n += kLanes) {
      flush_if_due();
      add_rest<kLoss>(r, steps, n, safe, w, mask, scratch + kSets * kWidth, end, dw);
    }
    flush<kLoss>(r.cols, dw, end, scratch, partial);
  }

  // Rows of one vector gain nothing from being fetched into L1; rows of more than four, from
  // memory, lose in L2 (524288 x 123: 14.2 ms instead of 10.3, Zen 4).
  static constexpr Fetch kFetchInCache = V > 1 ? Fetch::kIntoL1 : Fetch::kNothing;
  static constexpr Fetch kFetchFromMemory = V > 4 ? Fetch::kIntoL1 : Fetch::kIntoL2;
  // Sets of accumulators for dw, since one would be a chain of four cycles a row.
  static constexpr std::size_t kSets = V <= 2 && kLanes >= 4 ? 4 : V <= 4 ? 2 : 1;
  // Fetched ahead: 9 KiB of X at one vector of 64 bytes, 16 KiB at eight, of all streams together.
  // 16 / V and 32 / V groups were up to 15 % slower from memory (Zen 5, one stream), and so was
  // half as much (Granite Rapids, four).
  static constexpr std::size_t kGroupsAhead = 8 / V + 1;
  static constexpr std::size_t kMostStreams = sizeof(B) == 64 ? 4 : 1;  // not measured on ARM
  static constexpr std::size_t kFlushGroups = kFlushTerms * kSets / kLanes;

  // Where the rows of a group are: all adjacent, or, of four streams, one in each of them, and then
  // those behind them.
  template <std::size_t S>
  struct Steps {
    static_assert(S == 1 || S == 4);
    explicit Steps(const RowRange<T>& r)
        : range(r), count(r.rows / S), distance(count * r.stride) {}

    // Which row of the range is the n-th.
    std::size_t row(std::size_t n) const {
      return S > 1 && n < S * count ? row_of_step<1>(n / S, n % S, count) : n;
    }
    // The first n in whose steps all rows are before row `safe`.
    std::size_t safe_rows(std::size_t safe) const {
      if (S == 1) return safe;
      const std::size_t last_stream = (S - 1) * count;
      return S * (safe < last_stream ? 0 : safe - last_stream < count ? safe - last_stream : count);
    }

    // The place in row i of four, by addresses that x86 has: a step a row would be an instruction.
    template <std::size_t I>
    LOGIGRAD_INLINE const T* row_of_four(const T* x, std::size_t three) const {
      return I == 3 ? x + three : x + I * one();
    }

    // Elements to the next row of four, to the next four and to the next group.
    LOGIGRAD_INLINE std::size_t one() const { return S == 1 ? range.stride : distance; }
    LOGIGRAD_INLINE std::size_t four() const { return S == 1 ? 4 * range.stride : range.stride; }
    LOGIGRAD_INLINE std::size_t group() const { return kLanes / S * range.stride; }

    const RowRange<T>& range;
    std::size_t count, distance;  // rows of a stream, elements to the next one
  };

  template <bool kMasked>
  static LOGIGRAD_INLINE B dot_row(const T* x, const B (&w)[V], const LaneMask<T, A>& mask) {
    B sum = multiply_masked(load_wanted<kMasked>(x + (V - 1) * kLanes, mask), w[V - 1], mask);
    unroll<V - 1>([&](auto v) LOGIGRAD_LAMBDA_INLINE {
      sum = multiply_add(B::load_unaligned(x + v * kLanes), w[v], sum);
    });
    return sum;
  }

  // What a row's last vector holds of the rows behind it goes to lanes that are never looked at.
  template <bool kMasked>
  static LOGIGRAD_INLINE void add_row(const T* x, const B& slope, const LaneMask<T, A>& mask,
                                      B (&dw)[V]) {
    unroll<V - 1>([&](auto v) LOGIGRAD_LAMBDA_INLINE {
      dw[v] = multiply_add(slope, B::load_unaligned(x + v * kLanes), dw[v]);
    });
    dw[V - 1] = multiply_add(slope, load_wanted<kMasked>(x + (V - 1) * kLanes, mask), dw[V - 1]);
  }

  // The margins of a group, without b.
  template <std::size_t S>
  static LOGIGRAD_INLINE B dot(const T* x, const Steps<S>& steps, const B (&w)[V],
                               const LaneMask<T, A>& mask) {
    std::size_t three = 3 * steps.one();
    hide(three);
    return sum_rows_of<kLanes, T, A>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
      const T* const row = steps.template row_of_four<i % 4>(x, three);
      const B sum = dot_row<kOnlyMaskedLoads>(row, w, mask);
      if constexpr (i % 4 == 3) {
        x += steps.four();
        hide(x);
      }
      return sum;
    });
  }

  // dw += the rows of a group times their slopes.
  template <Fetch kFetch, std::size_t S>
  static LOGIGRAD_INLINE void add(const T* x, const Steps<S>& steps, std::size_t cols,
                                  const LaneMask<T, A>& mask, const RowEnd<T, A>& end,
                                  B (&dw)[kSets][V]) {
    std::size_t three = 3 * steps.one();
    hide(three);
    unroll<kLanes>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
      const T* const row = steps.template row_of_four<i % 4>(x, three);
      Rows::template fetch<kFetch>(row + kGroupsAhead * steps.group(), cols);
      add_row<kOnlyMaskedLoads>(row, end.slope(i), mask, dw[i % kSets]);
      if constexpr (i % 4 == 3) {
        x += steps.four();
        hide(x);
      }
    });
  }

  // The rest of a range, at most a group a call: fewer rows than lanes, or rows whose last vector
  // would leave the range: they are loaded under a mask, or copied before. Each goes where a whole
  // group's would.
  template <bool kLoss, std::size_t S>
  static LOGIGRAD_INLINE void add_rest(const RowRange<T>& r, const Steps<S>& steps, std::size_t n,
                                       std::size_t safe, const B (&w)[V],
                                       const LaneMask<T, A>& mask, T* memory, RowEnd<T, A>& end,
                                       B (&dw)[kSets][V]) {
    const std::size_t left = r.rows - n, rows = left < kLanes ? left : kLanes;
    T* const copies = memory + kLanes * kLanes;
    const auto row = [&](std::size_t i) {
      return kMaskedLoads || n + i < safe ? r.x + steps.row(n + i) * r.stride : copies + i * kWidth;
    };
    for (std::size_t i = n < safe ? safe - n : 0; !kMaskedLoads && i < rows; ++i) {
      Rows::copy(r.x + steps.row(n + i) * r.stride, r.cols, copies + i * kWidth);
    }
    for (std::size_t i = 0; i < kLanes; ++i) {
      const B dot = i < rows ? dot_row<kMaskedLoads>(row(i), w, mask) : B(T(0));
      dot.store_aligned(memory + i * kLanes);
    }
    const B dots =
        sum_rows_of<kLanes, T, A>([&](auto i) { return B::load_aligned(memory + i * kLanes); });
    end.template finish_sums<kLoss>(dots, n, 0, rows);
    for (std::size_t i = 0; i < rows; i += kSets) {
      unroll<kSets>([&](auto set) {
        if (i + set < rows) add_row<kMaskedLoads>(row(i + set), end.slope(i + set), mask, dw[set]);
      });
    }
  }

  static LOGIGRAD_INLINE void clear(B (&dw)[kSets][V]) {
    unroll<kSets>([&](auto set) { unroll<V>([&](auto v) { dw[set][v] = B(T(0)); }); });
  }

  template <bool kLoss>
  static LOGIGRAD_INLINE void flush(std::size_t cols, B (&dw)[kSets][V], RowEnd<T, A>& end,
                                    T* memory, double* partial) {
    unroll<kSets>([&](auto set) {
      unroll<V>([&](auto v) { dw[set][v].store_aligned(memory + (set * V + v) * kLanes); });
    });
    for (std::size_t set = 0; set < kSets; ++set) {
      for (std::size_t j = 0; j < cols; ++j)
        partial[j] += static_cast<double>(memory[set * kWidth + j]);
    }
    clear(dw);
    end.template flush<kLoss>(partial + cols);
  }
};

}  // namespace
}  // namespace logigrad
