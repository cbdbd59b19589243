// narrow: small D, down to 1. A row is V whole vectors; w and dw stay in registers.
//
// As many adjacent rows as a vector has lanes go through one reduction and one sigmoid. The vectors
// of a row may reach into the rows behind it: those lanes are masked. Only the last rows of a
// range, whose loads would leave it, are copied into a padded buffer first, together with the rows
// missing from the last group: the same code for the main part and the tail.
// dw has kSets accumulators a column, since one FMA chain would cost 4 cycles a row.
#pragma once

#include "kernels/body.hpp"
#include "kernels/simd/sigmoid.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Narrow {
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;
  static constexpr std::size_t kMaxVectors = 8;  // beyond, w and dw are in memory: right, not fast

  static std::size_t vectors(std::size_t cols) { return cols ? (cols + kLanes - 1) / kLanes : 1; }

  static std::size_t scratch(std::size_t cols) {
    return (kLanes + 2) * vectors(cols) * kLanes + 2 * kLanes;
  }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    dispatch<kLoss, 1>(r, scratch, partial);
  }

 private:
  // V = 0: any number of vectors, with w and dw in scratch.
  template <bool kLoss, std::size_t V>
  static void run_vectors(const RowRange<T>& r, T* scratch, double* partial) {
    constexpr std::size_t kWanted = V == 1 ? 4 : V >= 2 && V <= 4 ? 2 : 1;
    constexpr std::size_t kSets = kWanted < kLanes ? kWanted : kLanes;
    constexpr std::size_t kArray = V ? V : 1;
    const std::size_t count = V ? V : vectors(r.cols), width = count * kLanes;
    const B mask = lane_mask<T, A>(0, r.cols - (width - kLanes));
    const B b(r.b);

    T* w_padded = scratch;
    T* sums = w_padded + width;  // dw at a flush, and all the time if V = 0
    T* copies = sums + width;    // kLanes padded rows, their labels and weights
    for (std::size_t j = 0; j < width; ++j) {
      w_padded[j] = j < r.cols ? r.w[j] : T(0);
      sums[j] = 0;
    }
    B w[kArray], dw[kSets][kArray], db(T(0)), loss(T(0));
    unroll<V>([&](auto v) { w[v] = B::load_aligned(w_padded + v * kLanes); });
    const auto clear = [&] {
      unroll<kSets>([&](auto set) { unroll<V>([&](auto v) { dw[set][v] = B(T(0)); }); });
    };
    const auto load = [&](const T* x, std::size_t v) LOGIGRAD_LAMBDA_INLINE {
      const B loaded = B::load_unaligned(x + v * kLanes);
      return v + 1 == count ? loaded & mask : loaded;
    };
    const auto flush = [&] {
      unroll<kSets>([&](auto set) {
        unroll<V>([&](auto v) { dw[set][v].store_aligned(sums + v * kLanes); });
        for (std::size_t j = 0; j < r.cols; ++j) partial[j] += static_cast<double>(sums[j]);
      });
      if constexpr (V == 0)
        for (std::size_t j = 0; j < width; ++j) sums[j] = 0;
      clear();
      flush_lanes(db, partial[r.cols]);
      if constexpr (kLoss) flush_lanes(loss, partial[r.cols + 1]);
    };

    // kLanes rows; `valid` masks the rows of a group that is not full.
    const auto group = [&](const T* x, std::size_t stride, const T* y, const T* s,
                           const B* valid) LOGIGRAD_LAMBDA_INLINE {
      const B dots = sum_rows<T, A>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
        const T* xi = x + i * stride;
        B acc(T(0));
        unroll<V>([&](auto v) { acc = xsimd::fma(load(xi, v), w[v], acc); });
        for (std::size_t v = 0; V == 0 && v < count; ++v) {
          acc = xsimd::fma(load(xi, v), B::load_aligned(w_padded + v * kLanes), acc);
        }
        return acc;
      });
      auto terms =
          row_terms<kLoss>(dots + b, B::load_unaligned(y), s ? B::load_unaligned(s) : B(T(1)));
      if (valid) terms = {terms.slope & *valid, terms.loss & *valid};
      db += terms.slope;
      if constexpr (kLoss) loss += terms.loss;
      alignas(64) T slopes[kLanes];
      terms.slope.store_aligned(slopes);
      unroll<kLanes>([&](auto i) {
        const T* xi = x + i * stride;
        const B slope(slopes[i]);
        B(&set)[kArray] = dw[i % kSets];
        unroll<V>([&](auto v) { set[v] = xsimd::fma(slope, load(xi, v), set[v]); });
        for (std::size_t v = 0; V == 0 && v < count; ++v) {
          T* sum = sums + v * kLanes;
          xsimd::fma(slope, load(xi, v), B::load_aligned(sum)).store_aligned(sum);
        }
      });
    };

    clear();
    // Rows before `safe` may be loaded `width` elements wide without leaving the range.
    const std::size_t extent = r.rows ? (r.rows - 1) * r.stride + r.cols : 0;
    const std::size_t safe = extent < width ? 0 : r.stride ? (extent - width) / r.stride + 1 : 0;
    constexpr std::size_t kFlushRows = kFlushTerms * kSets;
    std::size_t n = 0;
    for (; n + kLanes <= safe; n += kLanes) {
      group(r.x + n * r.stride, r.stride, r.y + n, r.weights ? r.weights + n : nullptr, nullptr);
      if ((n + kLanes) % kFlushRows == 0) flush();
    }
    for (; n < r.rows; n += kLanes) {
      const std::size_t rows = r.rows - n < kLanes ? r.rows - n : kLanes;
      T* y = copies + kLanes * width;
      T* s = y + kLanes;
      for (std::size_t i = 0; i < kLanes; ++i) {
        for (std::size_t j = 0; j < width; ++j) {
          copies[i * width + j] = i < rows && j < r.cols ? r.x[(n + i) * r.stride + j] : T(0);
        }
        y[i] = i < rows ? r.y[n + i] : T(0);
        s[i] = i < rows && r.weights ? r.weights[n + i] : T(1);
      }
      const B valid = lane_mask<T, A>(0, rows);
      group(copies, width, y, s, &valid);
      if ((n + kLanes) % kFlushRows == 0) flush();
    }
    flush();
  }

  template <bool kLoss, std::size_t V>
  static void dispatch(const RowRange<T>& r, T* scratch, double* partial) {
    if constexpr (V > kMaxVectors) {
      run_vectors<kLoss, 0>(r, scratch, partial);
    } else if (vectors(r.cols) == V) {
      run_vectors<kLoss, V>(r, scratch, partial);
    } else {
      dispatch<kLoss, V + 1>(r, scratch, partial);
    }
  }
};

}  // namespace
}  // namespace logigrad
