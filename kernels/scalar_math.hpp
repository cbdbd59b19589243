// Sigmoid and softplus of one number, for the scalar bodies.
//
// Both come from e = exp(t), which may be 0 or infinite:  sigmoid(-t) = 1 / (1 + e), of which every
// operation is monotone (e / (1 + e) is not: 478,227 of all floats were out of order),
// softplus(-t) = log1p(1 / e) or, for t < 0, -t + log1p(e), so that both tails keep their relative
// accuracy. Builtins instead of <cmath>: a file compiled for one ISA must not emit shared inline
// functions.
#pragma once

namespace logigrad {
namespace {

inline float scalar_exp(float x) { return __builtin_expf(x); }
inline double scalar_exp(double x) { return __builtin_exp(x); }
inline float scalar_log1p(float x) { return __builtin_log1pf(x); }
inline double scalar_log1p(double x) { return __builtin_log1p(x); }

template <class T>
struct SigmoidSoftplus {
  T sigmoid;   // sigmoid(-t)
  T softplus;  // log(1 + exp(-t)); 0 unless asked for
};

template <bool kLoss, class T>
inline SigmoidSoftplus<T> sigmoid_softplus(T t) {
  const T e = scalar_exp(t);
  SigmoidSoftplus<T> result{1 / (1 + e), 0};
  if constexpr (kLoss) result.softplus = t < 0 ? -t + scalar_log1p(e) : scalar_log1p(1 / e);
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
