// The peers' own loops for one ISA: plain loops for the compiler's vectoriser. This file is
// compiled once for every line of cmake/isas.cmake, with that line's flags, and each object exports
// one symbol, its table, so that nothing compiled with AVX-512 flags is shared.
//
// Unlike the kernels' their sums are in T over all rows, in whatever order the compiler likes: the
// flags in CMakeLists.txt say that it may.
#include "bench/peers/isa_code.hpp"
#include "kernels/isa_name.hpp"
#include "kernels/scalar_math.hpp"

namespace logigrad::bench {
namespace {

template <class T>
[[gnu::flatten]] T slopes(const T* __restrict y, T b, T* __restrict z, std::size_t count,
                          MapFunction<T> sigmoid) {
  constexpr std::size_t kBlock = 512;  // stays in L1
  constexpr std::size_t kLanes = 16;   // a whole vector on every ISA: the sigmoid has no remainder
  alignas(64) T t[kBlock];
  T sum = 0;
  for (std::size_t first = 0; first < count; first += kBlock) {
    const std::size_t n = count - first < kBlock ? count - first : kBlock;
    for (std::size_t i = 0; i < n; ++i) t[i] = -y[first + i] * (z[first + i] + b);
    const std::size_t padded = (n + kLanes - 1) / kLanes * kLanes;
    for (std::size_t i = n; i < padded; ++i) t[i] = 0;
    sigmoid(t, t, padded);
    for (std::size_t i = 0; i < n; ++i) {
      const T slope = -y[first + i] * t[i];
      z[first + i] = slope;
      sum += slope;
    }
  }
  return sum;
}

template <class T>
T dot(const T* __restrict x, const T* __restrict w, std::size_t cols) {
  T z = 0;
  for (std::size_t j = 0; j < cols; ++j) z += x[j] * w[j];
  return z;
}

template <class T>
void add_row(T slope, const T* __restrict x, T* __restrict dw, std::size_t cols) {
  for (std::size_t j = 0; j < cols; ++j) dw[j] += slope * x[j];
}

// Dot, sigmoid, axpy: the row is still in L1 when it is used again.
template <class T>
[[gnu::flatten]] void row_at_a_time(const RowRange<T>& range, T* __restrict dw, T* db) {
  const RowRange<T> r = range;  // a copy that no store to dw can change
  T sum = 0;
  for (std::size_t n = 0; n < r.rows; ++n) {
    const T* x = r.x + n * r.stride;
    const T t = r.y[n] * (dot(x, r.w, r.cols) + r.b);
    const T slope = -r.y[n] * sigmoid_softplus<false>(t).sigmoid;
    add_row(slope, x, dw, r.cols);
    sum += slope;
  }
  *db += sum;
}

// z[i] += x_i . w for four rows: four chains of additions instead of one.
template <class T>
void dot_four(const T* __restrict x, std::size_t stride, const T* __restrict w, std::size_t cols,
              T* __restrict z) {
  const T *x1 = x + stride, *x2 = x1 + stride, *x3 = x2 + stride;
  T z0 = 0, z1 = 0, z2 = 0, z3 = 0;
  for (std::size_t j = 0; j < cols; ++j) {
    z0 += x[j] * w[j];
    z1 += x1[j] * w[j];
    z2 += x2[j] * w[j];
    z3 += x3[j] * w[j];
  }
  z[0] += z0;
  z[1] += z1;
  z[2] += z2;
  z[3] += z3;
}

template <class T>
void add_four(const T* __restrict s, const T* __restrict x, std::size_t stride, T* __restrict dw,
              std::size_t cols) {
  const T *x1 = x + stride, *x2 = x1 + stride, *x3 = x2 + stride;
  const T s0 = s[0], s1 = s[1], s2 = s[2], s3 = s[3];
  for (std::size_t j = 0; j < cols; ++j) {
    dw[j] += s0 * x[j] + s1 * x1[j] + s2 * x2[j] + s3 * x3[j];
  }
}

// The blocks of SystemDS's LibMatrixMult.matrixMultChainDense: 24 rows x 1024 columns, whose second
// pass takes four rows at once. Here the first does too.
template <class T>
[[gnu::flatten]] void systemds(const RowRange<T>& r, MapFunction<T> sigmoid, T* dw, T* db) {
  constexpr std::size_t kRows = 24, kCols = 1024;
  for (std::size_t n = 0; n < r.rows; n += kRows) {
    const std::size_t rows = r.rows - n < kRows ? r.rows - n : kRows, fours = rows / 4 * 4;
    const T* block = r.x + n * r.stride;
    T z[kRows] = {};
    for (std::size_t j = 0; j < r.cols; j += kCols) {
      const std::size_t cols = r.cols - j < kCols ? r.cols - j : kCols;
      const T* x = block + j;
      for (std::size_t i = 0; i < fours; i += 4)
        dot_four(x + i * r.stride, r.stride, r.w + j, cols, z + i);
      for (std::size_t i = fours; i < rows; ++i) z[i] += dot(x + i * r.stride, r.w + j, cols);
    }
    *db += slopes(r.y + n, r.b, z, rows, sigmoid);
    for (std::size_t j = 0; j < r.cols; j += kCols) {
      const std::size_t cols = r.cols - j < kCols ? r.cols - j : kCols;
      const T* x = block + j;
      for (std::size_t i = 0; i < fours; i += 4)
        add_four(z + i, x + i * r.stride, r.stride, dw + j, cols);
      for (std::size_t i = fours; i < rows; ++i) add_row(z[i], x + i * r.stride, dw + j, cols);
    }
  }
}

#define LOGIGRAD_TABLE LOGIGRAD_JOIN(kOwnCode_, LOGIGRAD_ISA)

}  // namespace

extern const OwnCodeTable LOGIGRAD_TABLE;
constinit const OwnCodeTable LOGIGRAD_TABLE = {
    LOGIGRAD_STRING(LOGIGRAD_ISA),
    "the compiler's vectoriser (" LOGIGRAD_STRING(LOGIGRAD_ISA) ")",
    {slopes<float>, row_at_a_time<float>, systemds<float>},
    {slopes<double>, row_at_a_time<double>, systemds<double>}};

}  // namespace logigrad::bench
