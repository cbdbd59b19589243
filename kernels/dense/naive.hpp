// naive: the lecture's two passes, one row after another, nothing vectorised.
//
//   pass 1: a_n = -s_n y_n sigmoid(-y_n (w . x_n + b))      pass 2: dw += a_n x_n
//
// Every row is fetched twice, once a pass. It is what speed-ups are quoted against: compiled with
// baseline flags and the vectoriser off.
#pragma once

#include "kernels/body.hpp"
#include "kernels/scalar_math.hpp"

namespace logigrad {
namespace {

template <class T, class Arch>
struct Naive {
  static constexpr std::size_t kLanes = 1;

  static std::size_t scratch(std::size_t cols) { return kMaxChunkRows + cols + 2; }

  template <bool kLoss>
  static void run(const RowRange<T>& r, T* slopes, double* partial) {
    T* sums = slopes + kMaxChunkRows;  // dw, db, loss
    for (std::size_t j = 0; j < r.cols + 2; ++j) sums[j] = 0;

    for (std::size_t n = 0; n < r.rows; ++n) {
      const T* x = r.x + n * r.stride;
      T z = 0;
      for (std::size_t j = 0; j < r.cols; ++j) z += x[j] * r.w[j];
      const auto at = sigmoid_softplus<kLoss>(r.y[n] * (z + r.b));
      const T s = r.weights ? r.weights[n] : T(1);
      slopes[n] = -r.y[n] * (s * at.sigmoid);
      if constexpr (kLoss) sums[r.cols + 1] += s * at.softplus;
      if (n % kFlushTerms == kFlushTerms - 1) flush(sums + r.cols + 1, 1, partial + r.cols + 1);
    }
    for (std::size_t n = 0; n < r.rows; ++n) {
      const T* x = r.x + n * r.stride;
      for (std::size_t j = 0; j < r.cols; ++j) sums[j] += slopes[n] * x[j];
      sums[r.cols] += slopes[n];
      if (n % kFlushTerms == kFlushTerms - 1) flush(sums, r.cols + 1, partial);
    }
    flush(sums, r.cols + 2, partial);
  }
};

}  // namespace
}  // namespace logigrad
