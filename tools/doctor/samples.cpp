// See samples.hpp.
#include "tools/doctor/samples.hpp"

#include <algorithm>
#include <cmath>

namespace logigrad::doctor {
namespace {

constexpr double kNanosecond = 1e-9;

double at_rank(const std::vector<double>& sorted, double fraction) {
  const double rank = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], rank - static_cast<double>(below));
}

}  // namespace

Spread spread_of(std::vector<double> samples) {
  std::ranges::sort(samples);
  return {at_rank(samples, 0.05), at_rank(samples, 0.5), at_rank(samples, 0.95), samples.size()};
}

void GapCounter::add(std::int64_t gap) {
  const double seconds = static_cast<double>(gap) * kNanosecond;
  ++gaps_.count;
  gaps_.longest = std::max(gaps_.longest, seconds);
  gaps_.lost += seconds;
}

void GapCounter::restart() {
  gaps_ = gaps();
  running_ = false;
}

Gaps GapCounter::gaps() const {
  Gaps result = gaps_;
  if (running_) result.watched += static_cast<double>(last_ - begin_) * kNanosecond;
  return result;
}

}  // namespace logigrad::doctor
