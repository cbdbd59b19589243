// The few vector operations the bodies need beside xsimd's own, and all that differs between its
// versions 8.1 (Debian 12) and 13 (Debian 13).
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <xsimd/xsimd.hpp>

#include "kernels/simd/neon.hpp"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#define LOGIGRAD_INLINE inline __attribute__((always_inline))
// A function of its own, with everything it calls in it: bodies share it instead of repeating it.
#define LOGIGRAD_OUTLINE __attribute__((noinline, flatten))
#define LOGIGRAD_LAMBDA_INLINE __attribute__((always_inline))

namespace logigrad {
namespace {

template <std::size_t Size>
struct IntOfSize;
template <>
struct IntOfSize<4> {
  using type = std::int32_t;
};
template <>
struct IntOfSize<8> {
  using type = std::int64_t;
};

// A vector of the compiler's own, of which GCC 12 deduces no type by `auto`.
template <class T, std::size_t N>
struct VectorOf {
  typedef T type __attribute__((vector_size(N * sizeof(T))));
};

// 2^k, from a number whose low mantissa bits hold k + exponent bias: shifts them into the exponent.
// By the compiler's own shift: xsimd 8.1's calls a function on NEON, which keeps no vector
// register.
template <class T, class A>
LOGIGRAD_INLINE xsimd::batch<T, A> exponent_from_low_bits(const xsimd::batch<T, A>& v) {
  using B = xsimd::batch<T, A>;
  using Bits =
      typename VectorOf<std::make_unsigned_t<typename IntOfSize<sizeof(T)>::type>, B::size>::type;
  const Bits bits = (Bits) static_cast<typename B::register_type>(v);
  return B((typename B::register_type)(bits << (sizeof(T) == 4 ? 23 : 52)));
}

// Of the architecture's vectors.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr std::size_t kVectorRegisters = 32;
#else
inline constexpr std::size_t kVectorRegisters = 16;
#endif

// Whether multiply_add rounds once.
#if defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__)
inline constexpr bool kFused = true;
#else
inline constexpr bool kFused = false;
#endif

// x * y + z, fused where the ISA can. AVX-512 by its own name: xsimd 8.1 has no FMA for it, and
// silently multiplies and adds instead.
template <class T, class A>
LOGIGRAD_INLINE xsimd::batch<T, A> multiply_add(const xsimd::batch<T, A>& x,
                                                const xsimd::batch<T, A>& y,
                                                const xsimd::batch<T, A>& z) {
#if defined(__AVX512F__)
  if constexpr (sizeof(xsimd::batch<T, A>) == 64) {
    if constexpr (sizeof(T) == 4) return _mm512_fmadd_ps(x, y, z);
    if constexpr (sizeof(T) == 8) return _mm512_fmadd_pd(x, y, z);
  }
#endif
  return xsimd::fma(x, y, z);
}

template <std::size_t I>
struct Index {
  static constexpr std::size_t value = I;
  constexpr operator std::size_t() const { return I; }
};

// f(Index<0>) ... f(Index<N - 1>): an unrolled loop, whatever the compiler's limits say, since
// an array that is indexed by a loop variable cannot live in registers.
template <std::size_t N, std::size_t I = 0, class F>
LOGIGRAD_INLINE void unroll(F&& f) {
  if constexpr (I < N) {
    f(Index<I>{});
    unroll<N, I + 1>(f);
  }
}

#if defined(__aarch64__)  // for the reason in kernels/simd/neon.hpp
LOGIGRAD_INLINE float sum_lanes(const xsimd::batch<float, xsimd::neon64>& v) {
  return vaddvq_f32(v);
}
LOGIGRAD_INLINE double sum_lanes(const xsimd::batch<double, xsimd::neon64>& v) {
  return vaddvq_f64(v);
}
#endif

// The sum of the lanes: xsimd 8.1 has hadd, 13 reduce_add, neither has both.
template <class T, class A>
LOGIGRAD_INLINE T sum_lanes(const xsimd::batch<T, A>& v) {
  if constexpr (requires { reduce_add(v); }) {
    return reduce_add(v);
  } else {
    return hadd(v);
  }
}

// The sum of N doubles by halves: one after the other, 16 would take 64 cycles.
template <std::size_t N, std::size_t... I>
LOGIGRAD_INLINE double sum_halves(const typename VectorOf<double, N>::type& v,
                                  std::index_sequence<I...>) {
  using Half = typename VectorOf<double, N / 2>::type;
  const Half half =
      __builtin_shufflevector(v, v, int{I}...) + __builtin_shufflevector(v, v, int{I + N / 2}...);
  if constexpr (N == 2) {
    return half[0];
  } else {
    return sum_halves<N / 2>(half, std::make_index_sequence<N / 4>{});
  }
}

// Adds the lanes to `sum` in double and clears them: for flushes, not for inner loops.
template <class T, class A>
LOGIGRAD_INLINE void flush_lanes(xsimd::batch<T, A>& v, double& sum) {
  using B = xsimd::batch<T, A>;
  using Lanes = typename VectorOf<T, B::size>::type;
  using Doubles = typename VectorOf<double, B::size>::type;
  const Lanes lanes = (Lanes)(typename B::register_type)(v);
  const Doubles doubles = __builtin_convertvector(lanes, Doubles);
  sum += sum_halves<B::size>(doubles, std::make_index_sequence<B::size / 2>{});
  v = B(T(0));
}

// Makes the compiler forget what it knows of a value in a register.
template <class V>
LOGIGRAD_INLINE void hide(V& value) {
  asm("" : "+r"(value));
}

}  // namespace
}  // namespace logigrad
