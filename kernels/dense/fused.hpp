// fused: one pass, scalar. A row is used for dw while it is still in the cache from its margin.
//
// The difference from `naive` is this fusion alone, the difference from `autovec` the vectoriser.
#pragma once

#include "kernels/body.hpp"
#include "kernels/scalar_math.hpp"

namespace logigrad {
namespace {

template <class T, class Arch>
struct Fused {
  static constexpr std::size_t kLanes = 1;

  static std::size_t scratch(std::size_t cols) { return cols + 2; }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* sums, double* partial) {
    for (std::size_t j = 0; j < r.cols + 2; ++j) sums[j] = 0;  // dw, db, loss
    for (std::size_t n = 0; n < r.rows; ++n) {
      const T* x = r.x + n * r.stride;
      T z = 0;
      for (std::size_t j = 0; j < r.cols; ++j) z += x[j] * r.w[j];
      const auto at = sigmoid_softplus<kLoss>(r.y[n] * (z + r.b));
      const T s = r.weights ? r.weights[n] : T(1);
      const T slope = -r.y[n] * (s * at.sigmoid);
      for (std::size_t j = 0; j < r.cols; ++j) sums[j] += slope * x[j];
      sums[r.cols] += slope;
      if constexpr (kLoss) sums[r.cols + 1] += s * at.softplus;
      if (n % kFlushTerms == kFlushTerms - 1) flush(sums, r.cols + 2, partial);
    }
    flush(sums, r.cols + 2, partial);
  }
};

}  // namespace
}  // namespace logigrad
