// Means are summed as differences from the first row: a column far from 0, years or degrees
// Kelvin, loses no digits, and one that is constant is exactly so.
#include "tools/logigrad/standardize.hpp"

#include <fmt/format.h>

#include <cmath>

#include "tools/dataset/input_error.hpp"

namespace logigrad::program {
namespace {

// sums[j] = sum over the rows of term(j, x_nj).
template <class T, class Term>
std::vector<double> column_sums(const Problem<T>& p, const Term& term) {
  std::vector<double> sums(p.cols, 0.0);
  for (std::size_t n = 0; n < p.rows; ++n) {
    for (std::size_t j = 0; j < p.cols; ++j) {
      sums[j] += term(j, static_cast<double>(p.x[n * p.stride + j]));
    }
  }
  return sums;
}

}  // namespace

template <class T>
Standardized<T>::Standardized(const Problem<T>& raw, const DataFacts& facts) : problem_(raw) {
  measure(raw, facts);
  x_.resize(raw.rows * raw.cols);
  for (std::size_t n = 0; n < raw.rows; ++n) {
    for (std::size_t j = 0; j < raw.cols; ++j) {
      const double x = static_cast<double>(raw.x[n * raw.stride + j]);
      x_[n * raw.cols + j] = static_cast<T>((x - mean_[j]) / scale_[j]);
    }
  }
  problem_.x = x_.data();
  problem_.stride = raw.cols;
}

template <class T>
void Standardized<T>::measure(const Problem<T>& raw, const DataFacts& facts) {
  const double rows = static_cast<double>(raw.rows);
  const auto first = [&](std::size_t j) { return static_cast<double>(raw.x[j]); };
  mean_ = column_sums(raw, [&](std::size_t j, double x) { return x - first(j); });
  for (std::size_t j = 0; j < raw.cols; ++j) mean_[j] = first(j) + mean_[j] / rows;
  scale_ = column_sums(raw, [&](std::size_t j, double x) { return std::pow(x - mean_[j], 2); });
  const std::vector<double> different =
      column_sums(raw, [&](std::size_t j, double x) { return x != first(j) ? 1.0 : 0.0; });
  for (std::size_t j = 0; j < raw.cols; ++j) {
    scale_[j] = std::sqrt(scale_[j] / rows);
    if (different[j] == 0) {
      scale_[j] = 1;
      constant_.push_back(j);
    } else if (!std::isnormal(scale_[j])) {
      throw InputError(
          fmt::format("--standardize: {} has a standard deviation of {}, expected one "
                      "that double can hold",
                      facts.column_name(j), scale_[j]));
    }
  }
}

template <class T>
void Standardized<T>::from_raw(std::vector<T>& w, T& b) const {
  double shift = 0;
  for (std::size_t j = 0; j < w.size(); ++j) {
    const double wj = static_cast<double>(w[j]);
    shift += wj * mean_[j];
    w[j] = static_cast<T>(wj * scale_[j]);
  }
  b = static_cast<T>(static_cast<double>(b) + shift);
}

template <class T>
void Standardized<T>::to_raw(std::vector<T>& w, T& b) const {
  double shift = 0;
  for (std::size_t j = 0; j < w.size(); ++j) {
    const double wj = static_cast<double>(w[j]) / scale_[j];
    shift += wj * mean_[j];
    w[j] = static_cast<T>(wj);
  }
  b = static_cast<T>(static_cast<double>(b) - shift);
}

template class Standardized<float>;
template class Standardized<double>;

}  // namespace logigrad::program
