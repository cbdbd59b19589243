// Some lanes of a vector: masks, and what is done under one.
//
// On x86 and NEON a mask is a vector for ANDing, and a load always reads a whole vector: who has
// fewer elements left must see to it that the others may be read. SVE has predicates, and a load
// under one reads nothing but the lanes that are set (kMaskedLoads): row ends need neither copies
// nor loads that reach backwards.
#pragma once

#include "kernels/simd/ops.hpp"

namespace logigrad {
namespace {

#if defined(__ARM_FEATURE_SVE)

inline constexpr bool kMaskedLoads = true;

template <class T, class A>
class LaneMask {
 public:
  using B = xsimd::batch<T, A>;

  LOGIGRAD_INLINE B load(const T* at) const { return svld1(lanes_, at); }
  friend LOGIGRAD_INLINE B operator&(const B& v, const LaneMask& mask) {
    return svsel(mask.lanes_, v, B(T(0)));
  }
  friend LOGIGRAD_INLINE B multiply_masked(const B& x, const B& y, const LaneMask& mask) {
    return svmul_z(mask.lanes_, x, y);
  }

  static LOGIGRAD_INLINE LaneMask first(std::size_t count) {
    const std::uint64_t zero = 0, end = count;
    if constexpr (sizeof(T) == 4) return LaneMask(svwhilelt_b32(zero, end));
    if constexpr (sizeof(T) == 8) return LaneMask(svwhilelt_b64(zero, end));
  }
  static LOGIGRAD_INLINE LaneMask last(std::size_t count) {
    return LaneMask(svnot_z(svptrue_b8(), first(B::size - count).lanes_));
  }

 private:
  // Of a size that is known, unlike svbool_t itself, so that it may be a member.
  using Predicate = typename xsimd::batch_bool<T, A>::register_type;

  explicit LaneMask(Predicate lanes) : lanes_(lanes) {}

  Predicate lanes_;
};

template <class T, class A>
using LaneMasks = LaneMask<T, A>;

#else

inline constexpr bool kMaskedLoads = false;

template <class T, class A>
using LaneMask = xsimd::batch<T, A>;

// Masks, cut from a table of set, clear and set bits.
template <class T, class A>
struct LaneMasks {
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;

  static LOGIGRAD_INLINE B first(std::size_t count) { return load(kLanes - count); }
  static LOGIGRAD_INLINE B last(std::size_t count) { return load(kLanes + count); }

 private:
  struct Table {
    typename IntOfSize<sizeof(T)>::type bits[3 * kLanes] = {};
    constexpr Table() {
      for (std::size_t i = 0; i < kLanes; ++i) bits[i] = bits[2 * kLanes + i] = -1;
    }
  };
  static constexpr Table kTable{};

  static LOGIGRAD_INLINE B load(std::size_t from) {
    T lanes[kLanes];
    __builtin_memcpy(lanes, kTable.bits + from, sizeof lanes);
    return B::load_unaligned(lanes);
  }
};

// x * y in the lanes that are set in `mask`, 0 in the others, whatever x is there.
template <class T, class A>
LOGIGRAD_INLINE xsimd::batch<T, A> multiply_masked(const xsimd::batch<T, A>& x,
                                                   const xsimd::batch<T, A>& y,
                                                   const xsimd::batch<T, A>& mask) {
#if defined(__AVX512DQ__)
  if constexpr (sizeof(xsimd::batch<T, A>) == 64) {
    if constexpr (sizeof(T) == 4)
      return _mm512_maskz_mul_ps(_mm512_movepi32_mask(_mm512_castps_si512(mask)), x, y);
    if constexpr (sizeof(T) == 8)
      return _mm512_maskz_mul_pd(_mm512_movepi64_mask(_mm512_castpd_si512(mask)), x, y);
  }
#endif
  return (x & mask) * y;
}

#endif

// A vector of which the lanes in `mask` are wanted. What the others hold is anything, and is read
// unless kMaskedLoads.
template <class T, class A>
LOGIGRAD_INLINE xsimd::batch<T, A> load_wanted(const T* at, const LaneMask<T, A>& mask) {
  if constexpr (kMaskedLoads) {
    return mask.load(at);
  } else {
    return xsimd::batch<T, A>::load_unaligned(at);
  }
}

}  // namespace
}  // namespace logigrad
