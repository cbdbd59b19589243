// What one sample says of itself: its median, its geometric mean.
//
// Every function of this library refuses, with std::invalid_argument, an empty sample and numbers
// that are not finite: a NaN that is sorted or ranked gives an answer that looks like one.
#pragma once

#include <vector>

namespace logigrad::stats {

// Of an odd number of values the middle one, else the mean of the two in the middle.
double median(std::vector<double> values);

// Of values above 0.
double geometric_mean(const std::vector<double>& values);

// The natural logarithms of values above 0: a ratio of times is a shift of their logarithms.
std::vector<double> logarithms(const std::vector<double>& values);

// Throws std::invalid_argument unless there are values, all of them finite.
void require_finite(const std::vector<double>& values);

}  // namespace logigrad::stats
