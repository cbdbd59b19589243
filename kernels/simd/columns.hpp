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

// Where rows are fetched to that are needed later.
enum class Fetch { kNothing, kIntoL2, kIntoL1 };

// R rows `distance` elements apart and the rows `rows_ahead` elements behind them, to be fetched
// meanwhile: every line that they touch, once in each pass over the columns. The
// addresses of eight rows and of the eight ahead are one pointer each and seven shared offsets,
// hidden: GCC 12 left alone makes 24 pointers of them, most of them on the stack (10 to 40 %
// slower).
template <class T, std::size_t R, Fetch kFetch>
struct RowGroup {
  RowGroup(const T* x, std::size_t distance, std::size_t rows_ahead) : first(x), ahead(x) {
    for (std::size_t r = 0; r < R; ++r) {
      offset[r] = r * distance * sizeof(T);
      hide(offset[r]);
    }
    if constexpr (kFetch != Fetch::kNothing) ahead += rows_ahead;
  }

  // The place in row r that corresponds to `at` in the first one.
  LOGIGRAD_INLINE const T* row(const T* at, std::size_t r) const {
    return reinterpret_cast<const T*>(reinterpret_cast<const char*>(at) + (r ? offset[r] : 0));
  }
  LOGIGRAD_INLINE void fetch(const T* at) const {
    constexpr int kLocality = kFetch == Fetch::kIntoL1 ? 3 : 2;
    if constexpr (kFetch != Fetch::kNothing)
      unroll<R>([&](auto r) { __builtin_prefetch(row(at, r), 0, kLocality); });
  }

  const T *first, *ahead;
  std::size_t offset[R];  // bytes
};

template <class T, class A>
class Columns {
 public:
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;
  static constexpr std::size_t kLineBytes = 64;

  explicit Columns(std::size_t cols)
      : cols_(cols), full_(cols / kLanes * kLanes), mask_(LaneMasks<T, A>::last(rest())) {}

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

  // Columns [begin, end) of the rows, in whole lines from the first one on; `end` may be anything
  // beyond the last column, which is where a tail belongs to.
  struct Range {
    std::size_t begin = 0, end = ~std::size_t{0};
  };

  // Calls vector(j, load) for every vector of a packed row that is in the range: j is its place
  // there, and load(r) its elements of row r of the group. Fetches the lines of the rows ahead on
  // the way.
  template <std::size_t R, Fetch kFetch, class Vector>
  LOGIGRAD_INLINE void for_each(const RowGroup<T, R, kFetch>& rows, const Range& range,
                                const Vector& vector) const {
    constexpr bool kAhead = kFetch != Fetch::kNothing;
    constexpr std::size_t kVectors = kAhead && sizeof(B) < kLineBytes ? kLineBytes / sizeof(B) : 1;
    const bool with_last = range.end >= cols_;
    const std::size_t full = with_last ? full_ : range.end;
    if (with_last) rows.fetch(rows.ahead + (cols_ - 1));
    const T* x = rows.first + range.begin;
    const T* ahead = rows.ahead + range.begin;
    std::size_t j = range.begin;
    for (; j + kVectors * kLanes <= full; j += kVectors * kLanes) {
      rows.fetch(ahead);
      unroll<kVectors>([&](auto v) LOGIGRAD_LAMBDA_INLINE {
        vector(j + v * kLanes, [&](auto r) LOGIGRAD_LAMBDA_INLINE {
          return B::load_unaligned(rows.row(x, r) + v * kLanes);
        });
      });
      x += kVectors * kLanes;
      hide(x);
      if constexpr (kAhead) {
        ahead += kVectors * kLanes;
        hide(ahead);
      }
    }
    if (!with_last) return;
    if (j < cols_) rows.fetch(ahead);  // what is left, less than a line, may lie in two
    if constexpr (kVectors > 1) {
      for (; j < full_; j += kLanes, x += kLanes) {
        vector(j, [&](auto r) LOGIGRAD_LAMBDA_INLINE { return B::load_unaligned(rows.row(x, r)); });
      }
    }
    if (has_tail()) {
      vector(full_, [&](auto r) LOGIGRAD_LAMBDA_INLINE { return tail(rows.row(rows.first, r)); });
    }
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
  B mask_;  // the lanes of a tail that the vector before it has not
};

// sum[r] += the products of x_r and w, summed over the columns of the range in lanes.
template <std::size_t R, Fetch kFetch, class T, class A>
LOGIGRAD_INLINE void dot_rows(const Columns<T, A>& columns, const RowGroup<T, R, kFetch>& rows,
                              const T* w, xsimd::batch<T, A> (&sum)[R],
                              const typename Columns<T, A>::Range& range = {}) {
  using B = xsimd::batch<T, A>;
  columns.for_each(rows, range, [&](std::size_t j, const auto& load) LOGIGRAD_LAMBDA_INLINE {
    const B wj = B::load_aligned(w + j);
    unroll<R>([&](auto r) { sum[r] = multiply_add(load(r), wj, sum[r]); });
  });
}

// dw += sum over the rows of slope[r] x_r, one row after another in every element.
template <std::size_t R, Fetch kFetch, class T, class A>
LOGIGRAD_INLINE void add_rows(const Columns<T, A>& columns, const RowGroup<T, R, kFetch>& rows,
                              const xsimd::batch<T, A> (&slope)[R], T* dw,
                              const typename Columns<T, A>::Range& range = {}) {
  using B = xsimd::batch<T, A>;
  columns.for_each(rows, range, [&](std::size_t j, const auto& load) LOGIGRAD_LAMBDA_INLINE {
    B sum = B::load_aligned(dw + j);
    unroll<R>([&](auto r) { sum = multiply_add(slope[r], load(r), sum); });
    sum.store_aligned(dw + j);
  });
}

}  // namespace
}  // namespace logigrad
