// The columns of a row as whole vectors, for the bodies whose D may be anything.
//
// D is rarely a multiple of the lanes. The last vector of a row then ENDS at the row's end: it is
// loaded at x + D - lanes, and a mask clears the lanes that the vector before it has already. So
// nothing behind a row is ever loaded and no row needs a scalar remainder. w and dw are kept in the
// same packed layout. Only D < lanes, where that load would begin before the row, copies. Where
// loads can be masked (SVE, AVX-512), the last vector begins behind the one before it instead.
#pragma once

#include "kernels/simd/lane_masks.hpp"

namespace logigrad {
namespace {

// Where rows are fetched to that are needed later.
enum class Fetch { kNothing, kIntoL2, kIntoL1 };

// R rows, each `distance` elements behind the one before it. Their addresses are one pointer and
// offsets that are shared by all groups with this distance, and hidden: GCC 12 left alone makes a
// pointer of each, most of them on the stack (10 to 40 % slower).
template <class T, std::size_t R>
struct RowGroup {
  explicit RowGroup(std::size_t distance) {
    for (std::size_t r = 0; r < R; ++r) {
      offset[r] = r * distance * sizeof(T);
      hide(offset[r]);
    }
  }

  // The place in row r that corresponds to `at` in the first one.
  LOGIGRAD_INLINE const T* row(const T* at, std::size_t r) const {
    return reinterpret_cast<const T*>(reinterpret_cast<const char*>(at) + (r ? offset[r] : 0));
  }

  std::size_t offset[R];  // bytes
};

template <class T, class A>
class Columns {
 public:
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;

  explicit Columns(std::size_t cols)
      : cols_(cols), full_(cols / kLanes * kLanes), mask_(tail_lanes(cols - full_)) {}

  // Elements of a packed row: D rounded up to whole vectors.
  static std::size_t packed(std::size_t cols) { return (cols + kLanes - 1) / kLanes * kLanes; }

  std::size_t full() const { return full_; }  // columns in whole vectors
  bool has_tail() const { return full_ != cols_; }

  // The last, masked vector of a row; its place in a packed row is [full(), full() + lanes).
  LOGIGRAD_INLINE B tail(const T* row) const {
    if constexpr (kMaskedLoads) {
      return mask_.load(row + full_);
    } else {
      if (cols_ >= kLanes) return B::load_unaligned(row + (cols_ - kLanes)) & mask_;
      alignas(64) T copy[kLanes] = {};
      for (std::size_t j = 0; j < cols_; ++j) copy[kLanes - cols_ + j] = row[j];
      return B::load_aligned(copy);
    }
  }

  void pack(const T* row, T* to) const {
    for (std::size_t j = 0; j < full_; ++j) to[j] = row[j];
    if (has_tail()) tail(row).store_aligned(to + full_);
  }

  // Adds a packed row to partial[0, D) and clears it.
  void flush(T* sums, double* partial) const {
    for_each(sums, [&](std::size_t j, T sum) { partial[j] += static_cast<double>(sum); });
    clear(sums);
  }

  // What flush() makes of a partial of zeros, in T: a sum of -0 becomes 0.
  void unpack(const T* sums, T* to) const {
    for_each(sums, [&](std::size_t j, T sum) { to[j] = T(0) + sum; });
  }

  void clear(T* sums) const {
    for (std::size_t j = 0; j < packed(cols_); ++j) sums[j] = 0;
  }

 private:
  // f(j, element j) for the D elements of a packed row.
  template <class F>
  LOGIGRAD_INLINE void for_each(const T* packed_row, const F& f) const {
    for (std::size_t j = 0; j < full_; ++j) f(j, packed_row[j]);
    const T* const tail = packed_row + (kMaskedLoads ? 0 : full_ + kLanes - cols_);
    for (std::size_t j = full_; j < cols_; ++j) f(j, tail[j]);
  }

  static LaneMask<T, A> tail_lanes(std::size_t rest) {
    return kMaskedLoads ? LaneMasks<T, A>::first(rest) : LaneMasks<T, A>::last(rest);
  }

