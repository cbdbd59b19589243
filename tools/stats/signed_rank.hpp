// One sample of differences: are they above or below 0, by how much, and within which interval.
//
// Wilcoxon's signed-rank test of pairs, with Hodges and Lehmann's estimate and the interval that
// belong to it (one-sample; mann_whitney.hpp has the same of two samples). If swapping the two of a
// pair changes nothing, each difference is as likely x as -x, and every choice of signs is equally
// likely, so that the distribution of the ranks' sum is counted, not assumed. Differences of 0 say
// nothing, and are left out.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "tools/stats/mann_whitney.hpp"

namespace logigrad::stats {

// Differences up to which the distribution is exact: 2^53 choices of signs are whole numbers in
// double. Beyond, the normal approximation with the corrections for ties and for continuity takes
// over. In the tail it is on the safe side: of 54 differences what it calls 1e-4 is 6e-5.
inline constexpr std::size_t kMostSigned = 53;

// The null distribution of T, the sum of the ranks of the positive differences, given the ties of
// their sizes.
class SignedRankDistribution {
 public:
  // `ties` holds the sizes of the groups of differences of equal size, ascending; at least one.
  explicit SignedRankDistribution(const std::vector<std::size_t>& ties);

  // Of `count` differences without a tie.
  explicit SignedRankDistribution(std::size_t count);

  // P(T <= t) and P(T >= t), where t is a multiple of 1/2.
  double at_most(double t) const;
  double at_least(double t) const;

 private:
  double mean_, deviation_;
  std::shared_ptr<const std::vector<double>> at_most_;  // choices with T <= i/2; null: the normal
};

// One-sided p-values of "differences are about 0": `less` is small if they are below it.
RankTest signed_rank(const std::vector<double>& differences);

// The smallest two-sided p-value that so many differences without ties can have.
double least_signed_p(std::size_t count);

// Where differences lie: estimates and intervals of several confidences of one sample.
class WalshAverages {
 public:
  // The means of every two differences, and of each with itself.
  explicit WalshAverages(const std::vector<double>& differences);

  double estimate() const { return estimate_; }  // their median

  // The closed interval of confidence 1 - `alpha`, two-sided: the shifts that the test does not
  // reject. Its ends are averages, counted from both ends by the quantile of T without ties, which
  // keeps the confidence with ties too (Hollander and Wolfe, Nonparametric Statistical Methods,
  // 3.3).
  Shift interval(double alpha);

 private:
  std::size_t count_;
  // Those below the middle first, but not sorted: of thousands only a few are ever asked for.
  std::vector<double> averages_;
  double estimate_;
};

}  // namespace logigrad::stats
