// block's loop for rows that do not all begin with a line: by blocks of combs, read as lines.
//
// 256 x 257 takes 1.37 times as long as 256 x 256, which begin with one, and took 1.85 times by
// Columns; 512 x 301 takes 0.7 of the time that it took, 256 x 257 of double 0.71 (Emerald Rapids).
#pragma once

#include "kernels/simd/columns.hpp"
#include "kernels/simd/combs.hpp"
#include "kernels/simd/lines.hpp"
#include "kernels/simd/row_end.hpp"
#include "kernels/simd/strips.hpp"

namespace logigrad {
namespace {

template <class T, class A>
class BlockCombs {
 public:
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;

  // What crossed lines cost must be more than combs do, which are as many as lanes and load w and
  // dw once each. By combs 48 x 601 takes 1.04 times as long and 80 x 129 1.18 times, but 48 x 1001
  // 0.97, 128 x 129 0.84 and 60 x 2001 0.65. Where the rows are must not be asked, lest the order
  // of the sums depend on it.
  static bool takes(std::size_t rows, std::size_t cols) {
    const std::size_t least = rows < 4 * kLanes ? 192 * 1024 : 64 * 1024;
    return cols % kLanes != 0 && cols > kLanes && rows >= 3 * kLanes &&
           rows * cols * sizeof(T) >= least;
  }

  static std::size_t scratch(std::size_t cols) {
    return 2 * padded(cols) + 2 * kMaxChunkRows + RowEnd<T, A>::scratch(kMostRows);
  }

  template <bool kLoss>
  LOGIGRAD_OUTLINE static void run(const RowRange<T>& range, T* scratch, double* partial) {
    T* const w = scratch + kLanes;
    T* const dw = w + padded(range.cols);
    T* const labels = dw + padded(range.cols) - kLanes;
    const RowRange<T> r = by_combs<kLanes>(range, labels);
    RowEnd<T, A> end(r, labels + 2 * kMaxChunkRows);
    const Columns<T, A> columns(r.cols);
    for (T* at = scratch; at < labels; ++at) *at = 0;
    columns.pack(r.w, w);
    std::size_t squares = 0;
    for (std::size_t done = 0; done < r.rows;) {
      const auto square = Square<kLanes>::of(r.rows - done);
      add_square<kLoss>(r, square, done, w, end, dw);
      done += square.rows;
      if (++squares % kSquaresOfOneFlush == 0 || done == r.rows) {
        if (!r.dw) columns.flush(dw, partial);
        end.template flush<kLoss>(partial + r.cols);
      }
    }
    if (r.dw) columns.unpack(dw, r.dw);
  }

 private:
  static constexpr std::size_t kSquaresOfOneFlush = kFlushTerms / Square<kLanes>::kMostRows;
  static constexpr std::size_t kBlockBytes = 28 * 1024;         // of X, for an L1 of 32 KiB or more
  static constexpr std::size_t kMostRows = 64, kLeastRows = 4;  // of a block
  static constexpr std::size_t kGroup = 8;  // rows that are dotted together, in two chains each

  // Columns, and a vector before and behind them.
  static std::size_t padded(std::size_t cols) { return Columns<T, A>::packed(cols) + 2 * kLanes; }

  // A place within a square.
  struct Tooth {
    std::size_t comb, tooth;
  };

