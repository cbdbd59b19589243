// A vector of rows as columns: lane l of column j is element j of the row row_of(l), for rows that
// are at most two blocks of 128 bits wide.
//
// Rows without gaps, or with one element between them, are loaded as whole vectors. Those are
// parted by log2(D) stages of two-source shuffles, or, where D is no power of two, a column is a
// permutation of a blend of them. All other rows are put together from pieces of 16 bytes, one of a
// row, and then transposed within the blocks. Which row comes to lie in which lane follows from the
// cheapest shuffles of the rows without gaps: nearly all stay within their block, which is one
// instruction on every ISA. Labels and weights are brought into that order by arrange().
#pragma once

#include <bit>

#include "kernels/simd/blends.hpp"
#include "kernels/simd/lane_masks.hpp"

namespace logigrad {
namespace {

template <class T, class A, std::size_t D>
class Transposition {
  static constexpr std::size_t kPerBlock = 16 / sizeof(T);
  static constexpr std::size_t rows_per_block(std::size_t stride) {
    return std::has_single_bit(stride) && stride < kPerBlock ? kPerBlock / stride : 1;
  }

 public:
  using B = xsimd::batch<T, A>;
  static constexpr std::size_t kLanes = B::size;
  static_assert(D >= 1 && D <= 2 * kPerBlock);

  // The piece of a row of fewer than 16 bytes reaches into at most this many rows behind it.
  static constexpr std::size_t kRowsBeyond = D < kPerBlock ? kPerBlock - 1 : 0;

  // Whether load() takes whole vectors of rows so many elements apart, D or one more: powers of two
  // by stages, whose order must be that of the rows, others by blends.
  template <std::size_t kStride>
  static constexpr bool kLoadsWhole =
      !std::has_single_bit(kStride)
          ? kStride <= kMostBlended<T>
          : kStride == D || (kMostBlended<T> && rows_per_block(kStride) == rows_per_block(D));

  static constexpr std::size_t row_of(std::size_t lane) {
    const std::size_t block = lane / kPerBlock, i = lane % kPerBlock;
    return i / kRowsPerBlock * (kBlocks * kRowsPerBlock) + block * kRowsPerBlock +
           i % kRowsPerBlock;
  }

  // Lanes in the order of the rows, brought into that of row_of().
  static LOGIGRAD_INLINE B arrange(const B& rows) {
    return shuffle<B, RowOrder>(rows, rows, kSequence);
  }
#if defined(__AVX512DQ__)
  static LOGIGRAD_INLINE LaneMask<T, A> arrange(const LaneMask<T, A>& rows) {
    return LaneMask<T, A>::not_zero(arrange(B(T(1)) & rows));
  }
#endif

  // Rows without gaps between them, or with gaps of an element, which whole vectors have as well.
  template <std::size_t kStride>
  static LOGIGRAD_INLINE void load(const T* x, B (&columns)[D]) {
    if constexpr (kLoadsWhole<kStride>) {
      B v[kStride];
      unroll<kStride>([&](auto k) {
        v[k] = B::load_unaligned(x + k * kLanes);
        // In this order. GCC 12 loads eight in the order of their shuffles, which no prefetcher
        // follows from memory: 2097152 x 8 4.2 ms instead of 2.8 (AVX-512, Zen 5).
        if constexpr (kStride == 8) hide(x);
      });
      if constexpr (std::has_single_bit(kStride)) {
        part<kStride>(v);
        unroll<D>([&](auto j) { columns[j] = v[j]; });
      } else {
        unroll<D>(
            [&](auto j) { columns[j] = Blends<B, kStride, RowOrder>::template column<j>(v); });
      }
    } else {
      load_pieces(x, kStride, columns);
    }
  }

  // Rows any distance apart, at least D.
  static LOGIGRAD_INLINE void load_pieces(const T* x, std::size_t stride, B (&columns)[D]) {
    transpose_pieces<(D < kPerBlock ? D : kPerBlock), 0>(x, stride, columns);
    // The second piece ends with the row, so that nothing behind it is read.
    if constexpr (D > kPerBlock) transpose_pieces<D - kPerBlock, kPerBlock>(x, stride, columns);
  }

 private:
  static constexpr std::size_t kBlocks = kLanes / kPerBlock;
  static constexpr std::size_t kRowsPerBlock = rows_per_block(D);
  static constexpr auto kSequence = std::make_index_sequence<kLanes>{};

