// The columns of a row as whole vectors, for the bodies whose D may be anything.
//
// D is rarely a multiple of the lanes. The last vector of a row then ENDS at the row's end: it is
// loaded at x + D - lanes, and a mask clears the lanes that the vector before it has already. So
// nothing behind a row is ever loaded and no row needs a scalar remainder. w and dw are kept in the
// same packed layout. Only D < lanes, where that load would begin before the row, copies.
#pragma once

#include "kernels/simd/ops.hpp"

namespace logigrad {
namespace {

template <class T, class A>
class Columns {
 public:
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;

  explicit Columns(std::size_t cols)
      : cols_(cols),
        full_(cols / kLanes * kLanes),
        mask_(lane_mask<T, A>(kLanes - rest(), kLanes)) {}

  // Elements of a packed row: D rounded up to whole vectors.
  static std::size_t packed(std::size_t cols) { return (cols + kLanes - 1) / kLanes * kLanes; }

  std::size_t full() const { return full_; }  // columns in whole vectors
  bool has_tail() const { return full_ != cols_; }

  // The last, masked vector of a row; its place in a packed row is [full(), full() + lanes).
  LOGIGRAD_INLINE B tail(const T* row) const {
    if (cols_ >= kLanes) return B::load_unaligned(row + (cols_ - kLanes)) & mask_;
    alignas(64) T copy[kLanes] = {};
    for (std::size_t j = 0; j < cols_; ++j) copy[kLanes - cols_ + j] = row[j];
    return B::load_aligned(copy);
  }

  void pack(const T* row, T* to) const {
    for (std::size_t j = 0; j < full_; ++j) to[j] = row[j];
    if (has_tail()) tail(row).store_aligned(to + full_);
  }

  // Adds a packed row to partial[0, D) and clears it.
  void flush(T* sums, double* partial) const {
    for (std::size_t j = 0; j < full_; ++j) partial[j] += static_cast<double>(sums[j]);
    for (std::size_t j = full_; j < cols_; ++j) {
      partial[j] += static_cast<double>(sums[full_ + kLanes - cols_ + j]);
    }
    clear(sums);
  }

  void clear(T* sums) const {
    for (std::size_t j = 0; j < packed(cols_); ++j) sums[j] = 0;
  }

 private:
  std::size_t rest() const { return cols_ - full_; }

  std::size_t cols_, full_;
  B mask_;
};

// sum[r] = the products of x_r and w, summed over the columns in lanes, for R rows `distance`
// elements apart.
template <std::size_t R, class T, class A>
LOGIGRAD_INLINE void dot_rows(const Columns<T, A>& columns, const T* x, std::size_t distance,
                              const T* w, xsimd::batch<T, A> (&sum)[R]) {
  using B = xsimd::batch<T, A>;
  unroll<R>([&](auto r) { sum[r] = B(T(0)); });
  for (std::size_t j = 0; j < columns.full(); j += B::size) {
    const B wj = B::load_aligned(w + j);
    unroll<R>(
        [&](auto r) { sum[r] = xsimd::fma(B::load_unaligned(x + r * distance + j), wj, sum[r]); });
  }
  if (columns.has_tail()) {
    const B wj = B::load_aligned(w + columns.full());
    unroll<R>([&](auto r) { sum[r] = xsimd::fma(columns.tail(x + r * distance), wj, sum[r]); });
  }
}

// dw += sum over R rows of slope[r] x_r, one row after another in every element.
template <std::size_t R, class T, class A>
LOGIGRAD_INLINE void add_rows(const Columns<T, A>& columns, const T* x, std::size_t distance,
                              const xsimd::batch<T, A> (&slope)[R], T* dw) {
  using B = xsimd::batch<T, A>;
  for (std::size_t j = 0; j < columns.full(); j += B::size) {
    B sum = B::load_aligned(dw + j);
    unroll<R>(
        [&](auto r) { sum = xsimd::fma(slope[r], B::load_unaligned(x + r * distance + j), sum); });
    sum.store_aligned(dw + j);
  }
  if (columns.has_tail()) {
    B sum = B::load_aligned(dw + columns.full());
    unroll<R>([&](auto r) { sum = xsimd::fma(slope[r], columns.tail(x + r * distance), sum); });
    sum.store_aligned(dw + columns.full());
  }
}

}  // namespace
}  // namespace logigrad
