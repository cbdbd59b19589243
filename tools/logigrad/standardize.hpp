// Columns brought to mean 0 and standard deviation 1, and parameters there and back.
//
//   x' = (x - mean) / scale,  w' = w scale,  b' = b + w . mean,  so  w' . x' + b' = w . x + b
//
// The loss is the same function of the data, but no column is a thousand times another, which is
// what makes plain gradient descent crawl.
#pragma once

#include <cstddef>
#include <vector>

#include "logigrad/problem.hpp"
#include "tools/logigrad/input.hpp"

namespace logigrad::program {

template <class T>
class Standardized {
 public:
  // Mean and standard deviation are over the rows (divided by N, sample weights not used), in
  // double. A column that is constant has scale 1: it becomes 0, and nothing moves its w. Throws
  // InputError for a column whose standard deviation overflows or underflows.
  // `raw` must have an intercept, which takes up the means. It stays in use: y and weights are its.
  Standardized(const Problem<T>& raw, const DataFacts& facts);

  Standardized(const Standardized&) = delete;

  const Problem<T>& problem() const { return problem_; }
  const std::vector<std::size_t>& constant_columns() const { return constant_; }

  // Both map (w, b) in place; computed in double.
  void from_raw(std::vector<T>& w, T& b) const;
  void to_raw(std::vector<T>& w, T& b) const;

 private:
  void measure(const Problem<T>& raw, const DataFacts& facts);

  std::vector<double> mean_, scale_;
  std::vector<std::size_t> constant_;
  std::vector<T> x_;
  Problem<T> problem_;
};

}  // namespace logigrad::program
