// How far apart two things of a kind may be, from how far apart some were found.
#pragma once

#include <vector>

namespace logigrad::stats {

// The square root of the mean square: the spread about 0.
double root_mean_square(const std::vector<double>& values);

// What the size of a further value exceeds with probability `alpha`, if it and these are drawn from
// one normal distribution about 0: the quantile of Student's t of as many degrees of freedom as
// there are values, times their root mean square. About another mean it is exceeded less often.
double size_bound(const std::vector<double>& values, double alpha);

// The same of two values and more that may have another mean: the larger end, by size, of the
// prediction interval of 1 - alpha, mean +- t s sqrt(1 + 1 / n), of n - 1 degrees of freedom.
double next_size_bound(const std::vector<double>& values, double alpha);

}  // namespace logigrad::stats
