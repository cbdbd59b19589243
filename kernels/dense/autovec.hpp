// autovec: the loop of `fused`, with `#pragma omp simd` and the ISA's flags: what the compiler
// gives for free. It vectorises over the columns and calls the library's scalar exp once a row.
//
// The order of its sums is the compiler's affair: it is exempt from the promise of the same bits
// from every compiler and for every position of a row.
#pragma once

#include "kernels/body.hpp"
#include "kernels/scalar_math.hpp"

namespace logigrad {
namespace {

template <class T, class Arch>
struct Autovec {
  static std::size_t scratch(std::size_t cols) { return cols + 2; }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* __restrict sums, double* partial) {
    for (std::size_t j = 0; j < r.cols + 2; ++j) sums[j] = 0;  // dw, db, loss
    for (std::size_t n = 0; n < r.rows; ++n) {
      const T* __restrict x = r.x + n * r.stride;
      const T* __restrict w = r.w;
      T z = 0;
#pragma omp simd reduction(+ : z)
      for (std::size_t j = 0; j < r.cols; ++j) z = multiply_add(x[j], w[j], z);
      const auto at = sigmoid_softplus<kLoss>(r.y[n] * (z + r.b));
      const T s = r.weights ? r.weights[n] : T(1);
      const T slope = -r.y[n] * (s * at.sigmoid);
#pragma omp simd
      for (std::size_t j = 0; j < r.cols; ++j) sums[j] = multiply_add(slope, x[j], sums[j]);
      sums[r.cols] += slope;
      if constexpr (kLoss) sums[r.cols + 1] += s * at.softplus;
      if (n % kFlushTerms == kFlushTerms - 1) flush(sums, r.cols + 2, partial);
    }
    flush(sums, r.cols + 2, partial);
  }
};

}  // namespace
}  // namespace logigrad
