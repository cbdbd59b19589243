// Sums of the lanes of vectors, as many vectors at once as a vector has lanes.
//
// xsimd's haddp does it by horizontal adds, which are two shuffles and an add each wherever they
// exist; here two vectors become one by two shuffles and an add, and the shuffles are the cheap
// ones: 12 to 9 cycles for 8 x 8 floats, 46 to 33 for 16 x 16 (Zen 4).
#pragma once

#include <bit>

#include "kernels/simd/ops.hpp"

namespace logigrad {
namespace {

#if defined(__SSE2__)
// Within each block of 128 bits, a0+a2 b0+b2 a1+a3 b1+b3 (double: a0+a1 b0+b1).
LOGIGRAD_INLINE __m128 pair_sums(__m128 a, __m128 b) {
  return _mm_add_ps(_mm_unpacklo_ps(a, b), _mm_unpackhi_ps(a, b));
}
LOGIGRAD_INLINE __m128d pair_sums(__m128d a, __m128d b) {
  return _mm_add_pd(_mm_unpacklo_pd(a, b), _mm_unpackhi_pd(a, b));
}
#endif

#if defined(__AVX__)
LOGIGRAD_INLINE __m256 pair_sums(__m256 a, __m256 b) {
  return _mm256_add_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
}
LOGIGRAD_INLINE __m256d pair_sums(__m256d a, __m256d b) {
  return _mm256_add_pd(_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
}
// The sums of neighbouring blocks of 128 bits: those of a, then those of b.
LOGIGRAD_INLINE __m256 block_sums(__m256 a, __m256 b) {
  return _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
}
LOGIGRAD_INLINE __m256d block_sums(__m256d a, __m256d b) {
  return _mm256_add_pd(_mm256_permute2f128_pd(a, b, 0x20), _mm256_permute2f128_pd(a, b, 0x31));
}
#endif

#if defined(__AVX512F__)
LOGIGRAD_INLINE __m512 pair_sums(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
}
LOGIGRAD_INLINE __m512d pair_sums(__m512d a, __m512d b) {
  return _mm512_add_pd(_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b));
}
LOGIGRAD_INLINE __m512 block_sums(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
}
LOGIGRAD_INLINE __m512d block_sums(__m512d a, __m512d b) {
  return _mm512_add_pd(_mm512_shuffle_f64x2(a, b, 0x88), _mm512_shuffle_f64x2(a, b, 0xdd));
}
#endif

// The sums of neighbouring lanes: those of a, then those of b. SVE has no such instruction.
#if defined(__ARM_FEATURE_SVE)
LOGIGRAD_INLINE svfloat32_t pair_sums(svfloat32_t a, svfloat32_t b) {
  return svadd_x(svptrue_b32(), svuzp1(a, b), svuzp2(a, b));
}
LOGIGRAD_INLINE svfloat64_t pair_sums(svfloat64_t a, svfloat64_t b) {
  return svadd_x(svptrue_b64(), svuzp1(a, b), svuzp2(a, b));
}
#elif defined(__aarch64__)
LOGIGRAD_INLINE float32x4_t pair_sums(float32x4_t a, float32x4_t b) { return vpaddq_f32(a, b); }
LOGIGRAD_INLINE float64x2_t pair_sums(float64x2_t a, float64x2_t b) { return vpaddq_f64(a, b); }
#endif

#if defined(__SSE2__)
// The lane sums of `Count` rows from First on: a binary tree. Its levels within a block part even
// rows from odd ones, those across blocks the first half from the second, so that the sums come
// out in the order of the rows. row() is called in that order too, since it may load what the
// hardware's prefetchers watch, and as late as possible, so that few rows wait in registers.
template <std::size_t Count, std::size_t First, class B, class Row>
LOGIGRAD_INLINE B sum_row_tree(Row&& row) {
  constexpr std::size_t kPerBlock = 16 / (sizeof(B) / B::size);
  if constexpr (Count > kPerBlock) {
#if defined(__AVX__)
    const B low = sum_row_tree<Count / 2, First, B>(row);
    const B high = sum_row_tree<Count / 2, First + Count / 2, B>(row);
    return B(block_sums(low, high));
#endif
  } else {
    static_assert(Count == kPerBlock);
    B rows[Count];
    unroll<Count>([&](auto i) LOGIGRAD_LAMBDA_INLINE { rows[i] = row(Index<First + i>{}); });
    if constexpr (Count == 2) return B(pair_sums(rows[0], rows[1]));
    if constexpr (Count == 4) {
      return B(pair_sums(pair_sums(rows[0], rows[2]), pair_sums(rows[1], rows[3])));
    }
  }
}
#elif defined(__aarch64__)
// The same, where pair_sums() works across the whole vector: the sums come out in order anyway.
template <std::size_t Count, std::size_t First, class B, class Row>
LOGIGRAD_INLINE B sum_row_tree(Row&& row) {
  if constexpr (Count == 1) {
    return row(Index<First>{});
  } else {
    const B low = sum_row_tree<Count / 2, First, B>(row);
    const B high = sum_row_tree<Count / 2, First + Count / 2, B>(row);
    return B(pair_sums(low, high));
  }
}
#endif

// Lane i < R of the result is the sum of the lanes of row(i); R is at most the number of lanes, and
// the other lanes hold anything. One reduction for all; a row's sum has the same bits whichever
// lane it goes to and whatever R is.
template <std::size_t R, class T, class A, class Row>
LOGIGRAD_INLINE xsimd::batch<T, A> sum_rows_of(Row&& row) {
  using B = xsimd::batch<T, A>;
  const auto row_or_last = [&](auto i) LOGIGRAD_LAMBDA_INLINE {
    return row(Index<(i < R ? std::size_t{i} : R - 1)>{});
  };
#if defined(__SSE2__)
  constexpr std::size_t kPerBlock = 16 / sizeof(T);
  constexpr std::size_t kRows = std::bit_ceil(R < kPerBlock ? kPerBlock : R);
  B sums = sum_row_tree<kRows, 0, B>(row_or_last);
#if defined(__AVX__)
  for (std::size_t blocks = B::size / kRows; blocks > 1; blocks /= 2)
    sums = B(block_sums(sums, sums));
#endif
  return sums;
#elif defined(__aarch64__)
  constexpr std::size_t kRows = std::bit_ceil(R);
  B sums = sum_row_tree<kRows, 0, B>(row_or_last);
  for (std::size_t rows = kRows; rows < B::size; rows *= 2) sums = B(pair_sums(sums, sums));
  return sums;
#else
  B rows[B::size];
  unroll<B::size>([&](auto i) { rows[i] = row_or_last(i); });
  return xsimd::haddp(rows);
#endif
}

// Stores the lane sums of R rows, and behind them up to a vector of what are sums of these rows,
// too.
template <std::size_t R, class T, class A, class Row>
LOGIGRAD_INLINE void store_row_sums(Row&& row, T* to) {
  constexpr std::size_t kStep = R < xsimd::batch<T, A>::size ? R : xsimd::batch<T, A>::size;
  static_assert(R % kStep == 0);
  unroll<R / kStep>([&](auto v) LOGIGRAD_LAMBDA_INLINE {
    const auto row_of_step = [&](auto k)
                                 LOGIGRAD_LAMBDA_INLINE { return row(Index<v * kStep + k>{}); };
    sum_rows_of<kStep, T, A>(row_of_step).store_unaligned(to + v * kStep);
  });
}

}  // namespace
}  // namespace logigrad
