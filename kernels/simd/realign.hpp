// The vectors of a row put together from the whole lines of memory that they lie in, where vectors
// are as long as a line. They are what unaligned loads would give.
//
// A load across two lines takes two of a load port's cycles, and longer if the lines are not in L1.
// Rows of a D that is no multiple of the lanes cross a line with almost every vector. Here each
// line is loaded once, and a vector is permuted out of two of them; but that takes a cycle of a
// port that FMAs need as well.
#pragma once

#include "kernels/simd/columns.hpp"

namespace logigrad {
namespace {

#if defined(__AVX512DQ__)

inline constexpr bool kRealigns = true;

// A line, in a register: GCC 12 left alone folds the load into the permutation that has the line
// second, and loads it again for the one that has it first.
template <class T, class A>
LOGIGRAD_INLINE xsimd::batch<T, A> load_line(const T* at) {
  typename xsimd::batch<T, A>::register_type line = xsimd::batch<T, A>::load_aligned(at);
  asm("" : "+v"(line));
  return line;
}

// [first, first + lanes) of the lanes of two lines.
template <class T, class A>
class Window {
 public:
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;
  static_assert(sizeof(B) == 64);

  Window() = default;
  explicit LOGIGRAD_INLINE Window(std::size_t first)
      : lanes_(_mm512_load_si512(kTable.lanes[first])) {}

  LOGIGRAD_INLINE B of(const B& line, const B& next) const {
    if constexpr (sizeof(T) == 4) return _mm512_permutex2var_ps(line, lanes_, next);
    if constexpr (sizeof(T) == 8) return _mm512_permutex2var_pd(line, lanes_, next);
  }

 private:
  struct Table {
    typename IntOfSize<sizeof(T)>::type lanes[kLanes][kLanes] = {};
    constexpr Table() {
      for (std::size_t i = 0; i < kLanes * kLanes; ++i)
        lanes[i / kLanes][i % kLanes] = static_cast<int>(i / kLanes + i % kLanes);
    }
  };
  alignas(64) static constexpr Table kTable{};

  __m512i lanes_;
};

// R rows, each of them vector after vector.
template <class T, class A, std::size_t R>
class RealignedRows {
 public:
  using B = xsimd::batch<T, A>;

  // From the first vector on. Nothing before a row is read.
  LOGIGRAD_INLINE RealignedRows(const RowGroup<T, R>& rows, const T* x) {
    unroll<R>([&](auto r) LOGIGRAD_LAMBDA_INLINE {
      const std::size_t before = place(r, rows.row(x, r) - x, x);
      line_[r] = LaneMask<T, A>::last(B::size - before).load(x + line_offset_[r]);
    });
  }
  // From a later one on, `at` in the row x, the first of `rows`.
  LOGIGRAD_INLINE RealignedRows(const RowGroup<T, R>& rows, const T* x, const T* at) {
    unroll<R>([&](auto r) LOGIGRAD_LAMBDA_INLINE {
      place(r, rows.row(x, r) - x, x);
      line_[r] = load_line<T, A>(at + line_offset_[r]);
    });
  }

  // The next vector of row r: the one that corresponds to `at` in the first row. The vector behind
  // it must be whole, so that the line that it ends in is.
  LOGIGRAD_INLINE B next(std::size_t r, const T* at) {
    const B next = load_line<T, A>(at + line_offset_[r] + B::size);
    const B xs = window_[r].of(line_[r], next);
    line_[r] = next;
    return xs;
  }

 private:
  // Returns how many elements of its line are before row r.
  LOGIGRAD_INLINE std::size_t place(std::size_t r, std::ptrdiff_t row_offset, const T* x) {
    const std::size_t before =
        reinterpret_cast<std::uintptr_t>(x + row_offset) / sizeof(T) % B::size;
    window_[r] = Window<T, A>(before);
    line_offset_[r] = row_offset - static_cast<std::ptrdiff_t>(before);
    hide(line_offset_[r]);  // lest GCC 12 make a pointer of each
    return before;
  }

  Window<T, A> window_[R];
  std::ptrdiff_t line_offset_[R];  // from a place in the first row to its line in this one
  B line_[R];                      // the one that the next vector begins in
};

#else

inline constexpr bool kRealigns = false;

template <class T, class A, std::size_t R>
class RealignedRows;

#endif

// Whether to put the vectors of these rows together: of rows that are not all aligned to lines, if
// L1 does not hold them. If it does, more is lost at the ends of rows than gained: 40 x 200 takes
// 1.3 times as long, 16 x 100 1.2 (Emerald Rapids).
template <class T>
LOGIGRAD_INLINE bool is_realigned(const T* x, std::size_t stride, std::size_t rows) {
  constexpr std::size_t kLine = 64, kL1 = 32 * 1024;
  const std::size_t bytes = stride * sizeof(T);
  return kRealigns && (reinterpret_cast<std::uintptr_t>(x) | bytes) % kLine != 0 &&
         rows * bytes > kL1;
}

}  // namespace
}  // namespace logigrad
