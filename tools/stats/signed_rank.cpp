// See signed_rank.hpp.
#include "tools/stats/signed_rank.hpp"

#include <algorithm>
#include <array>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "tools/stats/sample.hpp"
#include "tools/stats/ties.hpp"

namespace logigrad::stats {
namespace {

using Counts = std::shared_ptr<const std::vector<double>>;

// The number of choices of signs with doubled T <= i.
Counts count_choices(const std::vector<std::size_t>& ties) {
  const std::vector<std::size_t> ranks = doubled_midranks(ties);
  std::vector<double> ways(std::accumulate(ranks.begin(), ranks.end(), std::size_t{1}));
  ways[0] = 1;
  for (const std::size_t rank : ranks) {
    for (std::size_t sum = ways.size(); sum-- > rank;) ways[sum] += ways[sum - rank];
  }
  std::partial_sum(ways.begin(), ways.end(), ways.begin());
  return std::make_shared<const std::vector<double>>(std::move(ways));
}

// Without ties it depends on the number alone; a gate asks for the same few again and again.
const Counts& choices_without_ties(std::size_t count) {
  static const auto kTable = [] {
    std::array<Counts, kMostSigned + 1> table;
    for (std::size_t n = 0; n < table.size(); ++n)
      table[n] = count_choices(std::vector<std::size_t>(n, 1));
    return table;
  }();
  return kTable[count];
}

}  // namespace

SignedRankDistribution::SignedRankDistribution(const std::vector<std::size_t>& ties) {
  const std::size_t count = std::accumulate(ties.begin(), ties.end(), std::size_t{0});
  if (count == 0) throw std::invalid_argument("found no differences, expected some");
  const double n = static_cast<double>(count);
  double tied = 0;  // sum of t^3 - t
  for (const std::size_t size : ties) {
    const double t = static_cast<double>(size);
    tied += t * t * t - t;
  }
  mean_ = n * (n + 1) / 4;
  deviation_ = std::sqrt(n * (n + 1) * (2 * n + 1) / 24 - tied / 48);
  if (count <= kMostSigned)
    at_most_ = ties.size() == count ? choices_without_ties(count) : count_choices(ties);
}

SignedRankDistribution::SignedRankDistribution(std::size_t count)
    : SignedRankDistribution(std::vector<std::size_t>(count, 1)) {}

double SignedRankDistribution::at_most(double t) const {
  if (!at_most_) {
    const boost::math::normal_distribution<> normal;
    return boost::math::cdf(normal, (t + 0.5 - mean_) / deviation_);
  }
  if (t < 0) return 0;
  const auto index = static_cast<std::size_t>(2 * t);
  return (*at_most_)[std::min(index, at_most_->size() - 1)] / at_most_->back();
}

// With all signs turned T is its largest value less T.
double SignedRankDistribution::at_least(double t) const { return at_most(2 * mean_ - t); }

RankTest signed_rank(const std::vector<double>& differences) {
  require_finite(differences);
  std::vector<double> ordered;  // by size
  std::copy_if(differences.begin(), differences.end(), std::back_inserter(ordered),
               [](double difference) { return difference != 0; });
  if (ordered.empty()) return {1, 1};
  std::sort(ordered.begin(), ordered.end(),
            [](double a, double b) { return std::abs(a) < std::abs(b); });
  std::vector<std::size_t> ties;
  std::size_t doubled = 0;
  for (std::size_t begin = 0, end = 0; begin < ordered.size(); begin = end) {
    const double size = std::abs(ordered[begin]);
    // Twice the midrank of ranks begin + 1 to end is begin + 1 + end.
    while (end < ordered.size() && std::abs(ordered[end]) == size) ++end;
    for (std::size_t i = begin; i < end; ++i) doubled += ordered[i] > 0 ? begin + 1 + end : 0;
    ties.push_back(end - begin);
  }
  const SignedRankDistribution distribution(ties);
  const double t = 0.5 * static_cast<double>(doubled);
  return {distribution.at_most(t), distribution.at_least(t)};
}

double least_signed_p(std::size_t count) {
  return std::min(1.0, 2 * SignedRankDistribution(count).at_most(0));
}

WalshAverages::WalshAverages(const std::vector<double>& differences) : count_(differences.size()) {
  require_finite(differences);
  averages_.reserve(count_ * (count_ + 1) / 2);
  for (std::size_t i = 0; i < count_; ++i) {
    // Halved first: the sum of two huge ones is none.
    for (std::size_t j = 0; j <= i; ++j)
      averages_.push_back(0.5 * differences[i] + 0.5 * differences[j]);
  }
  const auto middle = averages_.begin() + static_cast<std::ptrdiff_t>(averages_.size() / 2);
  std::nth_element(averages_.begin(), middle, averages_.end());
  const double below =
      averages_.size() % 2 ? *middle : *std::max_element(averages_.begin(), middle);
  estimate_ = 0.5 * below + 0.5 * *middle;
}

Shift WalshAverages::interval(double alpha) {
  if (!(alpha > 0 && alpha < 1)) throw std::invalid_argument("found an alpha outside (0, 1)");
  const SignedRankDistribution distribution(count_);
  // Averages beyond the interval, at each end: the least T that is not too improbable.
  std::ptrdiff_t outside = 0;
  for (auto above = static_cast<std::ptrdiff_t>(averages_.size()); outside < above;) {
    const std::ptrdiff_t between = outside + (above - outside) / 2;
    if (distribution.at_most(static_cast<double>(between)) <= 0.5 * alpha)
      outside = between + 1;
    else
      above = between;
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (outside == 0) return {estimate_, -kInfinity, kInfinity};
  // P(T <= t) passes 1/2 in the middle, so that either end is on its own side of it.
  const auto middle = averages_.begin() + static_cast<std::ptrdiff_t>(averages_.size() / 2);
  const auto low = averages_.begin() + outside - 1, high = averages_.end() - outside;
  std::nth_element(averages_.begin(), low, middle);
  std::nth_element(middle, high, averages_.end());
  return {estimate_, *low, *high};
}

}  // namespace logigrad::stats
