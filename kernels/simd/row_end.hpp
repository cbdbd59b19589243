// Between the dot products of rows and their sum into dw: margins, sigmoid, slopes, and the sums of
// slopes and losses, as whole vectors, so that no row waits for its own sigmoid.
#pragma once

#include "kernels/body.hpp"
#include "kernels/simd/lane_masks.hpp"
#include "kernels/simd/sigmoid.hpp"
#include "kernels/simd/sums.hpp"

namespace logigrad {
namespace {

// `count` elements, at most a vector, in a vector of `padding`.
template <class A, class T>
LOGIGRAD_INLINE const T* copy_padded(const T* from, std::size_t count, T padding, T* to) {
  xsimd::batch<T, A>(padding).store_unaligned(to);
  for (std::size_t i = 0; i < count; ++i) to[i] = from[i];
  return to;
}

template <class T, class A>
class RowEnd {
 public:
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;

  // Elements of scratch for `rows` rows between their dots and their sum.
  static constexpr std::size_t scratch(std::size_t rows) {
    return (rows + kLanes - 1) / kLanes * kLanes + 3 * kLanes;
  }

  // Scratch is uninitialised. The range must stay alive.
  RowEnd(const RowRange<T>& range, T* scratch)
      : range_(range), y_(scratch), s_(y_ + kLanes), slopes_(s_ + kLanes) {}

  // The slopes of rows [n, n + rows) of the range, whose margins without b are the sums of the
  // lanes of `dots`: slope(i) and following. rows <= R; what the other dots hold is ignored.
  template <bool kLoss, std::size_t R>
  LOGIGRAD_INLINE void finish(const B (&dots)[R], std::size_t n, std::size_t i, std::size_t rows) {
    constexpr std::size_t kStep = R < kLanes ? R : kLanes;
    unroll<(R + kStep - 1) / kStep>([&](auto v) LOGIGRAD_LAMBDA_INLINE {
      constexpr std::size_t kFirst = v * kStep;
      if (kFirst >= rows) return;
      const B sums = sum_rows_of<kStep, T, A>(
          [&](auto k) { return dots[kFirst + k < R ? kFirst + k : R - 1]; });
      finish_sums<kLoss>(sums, n + kFirst, i + kFirst,
                         rows - kFirst < kStep ? rows - kFirst : kStep);
    });
  }

  // The same from the sums themselves, of at most a vector of rows.
  template <bool kLoss>
  LOGIGRAD_INLINE void finish_sums(const B& sums, std::size_t n, std::size_t i, std::size_t rows) {
    const T* y = range_.y + n;
    const T* s = range_.weights ? range_.weights + n : nullptr;
    if (!kMaskedLoads && range_.rows - n < kLanes) pad(range_.rows - n, y, s);
    const auto load = [&](const T* at) LOGIGRAD_LAMBDA_INLINE {
      return load_wanted<kMaskedLoads, T, A>(at, LaneMasks<T, A>::first(rows));
    };
    auto terms = row_terms<kLoss>(sums + B(range_.b), load(y), s ? load(s) : B(T(1)));
    if (rows < kLanes) {
      const auto mask = LaneMasks<T, A>::first(rows);
      terms = {terms.slope & mask, terms.loss & mask};
    }
    // Hidden, lest GCC 12 shuffle a slope out of the register instead of loading it into all lanes
    // (4096 x 16: 5.9 us instead of 4.3).
    T* slopes = slopes_ + i;
    hide(slopes);
    terms.slope.store_unaligned(slopes);
    db_ += terms.slope;
    if constexpr (kLoss) loss_ += terms.loss;
  }

  // The same for the rows of a block, of which finish_block() knows that their margins without b
  // are at margins(), which become their slopes.
  T* margins() { return slopes_; }
  template <bool kLoss>
  LOGIGRAD_INLINE void finish_block(std::size_t n, std::size_t rows) {
    // With the loss two fill 16 registers.
    constexpr std::size_t kTogether = kLoss && kSideBySide > 2 ? 2 : kSideBySide;
    std::size_t i = 0;
    for (; i + kTogether * kLanes <= rows; i += kTogether * kLanes)
      finish_vectors<kLoss, kTogether>(n + i, slopes_ + i);
    for (; i < rows; i += kLanes) {
      finish_sums<kLoss>(B::load_unaligned(slopes_ + i), n + i, i,
                         rows - i < kLanes ? rows - i : kLanes);
    }
  }

  LOGIGRAD_INLINE B slope(std::size_t i) const { return B(slopes_[i]); }

  // Adds the slopes and losses since the last flush to sums[0] and, if kLoss, sums[1].
  template <bool kLoss>
  LOGIGRAD_INLINE void flush(double* sums) {
    flush_lanes(db_, sums[0]);
    if constexpr (kLoss) flush_lanes(loss_, sums[1]);
  }

 private:
  template <bool kLoss, std::size_t K>
  LOGIGRAD_INLINE void finish_vectors(std::size_t n, T* slopes) {
    B z[K], y[K], s[K];
    unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
      z[k] = B::load_unaligned(slopes + k * kLanes) + B(range_.b);
      y[k] = B::load_unaligned(range_.y + n + k * kLanes);
      s[k] = range_.weights ? B::load_unaligned(range_.weights + n + k * kLanes) : B(T(1));
    });
    B slope[K], loss[K];
    row_terms<kLoss>(z, y, s, slope, loss);
    unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
      slope[k].store_unaligned(slopes + k * kLanes);
      db_ += slope[k];
      if constexpr (kLoss) loss_ += loss[k];
    });
  }

  // A whole vector of labels must not be loaded from beyond the range. Without weights nothing may
  // look like a load from them: GCC 12 made a masked one from null, which takes 100 ns.
  void pad(std::size_t count, const T*& y, const T*& s) {
    y = copy_padded<A>(y, count, T(0), y_);
    if (s) s = copy_padded<A>(s, count, T(1), s_);
  }

  const RowRange<T>& range_;
  T *y_, *s_, *slopes_;
  B db_ = B(T(0)), loss_ = B(T(0));
};

}  // namespace
}  // namespace logigrad
