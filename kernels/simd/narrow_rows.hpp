// What narrow's two loops share: a row of up to V vectors, read as V whole ones.
#pragma once

#include "kernels/simd/columns.hpp"
#include "kernels/simd/row_end.hpp"

namespace logigrad {
namespace {

template <class T, class A, std::size_t V>
struct NarrowRows {
  static constexpr std::size_t kWidth = V * xsimd::batch<T, A>::size;  // elements

  // Rows before this may be read kWidth elements wide without leaving the range.
  static std::size_t safe(const RowRange<T>& r) {
    if (kOnlyMaskedLoads) return r.rows;  // no more of a row is read than it has
    const std::size_t extent = r.rows && r.cols ? (r.rows - 1) * r.stride + r.cols : 0;
    return extent < kWidth ? 0 : (extent - kWidth) / r.stride + 1;
  }

  // A row that may not be, padded with zeros. GCC 12 makes masked loads of the choice, which may be
  // of what is in no page; the row of no columns is null, where they take 100 ns and qemu faults.
  static void copy(const T* row, std::size_t cols, T* to) {
    if (cols == 0) {
      for (std::size_t j = 0; j < kWidth; ++j) to[j] = 0;
      return;
    }
    for (std::size_t j = 0; j < kWidth; ++j) to[j] = j < cols ? row[j] : T(0);
  }

  // Fetches a row of a later group: into L2 every line that it touches; into L1, where the
  // row behind it follows soon, those that its vectors begin in.
  template <Fetch kFetch>
  static LOGIGRAD_INLINE void fetch(const T* row, std::size_t cols) {
    constexpr std::size_t kLine = 64 / sizeof(T);
    constexpr int kLocality = kFetch == Fetch::kIntoL1 ? 3 : 2;
    if constexpr (kFetch != Fetch::kNothing) {
      unroll<(kWidth + kLine - 1) / kLine>(
          [&](auto line) { __builtin_prefetch(row + line * kLine, 0, kLocality); });
    }
    if constexpr (kFetch == Fetch::kIntoL2) __builtin_prefetch(row + cols - 1, 0, kLocality);
  }
};

}  // namespace
}  // namespace logigrad
