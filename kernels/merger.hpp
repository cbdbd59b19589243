// The sums over all chunks: double for float, compensated double (TwoSum) for double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace logigrad {

// A compensated sum keeps what was rounded away in an error term beside it.
template <class T>
class Merger {
 public:
  static constexpr bool kCompensated = sizeof(T) == 8;

  // Of `count` sums, which are set to 0; `errors` is unused for float.
  Merger(double* sums, double* errors, std::size_t count)
      : sums_(sums), errors_(errors), count_(count) {
    std::fill_n(sums_, count_, 0.0);
    if constexpr (kCompensated) std::fill_n(errors_, count_, 0.0);
  }

  std::size_t count() const { return count_; }

  // For chunks that need no partial of their own: what is added here is not merged again.
  double* sums() { return sums_; }

  // Adds elements [first, last) of a chunk's partial.
  void add(const double* partial, std::size_t first, std::size_t last) {
    for (std::size_t j = first; j < last; ++j) {
      const double a = sums_[j], b = partial[j], s = a + b;
      if constexpr (kCompensated) {
        const double b_rounded = s - a;
        errors_[j] += (a - (s - b_rounded)) + (b - b_rounded);
      }
      sums_[j] = s;
    }
  }

  // An infinite sum leaves a NaN in the error term: it has none.
  double total(std::size_t j) const {
    if constexpr (!kCompensated) return sums_[j];
    return std::isfinite(errors_[j]) ? sums_[j] + errors_[j] : sums_[j];
  }

 private:
  double* sums_;
  double* errors_;
  std::size_t count_;
};

}  // namespace logigrad
