// Where the level of a series changes: PELT (Killick, Fearnhead and Eckley 2012), which finds the
// segmentation of least cost, exactly. The cost is the squared distance from each segment's mean in
// units of the noise, plus a penalty a segment.
#pragma once

#include <cstddef>
#include <vector>

namespace logigrad::stats {

// Fewer values are no level.
inline constexpr std::size_t kShortestSegment = 3;

// 8 ln n a change: of 5,000 simulated series each of 6 to 100 values without one at most 2.7 % have
// one, with normal noise and with Student's t of 3 degrees; a step of 6 deviations in the middle is
// found in 80 % of those of 6 values, 96 % of 10.
inline constexpr double kChangePenalty = 8;

// The noise of a series as a normal deviation, from the median of the absolute differences of
// neighbours, which a few changes of level do not move; at least `least_noise`.
double noise_of(const std::vector<double>& series, double least_noise);

// The series with what is alone more than 3 deviations of noise off the median of itself and its
// neighbours replaced by that median: squared, one outlier would make a level of its own.
std::vector<double> without_outliers(const std::vector<double>& series, double noise);

// The indices at which a new level begins, ascending. All of these throw std::invalid_argument for
// values that are not finite, and unless the least noise is above 0.
std::vector<std::size_t> change_points(const std::vector<double>& series, double least_noise);

// What may be said of a series to those who look for the value that began a level.
struct Levels {
  std::vector<std::size_t> begins;  // of the second level and those behind it, ascending
  // Of the last values, fewer than kShortestSegment, those that are all off the last level, on one
  // side: the begin of a level, or of nothing. The size of the series if there are none.
  std::size_t unsure = 0;
};

// The change points, but none at a value that is within the noise of the level before it: the
// shortest segment takes such values in where a level has fewer of its own. For the same reason
// what the last value or two have begun is never in `begins`.
Levels levels(const std::vector<double>& series, double least_noise);

// Within as many deviations of a level a value is of that level. Of series of ten values of normal
// noise, from which their deviation is taken too, at most 3 % end beyond it (history_test).
inline constexpr double kOffLevel = 4;

}  // namespace logigrad::stats
