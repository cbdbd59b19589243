// narrow: D up to eight vectors. The number of vectors in a row is known at compile time, so that w
// and dw stay in registers: both at once where there are 32, one after the other where there
// are 16.
//
// A row is read as whole vectors, which may reach into the rows behind it: those lanes are masked
// in the margin, and in dw they are never looked at. Only the last rows of a range, whose vectors
// would leave it, are loaded under a mask or copied into a padded buffer first. Wider rows go to
// `panel`.
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

  static std::size_t scratch(std::size_t cols) { return scratch_of<1>(cols); }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* scratch, double* partial) {
    dispatch<kLoss, 1>(r, scratch, partial);
  }

 private:
  template <std::size_t V>
  using Loop =
      std::conditional_t<(kVectorRegisters >= 32), NarrowGroups<T, A, V>, NarrowBlocks<T, A, V>>;

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
      r.from_memory ? Loop<V>::template run<kLoss, true>(r, scratch, partial)
                    : Loop<V>::template run<kLoss, false>(r, scratch, partial);
    } else {
      dispatch<kLoss, V + 1>(r, scratch, partial);
    }
  }
};

}  // namespace
}  // namespace logigrad
