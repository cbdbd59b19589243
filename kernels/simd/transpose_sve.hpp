// A vector of rows as columns, for SVE; transpose.hpp is the same for blocks of 128 bits.
//
// SVE's shuffles go across the whole vector, and it has loads that part what lies in turn, and
// gathers: lane l of column j is element j of row l, nothing need be rearranged, and nothing but
// the rows is ever read.
#pragma once

#include "kernels/simd/ops.hpp"

namespace logigrad {
namespace {

template <class T, class A, std::size_t D>
class Transposition {
 public:
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;
  static constexpr std::size_t kRowsBeyond = 0;  // none behind a row is read with it

  // Lanes, or a mask of them, in the order of the rows: which is that of the columns' lanes.
  template <class Lanes>
  static LOGIGRAD_INLINE const Lanes& arrange(const Lanes& rows) {
    return rows;
  }

  template <std::size_t kStride>
  static constexpr bool kLoadsWhole = (kStride == D) && D != 5 && D != 7;

  // Rows whose gaps are known, or that have none.
  template <std::size_t kStride>
  static LOGIGRAD_INLINE void load(const T* x, B (&columns)[D]) {
    if constexpr (!kLoadsWhole<kStride>) {
      load_pieces(x, kStride, columns);
    } else {
      part<D>(x, columns);
    }
  }

  // Rows any distance apart, at least D.
  static LOGIGRAD_INLINE void load_pieces(const T* x, std::size_t stride, B (&columns)[D]) {
    if (stride > kMostGathered) return copy(x, stride, columns);
    const Places places = rows_apart(stride);
    unroll<D>([&](auto j) { columns[j] = svld1_gather_index(all(), x + j, places); });
  }

 private:
  using Places = typename xsimd::batch<std::make_unsigned_t<typename IntOfSize<sizeof(T)>::type>,
                                       A>::register_type;
  // A gather's index has as many bits as its elements: of float the last row's place has 32.
  static constexpr std::size_t kMostGathered = ~std::size_t{0} >> (64 - 8 * sizeof(T) + 4);
  static_assert(kLanes <= 16);

  static LOGIGRAD_INLINE svbool_t all() { return sizeof(T) == 4 ? svptrue_b32() : svptrue_b64(); }
  static LOGIGRAD_INLINE Places rows_apart(std::size_t stride) {
    if constexpr (sizeof(T) == 4) return svindex_u32(0, static_cast<std::uint32_t>(stride));
    if constexpr (sizeof(T) == 8) return svindex_u64(0, stride);
  }

  // Loads W vectors that hold rows of W elements: v[j] becomes column j. Twice as many rows of half
  // the width, whose columns then have the first and the second half of the rows in turn.
  template <std::size_t W>
  static LOGIGRAD_INLINE void part(const T* x, B (&v)[W]) {
    if constexpr (W == 1) {
      v[0] = B::load_unaligned(x);
    } else if constexpr (W == 3) {
      const auto three = svld3(all(), x);
      v[0] = svget3(three, 0);
      v[1] = svget3(three, 1);
      v[2] = svget3(three, 2);
    } else {
      static_assert(W % 2 == 0);
      B low[W / 2], high[W / 2];
      part<W / 2>(x, low);
      part<W / 2>(x + W / 2 * kLanes, high);
      unroll<W / 2>([&](auto j) {
        v[j] = svuzp1(low[j], high[j]);
        v[j + W / 2] = svuzp2(low[j], high[j]);
      });
    }
  }

  // Rows too far apart for an index.
  static LOGIGRAD_INLINE void copy(const T* x, std::size_t stride, B (&columns)[D]) {
    alignas(64) T copies[D][kLanes];
    for (std::size_t l = 0; l < kLanes; ++l) {
      for (std::size_t j = 0; j < D; ++j) copies[j][l] = x[l * stride + j];
    }
    unroll<D>([&](auto j) { columns[j] = B::load_aligned(copies[j]); });
  }
};

}  // namespace
}  // namespace logigrad
