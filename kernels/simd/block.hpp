// A block of rows between their dot products and their axpy: margins reduced and sent through the
// sigmoid as whole vectors, whatever the number of rows, so that no row waits for its own.
#pragma once

#include "kernels/body.hpp"
#include "kernels/simd/sigmoid.hpp"

namespace logigrad {
namespace {

// Rows are added in the order of their dot products; T* members point into a body's scratch.
template <class T, class A>
class Block {
 public:
  using B = xsimd::batch<T, A>;

  // Elements of scratch for a block of at most `rows` rows, a multiple of the lanes.
  static constexpr std::size_t scratch(std::size_t rows) { return rows * (B::size + 3); }

  Block(T* scratch, std::size_t rows)
      : acc_(scratch), y_(acc_ + rows * B::size), s_(y_ + rows), slopes_(s_ + rows) {}

  // Takes row n, whose dot product with w is the sum of the lanes of `dot`.
  LOGIGRAD_INLINE void add(const RowRange<T>& range, std::size_t n, const B& dot) {
    y_[rows_] = range.y[n];
    s_[rows_] = range.weights ? range.weights[n] : T(1);
    dot.store_aligned(acc_ + rows_++ * B::size);
  }

  // Turns the margins into slopes, adds them to `db` and the losses to `loss`, and empties the
  // block. The lanes of the last vector that hold no row are masked: sigmoid(b) may be anything.
  template <bool kLoss>
  LOGIGRAD_INLINE const T* finish(const B& b, B& db, B& loss) {
    for (std::size_t i = 0; i < rows_; i += B::size) {
      if (rows_ - i < B::size) pad(i + B::size);
      const B dots =
          sum_rows<T, A>([&](auto k) { return B::load_aligned(acc_ + (i + k) * B::size); });
      auto terms = row_terms<kLoss>(dots + b, B::load_aligned(y_ + i), B::load_aligned(s_ + i));
      if (rows_ - i < B::size) {
        const B mask = lane_mask<T, A>(0, rows_ - i);
        terms = {terms.slope & mask, terms.loss & mask};
      }
      terms.slope.store_aligned(slopes_ + i);
      db += terms.slope;
      if constexpr (kLoss) loss += terms.loss;
    }
    rows_ = 0;
    return slopes_;
  }

 private:
  void pad(std::size_t end) {
    for (std::size_t i = rows_; i < end; ++i) {
      y_[i] = s_[i] = 0;
      B(T(0)).store_aligned(acc_ + i * B::size);
    }
  }

  T *acc_, *y_, *s_, *slopes_;
  std::size_t rows_ = 0;
};

}  // namespace
}  // namespace logigrad
