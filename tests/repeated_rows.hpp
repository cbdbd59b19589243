// A problem of billions of rows in the memory of a few: blocks of distinct rows, X and y shown
// again and again.
//
// Its truth costs no more than the distinct rows: each of them, with the number of times that it
// occurs as its weight, has the same sums.
#pragma once

#include <cstddef>
#include <vector>

#include "logigrad/problem.hpp"
#include "tests/repeated_memory.hpp"

namespace logigrad {

// `rows` x `cols`, of blocks of `block_rows` rows (a multiple of 1024, which fills pages), shown in
// the order given; what of the last block is beyond `rows` is not part of the problem.
template <class T>
class RepeatedRows {
 public:
  RepeatedRows(std::size_t rows, std::size_t cols, std::size_t block_rows, std::size_t blocks,
               const std::vector<std::size_t>& order)
      : rows_(rows),
        cols_(cols),
        x_(block_rows * cols * sizeof(T), blocks, order),
        y_(block_rows * sizeof(T), blocks, order),
        counts_(block_rows * blocks, T(0)) {
    for (std::size_t n = 0; n < rows; n += block_rows) {
      T* count = counts_.data() + order[n / block_rows] * block_rows;
      for (std::size_t i = 0; i < block_rows && n + i < rows; ++i) count[i] += 1;
    }
  }

  std::size_t distinct_rows() const { return counts_.size(); }
  T* x(std::size_t n) { return static_cast<T*>(x_.distinct()) + n * cols_; }
  T* y() { return static_cast<T*>(y_.distinct()); }

  Problem<T> problem() const {
    return of(static_cast<const T*>(x_.repeated()), static_cast<const T*>(y_.repeated()), rows_);
  }

  // The distinct rows, weighted: the same sums, and the same bounds.
  Problem<T> weighted() {
    Problem<T> result = of(x(0), y(), distinct_rows());
    result.weights = counts_.data();
    return result;
  }

 private:
  Problem<T> of(const T* x, const T* y, std::size_t rows) const {
    return {.x = x, .rows = rows, .cols = cols_, .stride = cols_, .y = y};
  }

  std::size_t rows_, cols_;
  RepeatedMemory x_, y_;
  std::vector<T> counts_;
};

}  // namespace logigrad
