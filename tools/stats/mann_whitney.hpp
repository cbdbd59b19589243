// Two samples: is one shifted against the other, by how much, and within which interval.
//
// Test, estimate and interval are of one kind, so that they cannot contradict each other: the
// interval holds the shifts that the test does not reject, and the estimate is in its middle. Of
// the logarithms of times a shift is a ratio. No distribution is assumed: times have long tails,
// for which the mean and the t-test are no good.
#pragma once

#include <cstddef>
#include <vector>

namespace logigrad::stats {

// One-sided p-values of "y is as x": small if y is less, or greater, than chance explains.
struct RankTest {
  double less, greater;

  double two_sided() const;  // twice the smaller one, at most 1
};

// The Mann-Whitney test, exact for up to kMostExact values, with ties as they are (rank_sum.hpp).
RankTest mann_whitney(const std::vector<double>& x, const std::vector<double>& y);

// The smallest two-sided p-value that samples of these sizes without ties can have.
double least_p(std::size_t x_count, std::size_t y_count);

struct Shift {
  double estimate;   // Hodges-Lehmann: the median of all differences y - x
  double low, high;  // -inf and inf where the samples are too small for the confidence
};

// How much greater y is than x, with the closed interval of confidence 1 - `alpha`, two-sided. The
// interval's ends are differences, counted from both ends by the quantile of U without ties, which
// keeps the confidence with ties too (Hollander and Wolfe, Nonparametric Statistical Methods, 4.3).
Shift hodges_lehmann(const std::vector<double>& x, const std::vector<double>& y, double alpha);

}  // namespace logigrad::stats
