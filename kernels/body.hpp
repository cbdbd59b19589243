// What a kernel body is to the drivers: a function over a contiguous range of rows.
//
// A body is single-threaded and ADDS its part of (dL/dw, dL/db, L) to `partial`, D + 2 doubles,
// whatever T is. It sums in T for at most kFlushTerms terms an accumulator, then adds that to the
// partial ("flush"). This file is included by files compiled for one ISA: plain types only.
#pragma once

#include <cstddef>

namespace logigrad {

// A sum of 256 terms in T sees 256 roundings: the 256 of the error bound's k = 264. The other 8 are
// at most 8 flushes of a chunk (the first is exact; of 255 terms at most 9) and the result's.
inline constexpr std::size_t kFlushTerms = 256;
inline constexpr std::size_t kMaxChunkRows = 8 * kFlushTerms;
inline constexpr std::size_t kScratchAlignment = 64;  // bytes: a cache line, a zmm register

// X beyond this comes from memory or a large shared cache, where fetching ahead pays: 1.2 times at
// 16 MiB in L3, while up to 4 MiB it costs 10 % (Zen 4, 1 MiB of L2).
inline constexpr std::size_t kFromMemoryBytes = std::size_t{8} << 20;

template <class T>
struct RowRange {
  const T* x;
  std::size_t rows;  // <= kMaxChunkRows
  std::size_t cols;
  std::size_t stride;
  const T* y;
  const T* weights;  // null: all 1
  const T* w;
  T b;
  bool from_memory;  // X, without its gaps, is larger than kFromMemoryBytes
  // Not null: these rows are the whole problem, no more than BodyEntry::rows_of_one_flush, and
  // dL/dw goes here, in T, instead of being added to the partial.
  T* dw = nullptr;
};

// `scratch`: as many T as the body asked for, kScratchAlignment-aligned, contents undefined.
// `partial`: dL/dw at [0, cols), dL/db at [cols], L at [cols + 1] (left alone by a gradient alone).
template <class T>
using BodyFunction = void (*)(const RowRange<T>& range, T* scratch, double* partial);

template <class T>
struct BodyEntry {
  BodyFunction<T> gradient;
  BodyFunction<T> loss_gradient;
  std::size_t (*scratch)(std::size_t cols);  // elements of T
  std::size_t most_cols;                     // it passes wider rows on to another body
  // Up to so many rows it adds to each element of the partial once, and heeds RowRange::dw; null:
  // it promises that of none.
  std::size_t (*rows_of_one_flush)(std::size_t cols) = nullptr;
};

struct BodyRow {
  const char* name;
  bool vector_margin;
  BodyEntry<float> f32;
  BodyEntry<double> f64;
};

// out[i] = f(in[i]): the bodies' own functions, for the tests.
template <class T>
using MapFunction = void (*)(const T* in, T* out, std::size_t count);

// The one symbol of an object that is compiled for an ISA.
struct IsaTable {
  const char* name;
  const BodyRow* bodies;
  std::size_t body_count;
  std::size_t lanes_f32, lanes_f64;
  MapFunction<float> sigmoid_f32, softplus_f32;
  MapFunction<double> sigmoid_f64, softplus_f64;
};

}  // namespace logigrad
