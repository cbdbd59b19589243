// sigmoid and softplus to about 95 bits: what the reference and the tests of the kernels' functions
// hold to be true. The C library's long double is no such truth where it has 53 bits (valgrind,
// some operating systems) or its logarithm is an approximation (Bochs: 2 ulp of a double).
//
// exp(x) - 1 by Taylor at x / 512, then squared nine times; the logarithm by Newton's step on that.
#pragma once

#include <cmath>

#include "kernels/double_double.hpp"

namespace logigrad {

// exp(x) - 1 for |x| <= 0.7. The last term that counts is the 11th: (0.7 / 512)^10 / 11! = 2^-120.
inline DoubleDouble expm1_of_small(const DoubleDouble& x) {
  constexpr int kSquarings = 9, kTerms = 11, kTermsOfTwoDoubles = 7;
  constexpr double kScale = 1.0 / (1 << kSquarings);
  const DoubleDouble s{x.hi * kScale, x.lo * kScale};
  double tail = 1;  // of the 8th term on: at most 2^-81 of the sum
  for (int n = kTerms; n > kTermsOfTwoDoubles; --n) tail = 1 + s.hi * tail / n;
  DoubleDouble sum{tail, 0};
  for (int n = kTermsOfTwoDoubles; n > 1; --n) {
    sum = DoubleDouble{1, 0} + s * sum / DoubleDouble{static_cast<double>(n), 0};
  }
  DoubleDouble p = s * sum;
  // (1 + p)^2 - 1, which keeps the digits of a small p
  for (int i = 0; i < kSquarings; ++i) p = p * (DoubleDouble{2, 0} + p);
  return p;
}

// exp(x) for x <= 0, and NaN for NaN; below the denormals 0.
inline DoubleDouble exp_of_negative(const DoubleDouble& x) {
  constexpr DoubleDouble kLog2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
  if (std::isnan(x.hi)) return x;
  if (x.hi < -800) return {};
  const double k = std::round(x.hi / kLog2.hi);
  const DoubleDouble p = DoubleDouble{1, 0} + expm1_of_small(x + kLog2 * -k);
  return {std::ldexp(p.hi, static_cast<int>(k)), std::ldexp(p.lo, static_cast<int>(k))};
}

// log(1 + x) for 0 <= x <= 1, and NaN for NaN.
inline DoubleDouble log1p_of_fraction(const DoubleDouble& x) {
  if (!(x.hi > 0x1p-100)) return x;  // where x^2 does not count, and x / 512 may be denormal
  const DoubleDouble first{std::log1p(x.hi), 0};
  const DoubleDouble reached = expm1_of_small(first);
  return first + (x + -reached) / (DoubleDouble{1, 0} + reached);
}

struct Logistic {
  DoubleDouble sigmoid, softplus;  // 1 / (1 + exp(-z)) and log(1 + exp(z))
};

inline Logistic logistic(const DoubleDouble& z) {
  const bool negative = z.hi < 0;
  const DoubleDouble e = exp_of_negative(negative ? z : -z);
  const DoubleDouble one{1, 0}, log = log1p_of_fraction(e);
  return {(negative ? e : one) / (one + e), negative ? log : z + log};
}

}  // namespace logigrad
