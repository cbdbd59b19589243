// The few vector operations the bodies need beside xsimd's own, and what differs between its
// versions 8.1 (Debian 12) and 13 (Debian 13).
#pragma once

#include <cstddef>
#include <cstdint>
#include <xsimd/xsimd.hpp>

#define LOGIGRAD_INLINE inline __attribute__((always_inline))
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

// 2^k, from a number whose low mantissa bits hold k + exponent bias: shifts them into the exponent.
template <class T, class A>
LOGIGRAD_INLINE xsimd::batch<T, A> exponent_from_low_bits(const xsimd::batch<T, A>& v) {
  using Int = typename IntOfSize<sizeof(T)>::type;
  constexpr int kMantissaBits = sizeof(T) == 4 ? 23 : 52;
#if XSIMD_VERSION_MAJOR >= 10
  return xsimd::bitwise_cast<T>(xsimd::bitwise_cast<Int>(v) << kMantissaBits);
#else
  using Ints = xsimd::batch<Int, A>;
  return xsimd::bitwise_cast<xsimd::batch<T, A> >(xsimd::bitwise_cast<Ints>(v) << kMantissaBits);
#endif
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

// Lane i of the result is the sum of the lanes of row(i): as many rows as lanes, one reduction. A
// row's sum has the same bits whichever lane it goes to.
template <class T, class A, class Row>
LOGIGRAD_INLINE xsimd::batch<T, A> sum_rows(Row&& row) {
  using B = xsimd::batch<T, A>;
  // xsimd 8.1's haddp of 16 floats returns rows 0 1 4 5 2 3 6 7 and so on.
  constexpr bool kSwapped = B::size == 16 && XSIMD_VERSION_MAJOR < 10;
  B rows[B::size];
  unroll<B::size>([&](auto i) {
    constexpr std::size_t kMiddle = (i & 7) / 2;  // the pair within eight: 1 and 2 change places
    constexpr std::size_t kFrom = kSwapped && kMiddle == 1   ? i + 2
                                  : kSwapped && kMiddle == 2 ? i - 2
                                                             : i + 0;
    rows[i] = row(Index<kFrom>{});
  });
  return xsimd::haddp(rows);
}

// The sum of the lanes.
template <class T, class A>
LOGIGRAD_INLINE T sum_lanes(const xsimd::batch<T, A>& v) {
#if XSIMD_VERSION_MAJOR >= 10
  return xsimd::reduce_add(v);
#else
  return xsimd::hadd(v);
#endif
}

// Adds the lanes to `sum` in double and clears them: for flushes, not for inner loops.
template <class T, class A>
inline void flush_lanes(xsimd::batch<T, A>& v, double& sum) {
  alignas(64) T lanes[xsimd::batch<T, A>::size];
  v.store_aligned(lanes);
  for (const T lane : lanes) sum += static_cast<double>(lane);
  v = xsimd::batch<T, A>(T(0));
}

// A mask that keeps lanes [first, last) when a vector is ANDed with it.
template <class T, class A>
inline xsimd::batch<T, A> lane_mask(std::size_t first, std::size_t last) {
  constexpr std::size_t kLanes = xsimd::batch<T, A>::size;
  using Int = typename IntOfSize<sizeof(T)>::type;
  alignas(64) Int bits[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) bits[i] = first <= i && i < last ? Int{-1} : Int{0};
  alignas(64) T as_float[kLanes];
  __builtin_memcpy(as_float, bits, sizeof bits);
  return xsimd::batch<T, A>::load_aligned(as_float);
}

}  // namespace
}  // namespace logigrad