  struct RowOrder {
    static constexpr int of(std::size_t lane) { return static_cast<int>(row_of(lane)); }
  };
  // Within each block, the even (or odd) lanes of a and then of b.
  template <std::size_t kOdd>
  struct Half {
    static constexpr int of(std::size_t lane) {
      const std::size_t i = 2 * (lane % kPerBlock) + kOdd, block = lane / kPerBlock;
      return static_cast<int>(block * kPerBlock + i % kPerBlock + i / kPerBlock * kLanes);
    }
  };
  // The even (or odd) blocks of a and then of b.
  template <std::size_t kOdd>
  struct Blocks {
    static constexpr int of(std::size_t lane) {
      const std::size_t block = 2 * (lane / kPerBlock) + kOdd;
      return static_cast<int>(block * kPerBlock + lane % kPerBlock);
    }
  };

  // Parts W vectors that hold rows of W elements: v[j] becomes column j.
  template <std::size_t W>
  static LOGIGRAD_INLINE void part(B (&v)[W]) {
    if constexpr (W > 1) {
      constexpr bool kByBlocks = W > kPerBlock;
      using Even = std::conditional_t<kByBlocks, Blocks<0>, Half<0>>;
      using Odd = std::conditional_t<kByBlocks, Blocks<1>, Half<1>>;
      B even[W / 2], odd[W / 2];
      unroll<W / 2>([&](auto k) {
        even[k] = shuffle<B, Even>(v[2 * k], v[2 * k + 1], kSequence);
        odd[k] = shuffle<B, Odd>(v[2 * k], v[2 * k + 1], kSequence);
      });
      part<W / 2>(even);
      part<W / 2>(odd);
      unroll<W / 2>([&](auto k) {
        v[kByBlocks ? k : 2 * k] = even[k];
        v[kByBlocks ? k + W / 2 : 2 * k + 1] = odd[k];
      });
    }
  }

  // Columns [kFirst, kFirst + kCount) from one piece of each row.
  template <std::size_t kCount, std::size_t kFirst>
  static LOGIGRAD_INLINE void transpose_pieces(const T* x, std::size_t stride, B (&columns)[D]) {
    constexpr std::size_t kSkip = kFirst ? kPerBlock - kCount : 0;
    B v[kPerBlock];
    unroll<kPerBlock>([&](auto i) {
      v[i] = gather_blocks([&](auto block) {
        return x + (kFirst - kSkip) + row_of(block * kPerBlock + i) * stride;
      });
    });
    part<kPerBlock>(v);
    unroll<kCount>([&](auto j) { columns[kFirst + j] = v[kSkip + j]; });
  }

  // The vector of the blocks at at(Index<0>), at(Index<1>), ...
  template <class At>
  static LOGIGRAD_INLINE B gather_blocks(const At& at) {
    if constexpr (kBlocks == 1) {
      return B::load_unaligned(at(Index<0>{}));
    } else {
      return insert_blocks(at);
    }
  }

#if defined(__AVX__)
  template <class At>
  static LOGIGRAD_INLINE B insert_blocks(const At& at) {
    const auto block = [&](auto i) { return load_block(at(i)); };
#if defined(__AVX512F__)
    if constexpr (sizeof(B) == 64) {
      __m512 v = _mm512_castps128_ps512(block(Index<0>{}));
      v = _mm512_insertf32x4(v, block(Index<1>{}), 1);
      v = _mm512_insertf32x4(v, block(Index<2>{}), 2);
      v = _mm512_insertf32x4(v, block(Index<3>{}), 3);
      return from_floats(v);
    }
#endif
    if constexpr (sizeof(B) == 32) {
      return from_floats(
          _mm256_insertf128_ps(_mm256_castps128_ps256(block(Index<0>{})), block(Index<1>{}), 1));
    }
  }
  static LOGIGRAD_INLINE __m128 load_block(const float* at) { return _mm_loadu_ps(at); }
  static LOGIGRAD_INLINE __m128 load_block(const double* at) {
    return _mm_castpd_ps(_mm_loadu_pd(at));
  }
  template <class Floats>
  static LOGIGRAD_INLINE B from_floats(Floats v) {
    typename B::register_type bits;
    static_assert(sizeof bits == sizeof v);
    __builtin_memcpy(&bits, &v, sizeof v);
    return B(bits);
  }
#endif
};

}  // namespace
}  // namespace logigrad
