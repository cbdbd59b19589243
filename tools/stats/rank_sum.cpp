// See rank_sum.hpp.
#include "tools/stats/rank_sum.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "tools/stats/ties.hpp"

namespace logigrad::stats {
namespace {

// The number of ways to choose `chosen` of the ranks, by their sum.
std::vector<double> subset_sums(const std::vector<std::size_t>& ranks, std::size_t chosen) {
  const std::size_t largest = std::accumulate(ranks.end() - static_cast<std::ptrdiff_t>(chosen),
                                              ranks.end(), std::size_t{0});
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(largest + 1));
  ways[0][0] = 1;
  std::size_t seen = 0;
  for (const std::size_t rank : ranks) {
    ++seen;
    for (std::size_t k = std::min(seen, chosen); k > 0; --k) {
      for (std::size_t sum = rank; sum <= largest; ++sum) ways[k][sum] += ways[k - 1][sum - rank];
    }
  }
  return ways[chosen];
}

double cubed(std::size_t n) { return std::pow(static_cast<double>(n), 3); }

}  // namespace

RankSumDistribution::RankSumDistribution(const std::vector<std::size_t>& ties,
                                         std::size_t y_count) {
  const std::size_t pooled = std::accumulate(ties.begin(), ties.end(), std::size_t{0});
  if (y_count == 0 || y_count >= pooled)
    throw std::invalid_argument("found an empty sample, expected two with values");
  const double n = static_cast<double>(pooled), y = static_cast<double>(y_count);
  double tied = 0;  // sum of t^3 - t
  for (const std::size_t t : ties) tied += cubed(t) - static_cast<double>(t);
  mean_ = 0.5 * (n - y) * y;
  deviation_ = std::sqrt((n - y) * y / 12 * (n + 1 - tied / (n * (n - 1))));
  if (pooled <= kMostExact) count(ties, y_count);
}

RankSumDistribution::RankSumDistribution(std::size_t x_count, std::size_t y_count)
    : RankSumDistribution(std::vector<std::size_t>(x_count + y_count, 1), y_count) {}

void RankSumDistribution::count(const std::vector<std::size_t>& ties, std::size_t y_count) {
  const std::vector<double> ways = subset_sums(doubled_midranks(ties), y_count);
  // U = rank sum - y (y + 1) / 2; the sums are doubled, so is U.
  const auto least = static_cast<std::ptrdiff_t>(y_count * (y_count + 1));
  at_most_.assign(ways.begin() + least, ways.end());
  std::partial_sum(at_most_.begin(), at_most_.end(), at_most_.begin());
}

// Whole numbers below 2^53: a difference from all the choices is exact, in either tail.
double RankSumDistribution::choices_at_most(double u) const {
  if (u < 0) return 0;
  return at_most_[std::min(static_cast<std::size_t>(2 * u), at_most_.size() - 1)];
}

double RankSumDistribution::at_most(double u) const {
  if (!at_most_.empty()) return choices_at_most(u) / at_most_.back();
  if (deviation_ == 0) return u >= mean_ ? 1 : 0;  // all values are equal: U is its mean
  const boost::math::normal_distribution<> normal;
  return boost::math::cdf(normal, (u + 0.5 - mean_) / deviation_);
}

double RankSumDistribution::at_least(double u) const {
  if (at_most_.empty()) return at_most(2 * mean_ - u);
  return (at_most_.back() - choices_at_most(u - 0.5)) / at_most_.back();
}

}  // namespace logigrad::stats