  std::size_t cols_, full_;
  LaneMask<T, A> mask_;  // the lanes of a tail that the vector before it has not
};

// How a pass over two groups of rows goes through their columns, and what it fetches.
struct Pass {
  bool by_lines;
  Fetch fetch;
};
inline constexpr Pass kByVectors = {false, Fetch::kNothing};
// By two vectors, at most a cache line, and of each row v's before x's: of rows whose lines fall
// into the same sets of L1 those leave that are done with, and no line is left half read. 1000 x
// 1024 by four rows: 1.16 times as fast; where lines do not meet it brings nothing, and rows of at
// most 1 KiB lose 5 % (Zen 3).
inline constexpr Pass kByLines = {true, Fetch::kNothing};
// What comes from memory. By vectors and 1 KiB ahead is for Zen 4's AVX-512; on a Zen 3 lines, 256
// bytes ahead, were 1.04 to 1.09 times as fast from 256 to 4096 columns: what is fetched farther
// ahead occupies the few buffers of L1's misses until it is there, instead of L2's prefetcher's.
inline constexpr Pass kFetching = {kVectorRegisters == 16, Fetch::kIntoL1};
inline constexpr std::size_t kFetchAhead = kVectorRegisters == 16 ? 256 : 1024;  // bytes

// V vectors of columns of two groups of rows, x and v, the i-th of a row being load(row, i). With
// kDots, dots[r] += the products of x_r and w, summed in lanes; with kAdds, dw += the sum over the
// rows of slopes[r] v_r, one row after another in every element. What is not wanted is not
// touched, but may not be null, to which nothing may be added.
template <bool kDots, bool kAdds, std::size_t V, std::size_t R, class T, class A, class Load>
LOGIGRAD_INLINE void dot_and_add_vectors(const RowGroup<T, R>& rows, const Load& load, const T* x,
                                         const T* w, xsimd::batch<T, A> (&dots)[R], const T* v,
                                         const xsimd::batch<T, A> (&slopes)[R], T* dw) {
  using B = xsimd::batch<T, A>;
  B ws[V], sums[V];
  const auto dot = [&](auto r) LOGIGRAD_LAMBDA_INLINE {
    unroll<V>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
      dots[r] = multiply_add(load(rows.row(x, r), i), ws[i], dots[r]);
    });
  };
  const auto add = [&](auto r) LOGIGRAD_LAMBDA_INLINE {
    unroll<V>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
      sums[i] = multiply_add(slopes[r], load(rows.row(v, r), i), sums[i]);
    });
  };
  unroll<V>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
    if constexpr (kDots) ws[i] = B::load_aligned(w + i * B::size);
    if constexpr (kAdds) sums[i] = B::load_aligned(dw + i * B::size);
  });
  if constexpr (kDots && V == 1) unroll<R>(dot);
  unroll<R>([&](auto r) LOGIGRAD_LAMBDA_INLINE {
    if constexpr (kAdds) add(r);
    if constexpr (kDots && V > 1) dot(r);
  });
  unroll<V>([&](auto i) LOGIGRAD_LAMBDA_INLINE {
    if constexpr (kAdds) sums[i].store_aligned(dw + i * B::size);
  });
}

// The same for all columns. Fetched are the places that x's loads come to kFetchAhead bytes later,
// within a row or in the one behind it.
template <bool kDots, bool kAdds, Pass kPass, std::size_t R, class T, class A>
LOGIGRAD_INLINE void dot_and_add_rows(const Columns<T, A>& columns, const RowGroup<T, R>& rows,
                                      const T* x, const T* w, xsimd::batch<T, A> (&dots)[R],
                                      const T* v, const xsimd::batch<T, A> (&slopes)[R], T* dw) {
  using B = xsimd::batch<T, A>;
  constexpr std::size_t kVectors = kPass.by_lines && sizeof(B) < 64 ? 2 : 1;
  const T *xj = x, *vj = v;
  std::size_t j = 0;
  const auto go_on = [&](auto vectors) LOGIGRAD_LAMBDA_INLINE {
    const auto load = [](const T* row, std::size_t i)
                          LOGIGRAD_LAMBDA_INLINE { return B::load_unaligned(row + i * B::size); };
    dot_and_add_vectors<kDots, kAdds, vectors>(rows, load, xj, w + j, dots, vj, slopes, dw + j);
    j += vectors * B::size;
    if constexpr (kDots) {
      xj += vectors * B::size;
      hide(xj);
    }
    if constexpr (kAdds) {
      vj += vectors * B::size;
      hide(vj);
    }
  };
  while (j + kVectors * B::size <= columns.full()) {
    if constexpr (kDots && kPass.fetch != Fetch::kNothing) {
      unroll<R>([&](auto r) {
        __builtin_prefetch(reinterpret_cast<const char*>(rows.row(xj, r)) + kFetchAhead, 0,
                           kPass.fetch == Fetch::kIntoL1 ? 3 : 2);
      });
    }
    go_on(Index<kVectors>{});
  }
  if (kVectors > 1 && j < columns.full()) go_on(Index<1>{});
  if (columns.has_tail()) {
    const auto load = [&](const T* row, std::size_t)
                          LOGIGRAD_LAMBDA_INLINE { return columns.tail(row); };
    dot_and_add_vectors<kDots, kAdds, 1>(rows, load, x, w + j, dots, v, slopes, dw + j);
  }
}

template <std::size_t R, class T, class A>
LOGIGRAD_INLINE void dot_rows(const Columns<T, A>& columns, const RowGroup<T, R>& rows, const T* x,
                              const T* w, xsimd::batch<T, A> (&dots)[R]) {
  T* const no_dw = const_cast<T*>(w);  // not written
  dot_and_add_rows<true, false, kByVectors>(columns, rows, x, w, dots, x, dots, no_dw);
}

template <std::size_t R, class T, class A>
LOGIGRAD_INLINE void add_rows(const Columns<T, A>& columns, const RowGroup<T, R>& rows, const T* v,
                              xsimd::batch<T, A> (&slopes)[R], T* dw) {
  dot_and_add_rows<false, true, kByVectors>(columns, rows, v, dw, slopes, v, slopes, dw);
}

}  // namespace
}  // namespace logigrad
