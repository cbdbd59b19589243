// The vectors of a row put together from the whole lines of memory that they lie in, where vectors
// are as long as a line. They are what unaligned loads would give.
//
// A load across two lines takes two of a load port's cycles, and longer if the lines are not in L1.
// Rows of a D that is no multiple of the lanes cross a line with almost every vector. Here each
// line is loaded once, and a vector is permuted out of two of them; but that takes a cycle of a
// port that FMAs need as well. `block`, 256 x 256 with a gap: 4.4 us instead of 5.8, aligned
// 3.4; 60 x 2048 9.1 instead of 14.8, aligned 8.0 (Emerald Rapids).
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
  typename xsimd::batch<T, A>::register_type line = xsimd::batch<T, A>::load_unaligned(at);
  asm("" : "+v"(line));
  return line;
}

// Lanes [first, first + lanes) of two lines.
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

// A row, vector after vector. The vector behind the last one that is asked for must be whole, so
// that all lines are.
template <class T, class A>
class RowByLines {
 public:
  using B = xsimd::batch<T, A>;

  // Elements of its line before a place in the row.
  static LOGIGRAD_INLINE std::size_t before(const T* at) {
    return reinterpret_cast<std::uintptr_t>(at) / sizeof(T) % B::size;
  }

  RowByLines() = default;
  // From the vector on that begins in `line`, behind so many elements.
  LOGIGRAD_INLINE RowByLines(std::size_t before, const B& line) : window_(before), line_(line) {}

  // The vector, and so in turn, of which `line` is the one behind that where it begins.
  LOGIGRAD_INLINE B next(const B& line) {
    const B xs = window_.of(line_, line);
    line_ = line;
    return xs;
  }

 private:
  Window<T, A> window_;
  B line_;
};

// R rows, from their first vectors on. Nothing before a row is read.
template <class T, class A, std::size_t R>
class RowsByLines {
 public:
  using B = xsimd::batch<T, A>;
  using Row = RowByLines<T, A>;

  // x is the first.
  LOGIGRAD_INLINE RowsByLines(const RowGroup<T, R>& rows, const T* x) {
    unroll<R>([&](auto r) LOGIGRAD_LAMBDA_INLINE {
      const T* const row = rows.row(x, r);
      const std::size_t before = Row::before(row);
      lines_[r] = (row - x) - static_cast<std::ptrdiff_t>(before);
      hide(lines_[r]);  // lest GCC 12 make a pointer of each
      rows_[r] = Row(before, LaneMask<T, A>::last(B::size - before).load(x + lines_[r]));
    });
  }

  // The next vector of row r, which corresponds to `at` in the first.
  LOGIGRAD_INLINE B next(std::size_t r, const T* at) {
    return rows_[r].next(load_line<T, A>(at + lines_[r] + B::size));
  }

 private:
  Row rows_[R];
  std::ptrdiff_t lines_[R];  // elements from a place in the first row to its line in this one
};

#else

inline constexpr bool kRealigns = false;

template <class T, class A>
class RowByLines;
template <class T, class A, std::size_t R>
class RowsByLines;

#endif

// Whether these rows are faster by lines: if they are not all aligned, and beyond an L1 of 32 KiB.
// Within it more is lost at the ends of rows than gained: 40 x 200 takes 1.3 times as long, 16 x
// 100 1.2, 64 x 145 1.01, 40 x 257 0.94 (Emerald Rapids).
template <class T>
LOGIGRAD_INLINE bool are_faster_by_lines(const T* x, std::size_t stride, std::size_t rows,
                                         std::size_t cols) {
  constexpr std::size_t kLine = 64, kL1 = 32 * 1024;
  const auto address = reinterpret_cast<std::uintptr_t>(x);
  return (address | stride * sizeof(T)) % kLine != 0 && rows * cols * sizeof(T) > kL1;
}

}  // namespace
}  // namespace logigrad
