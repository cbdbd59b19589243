// What one evaluation has to do at the least: the cost model that counters, rooflines and
// documents share. Caches are ignored: X and y are read once, w and dw stay where they are.
#pragma once

#include <cstddef>

namespace logigrad {

struct Cost {
  double bytes;  // read from memory: X, y and the sample weights, once
  double flops;  // 2 D for the margin, 2 D for the gradient, a row; the sigmoid counts nothing
};

constexpr Cost cost_of(std::size_t rows, std::size_t cols, std::size_t element_size,
                       bool weighted = false) {
  const double n = static_cast<double>(rows), d = static_cast<double>(cols);
  return {n * (d + (weighted ? 2 : 1)) * static_cast<double>(element_size), 4 * n * d};
}

}  // namespace logigrad
