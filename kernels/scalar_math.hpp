// Sigmoid and softplus of one number, for the scalar bodies.
//
// Everything comes from e = exp(-|t|) in (0, 1], so nothing overflows and both tails keep their
// relative accuracy:  sigmoid(-t) = e / (1 + e) or 1 / (1 + e),  softplus(-t) = max(-t, 0) +
// log1p(e). Builtins instead of <cmath>: a file compiled for one ISA must not emit shared inline
// functions.
#pragma once

namespace logigrad {
namespace {

inline float scalar_exp(float x) { return __builtin_expf(x); }
inline double scalar_exp(double x) { return __builtin_exp(x); }
inline float scalar_log1p(float x) { return __builtin_log1pf(x); }
inline double scalar_log1p(double x) { return __builtin_log1p(x); }
inline float scalar_abs(float x) { return __builtin_fabsf(x); }
inline double scalar_abs(double x) { return __builtin_fabs(x); }

template <class T>
struct SigmoidSoftplus {
  T sigmoid;   // sigmoid(-t)
  T softplus;  // log(1 + exp(-t)); 0 unless asked for
};

template <bool kLoss, class T>
inline SigmoidSoftplus<T> sigmoid_softplus(T t) {
  const T e = scalar_exp(-scalar_abs(t));
  const T q = 1 / (1 + e);
  SigmoidSoftplus<T> result{t >= 0 ? e * q : q, 0};
  if constexpr (kLoss) result.softplus = (t < 0 ? -t : T(0)) + scalar_log1p(e);
  return result;
}

// x * y + z, fused where the ISA has the instruction and not a slow library call elsewhere.
template <class T>
inline T multiply_add(T x, T y, T z) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  if constexpr (sizeof(T) == 4)
    return __builtin_fmaf(x, y, z);
  else
    return __builtin_fma(x, y, z);
#else
  return x * y + z;
#endif
}

// sums[0..D] holds dw and db in T, then the loss: adds them to the partial and clears them.
template <class T>
inline void flush(T* sums, std::size_t count, double* partial) {
  for (std::size_t j = 0; j < count; ++j) {
    partial[j] += static_cast<double>(sums[j]);
    sums[j] = 0;
  }
}

}  // namespace
}  // namespace logigrad
