// A block of adjacent rows between their dot products and their axpy: margins reduced and sent
// through the sigmoid as whole vectors, so that no row waits for its own.
#pragma once

#include "kernels/body.hpp"
#include "kernels/simd/sigmoid.hpp"
#include "kernels/simd/sums.hpp"

namespace logigrad {
namespace {

template <class T, class A>
class Block {
 public:
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;

  // Elements of scratch for a block of at most `rows` rows.
  static constexpr std::size_t scratch(std::size_t rows) {
    return (rows + kLanes - 1) / kLanes * kLanes * (kLanes + 1) + 2 * kLanes;
  }

  // Scratch is uninitialised: rows that a block does not have may hold anything.
  Block(T* scratch, std::size_t rows)
      : dots_(scratch),
        slopes_(dots_ + (rows + kLanes - 1) / kLanes * kLanes * kLanes),
        y_(slopes_ + (rows + kLanes - 1) / kLanes * kLanes),
        s_(y_ + kLanes) {}

  // The dot product of row i of the block with w is the sum of the lanes of `dot`.
  LOGIGRAD_INLINE void put(std::size_t i, const B& dot) { dot.store_aligned(dots_ + i * kLanes); }
  LOGIGRAD_INLINE B slope(std::size_t i) const { return B(slopes_[i]); }

  // Turns the margins of rows [n, n + rows) of the range into slopes, and adds them to `db` and the
  // losses to `loss`.
  template <bool kLoss>
  LOGIGRAD_INLINE void finish(const RowRange<T>& range, std::size_t n, std::size_t rows, const B& b,
                              B& db, B& loss) {
    for (std::size_t i = 0; i < rows; i += kLanes) {
      const T* y = range.y + n + i;
      const T* s = range.weights ? range.weights + n + i : nullptr;
      if (range.rows - n - i < kLanes) copy_padded(range.rows - n - i, y, s);
      const B dots =
          sum_rows<T, A>([&](auto k) { return B::load_aligned(dots_ + (i + k) * kLanes); });
      auto terms =
          row_terms<kLoss>(dots + b, B::load_unaligned(y), s ? B::load_unaligned(s) : B(T(1)));
      if (rows - i < kLanes) {
        const B mask = LaneMasks<T, A>::first(rows - i);
        terms = {terms.slope & mask, terms.loss & mask};
      }
      terms.slope.store_aligned(slopes_ + i);
      db += terms.slope;
      if constexpr (kLoss) loss += terms.loss;
    }
  }

 private:
  // A vector of labels must not be loaded from beyond the range.
  void copy_padded(std::size_t count, const T*& y, const T*& s) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      y_[i] = i < count ? y[i] : T(0);
      s_[i] = s && i < count ? s[i] : T(1);
    }
    y = y_;
    if (s) s = s_;
  }

  T *dots_, *slopes_, *y_, *s_;
};

}  // namespace
}  // namespace logigrad
