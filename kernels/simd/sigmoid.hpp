// Vector sigmoid and softplus, in float and double, for every ISA.
//
// Both come from one exponential, e = exp(t):  sigmoid(-t) = 1 / (1 + e) keeps its relative
// accuracy in both tails, and softplus(-t) = max(-t, 0) + log1p(exp(-|t|)), where e serves again:
// with s = min(e, 1) / (2 max(e, 1) + min(e, 1)), log1p(exp(-|t|)) = 2 atanh(s), s <= 1/3, so that
// the logarithm needs neither a second exponential nor a range reduction. Polynomials by Sollya's
// fpminimax; their errors (exp 0.03 and 0.02 ulp, log1p 0.04 and 0.01 ulp, f32 and f64) are small
// beside the roundings. The whole is held to 3 ulp by tests/math_test.
#pragma once

#include "kernels/simd/ops.hpp"

namespace logigrad {
namespace {

// clang-format off
template <class T>
struct ExpConstants;

template <>
struct ExpConstants<float> {
  static constexpr float kLowest = -88.0f;                  // rounds to k = -127: a scale of 0
  static constexpr float kHighest = 89.0f;                  // rounds to k = 128: an infinite scale
  static constexpr float kLog2e = 0x1.715476p+0f;
  static constexpr float kShifter = 0x1.8p23f + 127;        // rounds to an integer, adds the bias
  static constexpr float kLn2High = 0x1.63p-1f;             // 9 bits: k times it is exact
  static constexpr float kLn2Low = -0x1.bd0106p-13f;
  // exp(r) = 1 + r + r^2 (c0 + c1 r + ...), |r| <= ln(2) / 2; last coefficient first
  static constexpr float kExp[] = {0x1.6a604ap-10f, 0x1.123ac8p-7f, 0x1.5558ap-5f, 0x1.55549p-3f,
                                   0x1.fffffcp-2f};
  // atanh(s) = s + v s (c0 + c1 v + ...), v = s^2 <= 1/9
  static constexpr float kAtanh[] = {0x1.1ec906p-3f, 0x1.1ec07p-3f, 0x1.99d1cap-3f,
                                     0x1.555502p-2f};
};

template <>
struct ExpConstants<double> {
  static constexpr double kLowest = -709.0;                 // rounds to k = -1023: a scale of 0
  static constexpr double kHighest = 710.0;                 // rounds to k = 1024: an infinite scale
  static constexpr double kLog2e = 0x1.71547652b82fep+0;
  static constexpr double kShifter = 0x1.8p52 + 1023;
  static constexpr double kLn2High = 0x1.62e42feep-1;       // 32 bits
  static constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
  static constexpr double kExp[] = {0x1.ad8d591184cdbp-26, 0x1.28ae3e02f5795p-22, 0x1.71df1d14501bap-19, 0x1.a0199921d175fp-16,
                                    0x1.a01a012dcb0c1p-13, 0x1.6c16c1848904bp-10, 0x1.111111112725fp-7, 0x1.5555555550688p-5,
                                    0x1.55555555554fcp-3, 0x1.000000000000ap-1};
  static constexpr double kAtanh[] = {0x1.5c62245ac6f53p-4, 0x1.55c870b8c38e9p-5, 0x1.efd33f593d079p-5, 0x1.10681126b98dap-4,
                                      0x1.3b1dd62634f2cp-4, 0x1.745cb438b4937p-4, 0x1.c71c741b15a37p-4, 0x1.249249208e892p-3,
                                      0x1.99999999a0725p-3, 0x1.5555555555535p-2};
};
// clang-format on

// K vectors go through every step side by side. One is a chain of some 60 cycles, of which a CPU of
// AVX2's time holds fewer than two: 11 cycles a vector of floats, 9.3 in pairs, 8.4 by four (Zen
// 3). With AVX-512 four brought at most 7 % (Zen 4), and cost registers.
inline constexpr std::size_t kSideBySide = kVectorRegisters == 16 ? 4 : 1;

// Horner's rule; the coefficient of the highest power first.
template <class B, class T, std::size_t K, std::size_t N>
LOGIGRAD_INLINE void polynomial(const B (&x)[K], const T (&coefficients)[N], B (&sum)[K]) {
  unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE { sum[k] = B(coefficients[0]); });
  unroll<N - 1>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
    unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
      sum[k] = multiply_add(sum[k], x[k], B(coefficients[i + 1]));
    });
  });
}

