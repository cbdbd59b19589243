// See mann_whitney.hpp.
#include "tools/stats/mann_whitney.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "tools/stats/rank_sum.hpp"
#include "tools/stats/sample.hpp"
#include "tools/stats/ties.hpp"

namespace logigrad::stats {
namespace {

// The pairs with y > x, and half of those with y = x.
double statistic(std::vector<double> x, const std::vector<double>& y) {
  std::sort(x.begin(), x.end());
  double u = 0;
  for (const double value : y) {
    const auto [below, above] = std::equal_range(x.begin(), x.end(), value);
    u += 0.5 * static_cast<double>((below - x.begin()) + (above - x.begin()));
  }
  return u;
}

}  // namespace

double RankTest::two_sided() const { return std::min(1.0, 2 * std::min(less, greater)); }

RankTest mann_whitney(const std::vector<double>& x, const std::vector<double>& y) {
  require_finite(x);
  require_finite(y);
  std::vector<double> pooled = x;
  pooled.insert(pooled.end(), y.begin(), y.end());
  const RankSumDistribution distribution(ties_of(std::move(pooled)), y.size());
  const double u = statistic(x, y);
  return {distribution.at_most(u), distribution.at_least(u)};
}

double least_p(std::size_t x_count, std::size_t y_count) {
  return std::min(1.0, 2 * RankSumDistribution(x_count, y_count).at_most(0));
}

Shift hodges_lehmann(const std::vector<double>& x, const std::vector<double>& y, double alpha) {
  require_finite(x);
  require_finite(y);
  if (!(alpha > 0 && alpha < 1)) throw std::invalid_argument("found an alpha outside (0, 1)");
  std::vector<double> differences;
  differences.reserve(x.size() * y.size());
  for (const double b : y) {
    for (const double a : x) differences.push_back(b - a);
  }
  std::sort(differences.begin(), differences.end());
  const RankSumDistribution distribution(x.size(), y.size());
  std::size_t outside = 0;  // differences beyond the interval, at each end
  while (distribution.at_most(static_cast<double>(outside)) <= 0.5 * alpha) ++outside;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double estimate = median(differences);
  if (outside == 0) return {estimate, -kInfinity, kInfinity};
  return {estimate, differences[outside - 1], differences[differences.size() - outside]};
}

}  // namespace logigrad::stats
