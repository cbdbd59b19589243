// narrow: D up to eight vectors. The number of vectors in a row is known at compile time, so that w
// and dw stay in registers: both at once where there are 32, one after the other where there
// are 16.
//
// A row is read as whole vectors, which may reach into the rows behind it: those lanes are masked
// in the margin, and in dw they are never looked at. Only the last rows of a range, whose vectors
// would leave it, are copied into a padded buffer first. Wider rows go to `panel`.
#pragma once

#include "kernels/dense/panel.hpp"
#include "kernels/simd/narrow_blocks.hpp"
#include "kernels/simd/narrow_groups.hpp"

namespace logigrad {
namespace {

template <class T, class A>
struct Narrow {
  static constexpr std::size_t kLanes = xsimd::batch<T, A>::size;
  static constexpr std::size_t kMaxVectors = 8;
  static constexpr std::size_t kMostCols = kMaxVectors * kLanes;
  static constexpr bool kGroups = kVectorRegisters >= 32;

  static std::size_t scratch(std::size_t cols) { return scratch_of<1>(cols); }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    dispatch<kLoss, 1>(r, scratch, partial);
  }

 private:
  template <std::size_t V>
  using Loop = std::conditional_t<kGroups, NarrowGroups<T, A, V>, NarrowBlocks<T, A, V>>;

  // Rows of one vector of 64 bytes gain nothing from being fetched into L1; rows of more than four,
  // from memory, lose in L2 (524288 x 123: 14.2 ms instead of 10.3).
  template <std::size_t V>
  static constexpr Fetch kInCache = (kGroups && V > 1) ? Fetch::kIntoL1 : Fetch::kNothing;
  template <std::size_t V>
  static constexpr Fetch kFromMemory = (kGroups && V > 4) ? Fetch::kIntoL1 : Fetch::kIntoL2;

  template <std::size_t V>
  static std::size_t scratch_of(std::size_t cols) {
    if constexpr (V > kMaxVectors) {
      return Panel<T, A>::scratch(cols);
    } else {
      return cols <= V * kLanes ? Loop<V>::scratch() : scratch_of<V + 1>(cols);
    }
  }

  template <bool kLoss, std::size_t V>
  static void dispatch(const RowRange<T>& r, T* scratch, double* partial) {
    if constexpr (V > kMaxVectors) {
      Panel<T, A>::template run<kLoss>(r, scratch, partial);
    } else if (r.cols <= V * kLanes) {
      r.from_memory ? Loop<V>::template run<kLoss, kFromMemory<V>>(r, scratch, partial)
                    : Loop<V>::template run<kLoss, kInCache<V>>(r, scratch, partial);
    } else {
      dispatch<kLoss, V + 1>(r, scratch, partial);
    }
  }
};

}  // namespace
}  // namespace logigrad