  // Adds `square`, which begins with row `done`.
  template <bool kLoss>
  LOGIGRAD_INLINE static void add_square(const RowRange<T>& r, const Square<kLanes>& square,
                                         std::size_t done, const T* w, RowEnd<T, A>& end, T* dw) {
    const std::size_t distance = kLanes * r.stride;
    // Of a block, and of a comb in it: all its teeth, or even parts of them.
    std::size_t most = kBlockBytes / (r.cols * sizeof(T));
    most = most < kLeastRows ? kLeastRows : most < kMostRows ? most : kMostRows;
    const std::size_t teeth = square.teeth(0), parts = (teeth + most - 1) / most;
    const std::size_t each = (teeth + parts - 1) / parts;

    // f(Lines, the first row, rows, the place in the block) for the parts of combs from `from` on
    // that are in its block. Returns where the next block begins.
    const auto for_each_part = [&](Tooth from, const auto& f) LOGIGRAD_LAMBDA_INLINE {
      std::size_t place = 0;
      do {
        const std::size_t left = square.teeth(from.comb) - from.tooth;
        const std::size_t rows = left < each ? left : each;
        const T* const x = r.x + (done + from.comb + from.tooth * kLanes) * r.stride;
        f(Lines<T, A>(r.cols, x), x, rows, place);
        place += rows;
        from = rows < left ? Tooth{from.comb, from.tooth + rows} : Tooth{from.comb + 1, 0};
      } while (from.comb < square.combs() && place + each <= most);
      return from;
    };

    T* const slopes = end.margins();
    for (Tooth next = {0, 0}; next.comb < square.combs();) {
      const Tooth first = next;
      std::size_t rows = 0;
      next = for_each_part(first, [&](const Lines<T, A>& lines, const T* x, std::size_t count,
                                      std::size_t place) LOGIGRAD_LAMBDA_INLINE {
        dot(lines, x, distance, count, w, slopes + place);
        rows = place + count;
      });
      end.template finish_block<kLoss>(done + square.place(first.comb) + first.tooth, rows);
      for_each_part(first, [&](const Lines<T, A>& lines, const T* x, std::size_t count,
                               std::size_t place) LOGIGRAD_LAMBDA_INLINE {
        T* const sums = lines.first_of(dw);
        Strips(lines, lines.first_of(x), distance, count, slopes + place, sums, sums).add();
      });
    }
  }

  // The margins of `rows` rows, without b, and up to a vector of anything behind them.
  LOGIGRAD_INLINE static void dot(const Lines<T, A>& lines, const T* x, std::size_t distance,
                                  std::size_t rows, const T* w, T* margins) {
    dot_groups<kGroup>(lines, lines.first_of(x), distance, rows, lines.first_of(w), margins);
  }

  template <std::size_t R>
  LOGIGRAD_INLINE static void dot_groups(const Lines<T, A>& lines, const T* x, std::size_t distance,
                                         std::size_t rows, const T* w, T* margins) {
    if (rows >= R) {
      const RowGroup<T, R> group(distance);
      for (; rows >= R; rows -= R, x += R * distance, margins += R)
        dot_group(lines, group, x, w, margins);
    }
    if constexpr (R > 1) dot_groups<R / 2>(lines, x, distance, rows, w, margins);
  }

  // Two sums a row, of even and of odd lines.
  template <std::size_t R>
  LOGIGRAD_INLINE static void dot_group(const Lines<T, A>& lines, const RowGroup<T, R>& rows,
                                        const T* x, const T* w, T* margins) {
    B dots[2][R];
    unroll<R>([&](auto r) { dots[0][r] = dots[1][r] = B(T(0)); });
    const T* xj = x;
    const T* wj = w;
    const auto dot = [&](auto chain, const auto& load) LOGIGRAD_LAMBDA_INLINE {
      const B ws = B::load_unaligned(wj);
      unroll<R>([&](auto r) LOGIGRAD_LAMBDA_INLINE {
        dots[chain][r] = multiply_add(load(r), ws, dots[chain][r]);
      });
      xj += kLanes;
      wj += kLanes;
    };
    const auto head = [&](auto r) LOGIGRAD_LAMBDA_INLINE { return lines.head(rows.row(xj, r)); };
    const auto whole = [&](auto r)
                           LOGIGRAD_LAMBDA_INLINE { return B::load_unaligned(rows.row(xj, r)); };
    const auto tail = [&](auto r) LOGIGRAD_LAMBDA_INLINE { return lines.tail(x, rows.row(xj, r)); };
    const T* const last = w + lines.last();
    dot(Index<0>{}, head);
    while (wj + 2 * kLanes <= last) {
      dot(Index<1>{}, whole);
      dot(Index<0>{}, whole);
      hide(xj);
    }
    if (wj < last) {
      dot(Index<1>{}, whole);
      dot(Index<0>{}, tail);
    } else {
      dot(Index<1>{}, tail);
    }
    store_row_sums<R, T, A>(
        [&](auto r) LOGIGRAD_LAMBDA_INLINE { return lines.turn_back(dots[0][r] + dots[1][r]); },
        margins);
  }
};

}  // namespace
}  // namespace logigrad
