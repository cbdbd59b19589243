// See spread.hpp.
#include "tools/stats/spread.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "tools/stats/sample.hpp"

namespace logigrad::stats {

double root_mean_square(const std::vector<double>& values) {
  require_finite(values);
  return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0) /
                   static_cast<double>(values.size()));
}

double next_size_bound(const std::vector<double>& values, double alpha) {
  if (!(alpha > 0 && alpha < 1)) throw std::invalid_argument("found an alpha outside (0, 1)");
  require_finite(values);
  if (values.size() < 2) throw std::invalid_argument("found one value, expected a spread");
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  std::vector<double> rest = values;
  for (double& value : rest) value -= mean;
  const double deviation = root_mean_square(rest) * std::sqrt(n / (n - 1));
  const boost::math::students_t_distribution<> student(n - 1);
  const double t = boost::math::quantile(boost::math::complement(student, alpha / 2));
  return std::abs(mean) + t * deviation * std::sqrt(1 + 1 / n);
}

double size_bound(const std::vector<double>& values, double alpha) {
  if (!(alpha > 0 && alpha < 1)) throw std::invalid_argument("found an alpha outside (0, 1)");
  const double spread = root_mean_square(values);
  const boost::math::students_t_distribution<> student(static_cast<double>(values.size()));
  return boost::math::quantile(boost::math::complement(student, 0.5 * alpha)) * spread;
}

}  // namespace logigrad::stats
