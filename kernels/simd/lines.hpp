// A row as the whole lines of memory that it lies in, for vectors as long as a cache line.
//
// A load across two lines takes two of a load port's cycles. A row whose D is no multiple of the
// lanes, and most rows behind it, cross a line with every vector, in both passes. Here every load
// of x is a line, the first and the last of a row masked, and it is w and dw that are loaded across
// lines, where their columns meet x's, once for several rows. A lane of a row's sum then has the
// terms that it has for an aligned row, in the same order, but is another lane: turn_back() undoes
// that, so that a row keeps its bits wherever it lies.
#pragma once

#include "kernels/simd/lane_masks.hpp"

namespace logigrad {
namespace {

#if defined(__AVX512DQ__)

inline constexpr bool kVectorsAreLines = true;

LOGIGRAD_INLINE __m512 turn_lanes(__m512 v, std::size_t by) {
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return _mm512_permutexvar_ps(_mm512_add_epi32(lanes, _mm512_set1_epi32(static_cast<int>(by))), v);
}
LOGIGRAD_INLINE __m512d turn_lanes(__m512d v, std::size_t by) {
  const __m512i lanes = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm512_permutexvar_pd(
      _mm512_add_epi64(lanes, _mm512_set1_epi64(static_cast<long long>(by))), v);
}

#else

inline constexpr bool kVectorsAreLines = false;

#endif

// All rows of the same D and the same offset. What is said of a row is said of its first line.
template <class T, class A>
class Lines {
 public:
  using B = xsimd::batch<T, A>;
  using Mode = xsimd::unaligned_mode;  // of dw
  static constexpr std::size_t kLanes = B::size;
  static constexpr bool kHasHead = true;
  static_assert(sizeof(B) == 64);

  // `cols` > lanes, so that no line is both the first and the last.
  Lines(std::size_t cols, const T* row)
      : offset_(reinterpret_cast<std::uintptr_t>(row) / sizeof(T) % kLanes),
        last_((offset_ + cols - 1) / kLanes * kLanes),
        head_(LaneMask<T, A>::last(kLanes - offset_)),
        tail_(LaneMask<T, A>::first(offset_ + cols - last_)) {}

  // The first line of a row; of a packed row that has a vector before and behind it, the place that
  // corresponds to it.
  template <class U>
  LOGIGRAD_INLINE U* first_of(U* row) const {
    return row - offset_;
  }
  std::size_t last() const { return last_; }  // the last line's first element
  std::size_t vectors() const { return last_ / kLanes + 1; }
  static constexpr bool has_tail() { return true; }

  LOGIGRAD_INLINE B head(const T* at) const { return head_.load(at); }
  LOGIGRAD_INLINE B tail(const T*, const T* at) const { return tail_.load(at); }

  LOGIGRAD_INLINE B turn_back(const B& sum) const { return turn_lanes(sum, offset_); }

 private:
  std::size_t offset_;  // elements of the first line before the row
  std::size_t last_;
  LaneMask<T, A> head_, tail_;
};

}  // namespace
}  // namespace logigrad
