// Double-double arithmetic: an unevaluated sum hi + lo of two doubles, about 106 bits. Unlike long
// double it is the same on every CPU, emulator and operating system.
// T. J. Dekker, "A floating-point technique for extending the available precision" (1971);
// D. E. Knuth, TAOCP 2, 4.2.2 (two_sum). An infinite or NaN hi has lo = 0.
#pragma once

#include <cmath>

namespace logigrad {

struct DoubleDouble {
  double hi = 0, lo = 0;
};

// a + b exactly.
inline DoubleDouble two_sum(double a, double b) {
  const double s = a + b;
  if (!std::isfinite(s)) return {s, 0};
  const double b_rounded = s - a;
  return {s, (a - (s - b_rounded)) + (b - b_rounded)};
}

// a * b exactly, barring underflow.
inline DoubleDouble two_product(double a, double b) {
  const double p = a * b;
  return {p, std::isfinite(p) ? std::fma(a, b, -p) : 0};
}

inline DoubleDouble operator+(const DoubleDouble& a, const DoubleDouble& b) {
  const DoubleDouble s = two_sum(a.hi, b.hi);
  return two_sum(s.hi, s.lo + (a.lo + b.lo));
}

inline DoubleDouble operator-(const DoubleDouble& a) { return {-a.hi, -a.lo}; }

inline DoubleDouble operator*(const DoubleDouble& a, double b) {
  const DoubleDouble p = two_product(a.hi, b);
  if (!std::isfinite(p.hi)) return p;  // a.lo may be 0, and 0 times an infinite b is NaN
  return two_sum(p.hi, p.lo + a.lo * b);
}

inline DoubleDouble operator*(const DoubleDouble& a, const DoubleDouble& b) {
  const DoubleDouble p = two_product(a.hi, b.hi);
  return two_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

inline DoubleDouble operator/(const DoubleDouble& a, const DoubleDouble& b) {
  const double quotient = a.hi / b.hi;
  const DoubleDouble rest = a + -(b * quotient);
  return two_sum(quotient, rest.hi / b.hi);
}

}  // namespace logigrad
