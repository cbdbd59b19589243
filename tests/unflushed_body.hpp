// A kernel body whose fault random data do not show: it adds up all rows of a chunk in T, 2048 of
// them, where the bound allows 256.
#pragma once

#include <vector>

#include "kernels/registry.hpp"
#include "kernels/scalar_math.hpp"

namespace logigrad {

template <class T, bool kLoss>
void unflushed_body(const RowRange<T>& r, T*, double* partial) {
  std::vector<T> sums(r.cols + 2, T(0));
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
  }
  for (std::size_t j = 0; j < r.cols + 2; ++j) partial[j] += static_cast<double>(sums[j]);
}

template <class T>
Variant unflushed_variant() {
  static const BodyEntry<T>& good = body_of<T>(find_variant("fused", kDtypeOf<T>, 0, 0));
  static const BodyEntry<T> entry{unflushed_body<T, false>, unflushed_body<T, true>, good.scratch,
                                  good.most_cols};
  Variant variant = find_variant("fused", kDtypeOf<T>, 0, 0);
  variant.body = "unflushed";
  variant.implementation = &entry;
  return variant;
}

}  // namespace logigrad
