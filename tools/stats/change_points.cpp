// See change_points.hpp.
#include "tools/stats/change_points.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "tools/stats/sample.hpp"

namespace logigrad::stats {
namespace {

// The squared distances of series[begin, end) from their mean, in units of the noise, in O(1).
class SegmentCost {
 public:
  SegmentCost(const std::vector<double>& series, double noise)
      : sums_(series.size() + 1), squares_(series.size() + 1) {
    const double center = median(series);  // so that the squares do not cancel
    for (std::size_t i = 0; i < series.size(); ++i) {
      const double value = (series[i] - center) / noise;
      sums_[i + 1] = sums_[i] + value;
      squares_[i + 1] = squares_[i] + value * value;
    }
  }
  double operator()(std::size_t begin, std::size_t end) const {
    const double sum = sums_[end] - sums_[begin];
    return squares_[end] - squares_[begin] - sum * sum / static_cast<double>(end - begin);
  }

 private:
  std::vector<double> sums_, squares_;
};

// For each end the begin of the last segment in the best segmentation up to it. A begin that
// another one has beaten by more than a penalty at `end` is never best again once that end can be a
// begin itself.
std::vector<std::size_t> best_begins(std::size_t count, const SegmentCost& cost, double penalty) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> least(count + 1, kInfinity);
  std::vector<std::size_t> begins(count + 1), beaten(count + 1, count + 1), candidates;
  least[0] = -penalty;
  for (std::size_t end = kShortestSegment; end <= count; ++end) {
    candidates.push_back(end - kShortestSegment);
    for (const std::size_t begin : candidates) {
      const double total = least[begin] + cost(begin, end) + penalty;
      if (total < least[end]) least[end] = total, begins[end] = begin;
    }
    std::erase_if(candidates, [&](std::size_t begin) {
      if (least[begin] + cost(begin, end) > least[end])
        beaten[begin] = std::min(beaten[begin], end);
      return beaten[begin] + kShortestSegment <= end;
    });
  }
  return begins;
}

}  // namespace

double noise_of(const std::vector<double>& series, double least_noise) {
  require_finite(series);
  if (!(least_noise > 0)) throw std::invalid_argument("found no noise above 0");
  // Of a normal difference: the median of its size is 0.6745 deviations, and it has two values'
  // noise.
  constexpr double kMedianOfDifference = 0.6745 * 1.4142135623730951;
  if (series.size() < 2) return least_noise;
  std::vector<double> sizes;
  for (std::size_t i = 1; i < series.size(); ++i)
    sizes.push_back(std::abs(series[i] - series[i - 1]));
  return std::max(median(sizes) / kMedianOfDifference, least_noise);
}

std::vector<double> without_outliers(const std::vector<double>& series, double noise) {
  require_finite(series);
  std::vector<double> result = series;
  if (series.size() < 3) return result;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const std::size_t first = std::min(i > 0 ? i - 1 : 0, series.size() - 3);
    const double middle = median({series[first], series[first + 1], series[first + 2]});
    if (std::abs(series[i] - middle) > 3 * noise) result[i] = middle;
  }
  return result;
}

std::vector<std::size_t> change_points(const std::vector<double>& series, double least_noise) {
  const double noise = noise_of(series, least_noise);
  if (series.size() < 2 * kShortestSegment) return {};
  const SegmentCost cost(without_outliers(series, noise), noise);
  const double penalty = kChangePenalty * std::log(static_cast<double>(series.size()));
  const std::vector<std::size_t> begins = best_begins(series.size(), cost, penalty);
  std::vector<std::size_t> points;
  for (std::size_t end = begins[series.size()]; end > 0; end = begins[end]) points.push_back(end);
  std::reverse(points.begin(), points.end());
  return points;
}

namespace {

double median_of(const std::vector<double>& series, std::size_t begin, std::size_t end) {
  const auto at = [&](std::size_t i) { return series.begin() + static_cast<std::ptrdiff_t>(i); };
  return median({at(begin), at(end)});
}

// The values from `begin` on that are of the level before it, and of none of their own.
std::size_t first_beyond(const std::vector<double>& series, std::size_t begin, std::size_t end,
                         double before, double noise) {
  const double after = median_of(series, begin, end);
  const auto is_of_before = [&](double value) {
    const double distance = std::abs(value - before);
    return distance <= kOffLevel * noise && distance < std::abs(value - after);
  };
  while (begin < end && is_of_before(series[begin])) ++begin;
  return begin;
}

// Where the last values begin that are off the level of [begin, ...), all on one side.
std::size_t first_unsure(const std::vector<double>& series, std::size_t begin, double noise) {
  for (std::size_t count = kShortestSegment - 1; count > 0; --count) {
    if (series.size() < begin + kShortestSegment + count) continue;
    const std::size_t first = series.size() - count;
    const double level = median_of(series, begin, first);
    const double side = series[first] > level ? 1 : -1;
    if (std::all_of(series.begin() + static_cast<std::ptrdiff_t>(first), series.end(),
                    [&](double value) { return side * (value - level) > kOffLevel * noise; }))
      return first;
  }
  return series.size();
}

}  // namespace

Levels levels(const std::vector<double>& series, double least_noise) {
  const double noise = noise_of(series, least_noise);
  const std::vector<std::size_t> points = change_points(series, least_noise);
  Levels result;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t end = i + 1 < points.size() ? points[i + 1] : series.size();
    const double before = median_of(series, begin, points[i]);
    begin = first_beyond(series, points[i], end, before, noise);
    result.begins.push_back(begin);
  }
  if (!result.begins.empty() && result.begins.back() + kShortestSegment > series.size()) {
    result.unsure = result.begins.back();
    result.begins.pop_back();
  } else {
    result.unsure = first_unsure(series, begin, noise);
  }
  return result;
}

}  // namespace logigrad::stats
