// Some lanes of a vector: masks, and what is done under one.
//
// SVE and AVX-512 have predicates, and a load under one reads nothing but the lanes that are set
// (kMaskedLoads): row ends need neither copies nor loads that reach backwards. On other x86 and
// NEON a mask is a vector for ANDing, and a load always reads a whole vector: who has fewer
// elements left must see to it that the others may be read.
#pragma once

#include "kernels/simd/ops.hpp"

namespace logigrad {
namespace {

// kOnlyMaskedLoads: a masked load costs what another one does. On AVX-512 it costs an instruction
// more, since an FMA cannot take it from memory: 6 % of 4096 x 16 (Emerald Rapids).
#if defined(__ARM_FEATURE_SVE)

inline constexpr bool kMaskedLoads = true, kOnlyMaskedLoads = true;

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

#elif defined(__AVX512DQ__)

inline constexpr bool kMaskedLoads = true, kOnlyMaskedLoads = false;

template <class T, class A>
class LaneMask {
 public:
  using B = xsimd::batch<T, A>;

  LOGIGRAD_INLINE B load(const T* at) const {
    if constexpr (sizeof(T) == 4) return _mm512_maskz_loadu_ps(lanes_, at);
    if constexpr (sizeof(T) == 8) return _mm512_maskz_loadu_pd(lanes_, at);
  }
  friend LOGIGRAD_INLINE B operator&(const B& v, const LaneMask& mask) {
    if constexpr (sizeof(T) == 4) return _mm512_maskz_mov_ps(mask.lanes_, v);
    if constexpr (sizeof(T) == 8) return _mm512_maskz_mov_pd(mask.lanes_, v);
  }
  friend LOGIGRAD_INLINE B multiply_masked(const B& x, const B& y, const LaneMask& mask) {
    if constexpr (sizeof(T) == 4) return _mm512_maskz_mul_ps(mask.lanes_, x, y);
    if constexpr (sizeof(T) == 8) return _mm512_maskz_mul_pd(mask.lanes_, x, y);
  }

  static LOGIGRAD_INLINE LaneMask first(std::size_t count) {
    return LaneMask(static_cast<Lanes>((1u << count) - 1));
  }
  static LOGIGRAD_INLINE LaneMask last(std::size_t count) {
    return LaneMask(static_cast<Lanes>(~((1u << (B::size - count)) - 1)));
  }
  static LOGIGRAD_INLINE LaneMask not_zero(const B& v) {
    if constexpr (sizeof(T) == 4)
      return LaneMask(_mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_OQ));
    if constexpr (sizeof(T) == 8)
      return LaneMask(_mm512_cmp_pd_mask(v, _mm512_setzero_pd(), _CMP_NEQ_OQ));
  }

 private:
  using Lanes = std::conditional_t<sizeof(T) == 4, __mmask16, __mmask8>;
  static_assert(sizeof(B) == 64);

  explicit LaneMask(Lanes lanes) : lanes_(lanes) {}

  Lanes lanes_;
};

template <class T, class A>
using LaneMasks = LaneMask<T, A>;

#else

inline constexpr bool kMaskedLoads = false, kOnlyMaskedLoads = false;

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
  return (x & mask) * y;
}

#endif

// A vector of which the lanes in `mask` are wanted. What the others hold is anything, and is read
// unless kMasked.
template <bool kMasked, class T, class A>
LOGIGRAD_INLINE xsimd::batch<T, A> load_wanted(const T* at, const LaneMask<T, A>& mask) {
  if constexpr (kMasked) {
    return mask.load(at);
  } else {
    return xsimd::batch<T, A>::load_unaligned(at);
  }
}

}  // namespace
}  // namespace logigrad
