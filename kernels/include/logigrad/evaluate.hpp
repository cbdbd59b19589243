// One evaluation of the logistic loss and its gradient: the drivers round the kernel bodies.
//
// Rows are split into chunks whose boundaries depend on shape and type alone; each chunk's part is
// summed in T with a flush into double every 256 rows; the parts are merged in double (float) or
// compensated double (double) in the order of the chunks. So the result is the same, bit for
// bit, for every number of threads and every repetition.
#pragma once

#include <cstddef>
#include <memory>

#include "logigrad/problem.hpp"
#include "logigrad/variant.hpp"

namespace logigrad {

// Memory for evaluations, kept between calls: a call in a loop with the same Workspace, shape and
// thread count allocates nothing after the first. One evaluation at a time may use it.
class Workspace {
 public:
  Workspace() = default;
  // At least `bytes` of 64-byte aligned memory, contents undefined. Throws std::bad_alloc.
  std::byte* reserve(std::size_t bytes);

 private:
  struct Free {
    void operator()(std::byte* p) const;
  };
  std::unique_ptr<std::byte, Free> memory_;
  std::size_t bytes_ = 0;
};

struct Options {
  const Variant* variant = nullptr;  // null: auto_variant()
  int threads = 0;                 // 0: as OpenMP says (OMP_NUM_THREADS), or 1 where that is faster
  Workspace* workspace = nullptr;  // null: allocated for this call
};

// Writes dL/dw to dw[0..D) and dL/db to *db, and returns the loss L. `w` has D elements.
// With problem.intercept == false, `b` is ignored and `db` may be null.
// N = 0 gives zeros (and the L2 term). Rows are not scanned for bad labels: Problem::checked().
//
// Throws std::invalid_argument naming the argument: a null pointer whose count is not 0, stride <
// cols, rows * stride beyond the address space, outputs that overlap each other or an input,
// a negative or non-finite l2, a negative thread count, a variant of another type or one that
// cannot run here. Throws std::bad_alloc.
template <class T>
double loss_gradient(const Problem<T>& problem, const T* w, T b, T* dw, T* db,
                     const Options& options = {});

// The same without the loss and so without logarithms. dw and db have the same bits.
template <class T>
void gradient(const Problem<T>& problem, const T* w, T b, T* dw, T* db,
              const Options& options = {});

// The rows of a chunk for this shape: the unit of parallel work. At most 2048 = 8 flushes.
std::size_t chunk_rows(std::size_t rows, std::size_t cols, Dtype dtype);

// How many threads an evaluation of this shape uses when asked for `threads`. By default (0) it is
// OpenMP's where the busiest thread has at least 262,144 elements of X less to do than one alone, a
// row counting 8 more for its sigmoid, and one thread below 16,384. Between them it depends on how
// long a parallel region takes in this process, which the first such call measures. The
// result does not depend on it.
int planned_threads(std::size_t rows, std::size_t cols, Dtype dtype, int threads);

}  // namespace logigrad
