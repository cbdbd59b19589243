// See sample.hpp.
#include "tools/stats/sample.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace logigrad::stats {

void require_finite(const std::vector<double>& values) {
  if (values.empty()) throw std::invalid_argument("found an empty sample, expected values");
  if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
    throw std::invalid_argument("found a value that is not finite in a sample");
}

double median(std::vector<double> values) {
  require_finite(values);
  const std::size_t middle = values.size() / 2;
  std::sort(values.begin(), values.end());
  return values.size() % 2 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

std::vector<double> logarithms(const std::vector<double>& values) {
  require_finite(values);
  if (*std::min_element(values.begin(), values.end()) <= 0)
    throw std::invalid_argument("found a value that is not above 0, expected a logarithm of it");
  std::vector<double> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(),
                 [](double v) { return std::log(v); });
  return result;
}

double geometric_mean(const std::vector<double>& values) {
  const std::vector<double> logs = logarithms(values);
  return std::exp(std::accumulate(logs.begin(), logs.end(), 0.0) /
                  static_cast<double>(logs.size()));
}

}  // namespace logigrad::stats
