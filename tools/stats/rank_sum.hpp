// The null distribution of U, the Mann-Whitney statistic, given the ties of the pooled sample.
//
// U counts the pairs (x, y) with y > x, a tie as one half. If both samples are from the same
// distribution, every choice of which of the pooled values are y is equally likely; their midranks
// are what they are, ties and all. So the distribution is counted, not assumed: the number of
// choices with each rank sum, by dynamic programming over the pooled values (Mann and Whitney 1947;
// with ties Lehmann, Nonparametrics, 1.4). Beyond kMostExact values the counts are no longer exact
// in double, and the normal approximation with the correction for ties and for continuity takes
// over.
#pragma once

#include <cstddef>
#include <vector>

namespace logigrad::stats {

// Pooled values up to which the distribution is exact: C(56, 28) = 7.6e15 choices are fewer than
// 2^53 = 9.0e15, C(57, 28) are more.
inline constexpr std::size_t kMostExact = 56;

class RankSumDistribution {
 public:
  // `ties` holds the sizes of the groups of equal values, in ascending order of the values; they
  // add up to the size of the pooled sample, of which `y_count` are y. Both samples have values.
  RankSumDistribution(const std::vector<std::size_t>& ties, std::size_t y_count);

  // Of samples without a tie.
  RankSumDistribution(std::size_t x_count, std::size_t y_count);

  // P(U <= u) and P(U >= u), where u is a multiple of 1/2.
  double at_most(double u) const;
  double at_least(double u) const;

 private:
  void count(const std::vector<std::size_t>& ties, std::size_t y_count);
  double choices_at_most(double u) const;

  double mean_, deviation_;
  std::vector<double> at_most_;  // choices with U <= i/2; empty: the normal approximation
};

}  // namespace logigrad::stats
