// Columns of rows without gaps, of which as many vectors as a row has elements are loaded: where
// that is no power of two, by blends of all vectors.
//
// Rows of an odd number of elements have each element of a column in another lane. So one blend of
// the vectors has the whole column, and one permutation brings it into order, where pieces of rows
// take an insertion each. Of rows of twice an odd number each half of the vectors has such a blend.
#pragma once

#include <utility>

#include "kernels/simd/ops.hpp"

namespace logigrad {
namespace {

// Lane i of the result is lane Order::of(i) of a and then b.
template <class B, class Order, std::size_t... I>
LOGIGRAD_INLINE B shuffle(const B& a, const B& b, std::index_sequence<I...>) {
  using T = typename B::value_type;
  using V = typename VectorOf<T, B::size>::type;
  using Register = typename B::register_type;
  const V va = (V) static_cast<Register>(a), vb = (V) static_cast<Register>(b);
  const V shuffled = __builtin_shufflevector(va, vb, int{Order::of(I)}...);
  return B((Register)shuffled);
}

// The longest rows that blends are faster for than pieces. With AVX-512 4096 x 3 1.43 times as
// fast, x 5 1.30, x 6 1.32, x 7 0.98; double x 3 1.25, x 4 with a gap 0.96. With AVX2 x 3 1.11, x 5
// 0.95, x 6 0.93; double x 3 1.00, x 2 with a gap 0.93 (Emerald Rapids).
#if defined(__AVX512DQ__)
template <class T>
inline constexpr std::size_t kMostBlended = sizeof(T) == 4 ? 6 : 3;
#elif defined(__AVX2__)
template <class T>
inline constexpr std::size_t kMostBlended = sizeof(T) == 4 ? 3 : 0;
#else
template <class T>
inline constexpr std::size_t kMostBlended = 0;
#endif

// Of rows of W elements, of which RowOrder::of(lane) says which one comes into a lane.
template <class B, std::size_t W, class RowOrder>
class Blends {
 public:
  template <std::size_t kColumn>
  static LOGIGRAD_INLINE B column(const B (&v)[W]) {
    B blended[kHalves];
    unroll<kHalves>([&](auto half) {
      blended[half] = v[half * kVectors];
      unroll<kVectors - 1>([&](auto k) {
        constexpr std::size_t kVector = half * kVectors + k + 1;
        blended[half] =
            shuffle<B, OfColumn<kColumn, kVector>>(blended[half], v[kVector], kSequence);
      });
    });
    return shuffle<B, InOrder<kColumn>>(blended[0], blended[kHalves - 1], kSequence);
  }

 private:
  static constexpr std::size_t kLanes = B::size;
  static constexpr std::size_t kHalves = W % 2 ? 1 : 2, kVectors = W / kHalves;
  static_assert(kVectors % 2 == 1);
  static constexpr auto kSequence = std::make_index_sequence<kLanes>{};

  // The lanes of a vector that have the column, or of two halves its neighbour, so that the blends
  // of both are the same; the other lanes stay.
  template <std::size_t kColumn, std::size_t kVector>
  struct OfColumn {
    static constexpr int of(std::size_t lane) {
      const std::size_t column = (kVector * kLanes + lane) % W;
      return static_cast<int>(column / kHalves == kColumn / kHalves ? kLanes + lane : lane);
    }
  };
  template <std::size_t kColumn>
  struct InOrder {
    static constexpr int of(std::size_t lane) {
      const std::size_t row = static_cast<std::size_t>(RowOrder::of(lane));
      const std::size_t element = row * W + kColumn, vector = element / kLanes;
      return static_cast<int>(element % kLanes + vector / kVectors * kLanes);
    }
  };
};

}  // namespace
}  // namespace logigrad
