// See machine_floor.hpp.
#include "tools/compare/machine_floor.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "tools/stats/mann_whitney.hpp"
#include "tools/stats/sample.hpp"
#include "tools/stats/spread.hpp"

namespace logigrad::compare {
namespace {

double log_ratio(const std::vector<double>& baseline, const std::vector<double>& candidate) {
  constexpr double kAnyAlpha = 0.05;  // only the estimate is asked for
  return stats::hodges_lehmann(stats::logarithms(baseline), stats::logarithms(candidate), kAnyAlpha)
      .estimate;
}

}  // namespace

MachineFloor::MachineFloor(const Side& baseline, const Side& candidate) {
  std::map<std::string, const Sample*> others;
  for (const Sample& sample : candidate.controls) others[name_of(sample.name)] = &sample;
  for (const Sample& sample : baseline.controls) {
    const auto other = others.find(name_of(sample.name));
    if (other == others.end() || sample.seconds.empty() || other->second->seconds.empty()) continue;
    const double move = log_ratio(sample.seconds, other->second->seconds);
    all_.push_back(move);
    groups_[sample.group].push_back(move);
  }
}

double MachineFloor::of(double group, double alpha) const {
  if (all_.empty()) return 0;
  const auto found = groups_.find(group);
  const bool enough = found != groups_.end() && found->second.size() >= kEnoughControls;
  const std::vector<double>& moves = enough ? found->second : all_;
  double floor = moves.size() >= kEnoughControls ? stats::next_size_bound(moves, alpha)
                                                 : stats::size_bound(moves, alpha);
  for (const double move : moves) floor = std::max(floor, std::abs(move));
  return floor;
}

}  // namespace logigrad::compare