// exp(x), NaN for NaN; exactly 0 below about -87.7 (float) or -708.7 (double), where the true value
// is denormal, and infinite above 88.4 or 709.4. And 1 + exp(x), rounded once.
template <class T, class A, std::size_t K>
LOGIGRAD_INLINE void exp_clamped(const xsimd::batch<T, A> (&in)[K], xsimd::batch<T, A> (&exp)[K],
                                 xsimd::batch<T, A> (&one_more)[K]) {
  using B = xsimd::batch<T, A>;
  using C = ExpConstants<T>;
  B x[K], shifted[K], r[K], p[K];
  const B one(T(1));
  // In this order x86's max and min let a NaN in x through.
  unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
    x[k] = xsimd::min(B(C::kHighest), xsimd::max(B(C::kLowest), in[k]));
  });
  unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
    shifted[k] = multiply_add(x[k], B(C::kLog2e), B(C::kShifter));
  });
  unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
    const B scale = shifted[k] - B(C::kShifter);
    r[k] = multiply_add(scale, B(-C::kLn2High), x[k]);
    r[k] = multiply_add(scale, B(-C::kLn2Low), r[k]);
  });
  polynomial(r, C::kExp, p);
  unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE { p[k] = multiply_add(p[k], r[k], one); });
  unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE { p[k] = multiply_add(p[k], r[k], one); });
  unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
    const B scale = exponent_from_low_bits(shifted[k]);
    exp[k] = p[k] * scale;
    one_more[k] = multiply_add(p[k], scale, one);
  });
}

// linear + 2 (s + v * tail). Without FMAs the product is rounded too, and for the order below what
// linear + 2 s loses has to be added: for an infinite number that is infinity less infinity, and
// x86's min takes its second argument.
template <class B>
LOGIGRAD_INLINE B add_log1p(const B& linear, const B& s, const B& v, const B& tail) {
  if constexpr (kFused) {
    return multiply_add(B(2), multiply_add(v, tail, s), linear);
  } else {
    const B twice = s + s, sum = linear + twice;
    const B lost = xsimd::min(linear - (sum - twice), B(1));
    return sum + multiply_add(v + v, tail, lost);
  }
}

// sigmoid(-t), and log(1 + exp(-t)) if kLoss.
//
// softplus(z) is to be in order to one ulp. For 0 < z < 0.54 it rises by no more than half an ulp
// from one number to the next, and the roundings of the divisor, the quotient and two sums put
// values 2 ulp in the wrong order. So the first is made up for: a divisor 2 + e that is too large
// by d makes s too small by s d / (2 + e), which at e = 1 is v d (for smaller e, v d is a part of
// it). Of all floats none is out of order since.
template <bool kLoss, class T, class A, std::size_t K>
LOGIGRAD_INLINE void sigmoid_softplus(const xsimd::batch<T, A> (&t)[K],
                                      xsimd::batch<T, A> (&sigmoid)[K],
                                      xsimd::batch<T, A> (&softplus)[K]) {
  using B = xsimd::batch<T, A>;
  const B zero(T(0)), one(T(1)), two(T(2));
  B e[K], one_more[K];
  exp_clamped(t, e, one_more);
  unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE { sigmoid[k] = one / one_more[k]; });
  if constexpr (kLoss) {
    B s[K], v[K], tail[K];
    unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
      const B smaller = xsimd::min(one, e[k]), larger = xsimd::max(one, e[k]);
      s[k] = smaller / multiply_add(two, larger, smaller);
      v[k] = s[k] * s[k];
      tail[k] = ((two + smaller) - two) - smaller;
    });
    polynomial(v, ExpConstants<T>::kAtanh, softplus);
    unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
      const B linear = xsimd::max(zero, -t[k]);
      tail[k] = multiply_add(s[k], softplus[k], tail[k]);
      softplus[k] = add_log1p(linear, s[k], v[k], tail[k]);
    });
  } else {
    unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE { softplus[k] = zero; });
  }
}

// What a row adds: the slope of its loss in its margin, a = -s y sigmoid(-y z), so that dw = sum a
// x and db = sum a, and its loss s softplus(-y z) (only if kLoss).
template <bool kLoss, class B, std::size_t K>
LOGIGRAD_INLINE void row_terms(const B (&z)[K], const B (&y)[K], const B (&s)[K], B (&slope)[K],
                               B (&loss)[K]) {
  B t[K], sigmoid[K], softplus[K];
  unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE { t[k] = y[k] * z[k]; });
  sigmoid_softplus<kLoss>(t, sigmoid, softplus);
  unroll<K>([&](auto k) LOGIGRAD_LAMBDA_INLINE {
    slope[k] = -(y[k] * s[k]) * sigmoid[k];
    loss[k] = kLoss ? s[k] * softplus[k] : softplus[k];
  });
}

// Of one vector of rows.
template <class B>
struct RowTerms {
  B slope, loss;
};

template <bool kLoss, class B>
LOGIGRAD_INLINE RowTerms<B> row_terms(const B& z, const B& y, const B& s) {
  const B zs[1] = {z}, ys[1] = {y}, ss[1] = {s};
  B slope[1], loss[1];
  row_terms<kLoss>(zs, ys, ss, slope, loss);
  return {slope[0], loss[0]};
}

}  // namespace
}  // namespace logigrad
