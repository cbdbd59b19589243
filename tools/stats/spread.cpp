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

double size_bound(const std::vector<double>& values, double alpha) {
  if (!(alpha > 0 && alpha < 1)) throw std::invalid_argument("found an alpha outside (0, 1)");
  const double spread = root_mean_square(values);
  const boost::math::students_t_distribution<> student(static_cast<double>(values.size()));
  return boost::math::quantile(boost::math::complement(student, 0.5 * alpha)) * spread;
}

}  // namespace logigrad::stats
