// What the machine itself did between two runs, as the limits and peers show it.
//
// No change of the kernels touches a limit or a peer. What these moved, a kernel timed in the same
// rounds may have moved as well, and it is no evidence of its code: rounds say nothing of it, since
// all rounds of a run share the run. So under every ratio lies a floor: what the move of one more
// control exceeds in alpha of families (stats/spread.hpp), and at least the largest that was seen.
// Where all moved alike, by a clock say, it is little more than that; where each went its own way,
// several times as much.
#pragma once

#include <map>
#include <vector>

#include "tools/compare/side.hpp"

namespace logigrad::compare {

// A group of fewer tells little of itself: then all controls tell.
inline constexpr std::size_t kEnoughControls = 10;

class MachineFloor {
 public:
  MachineFloor() = default;  // of no controls
  // Of the controls that have times on both sides, whatever the filter chose of them.
  MachineFloor(const Side& baseline, const Side& candidate);

  // The logarithm of a ratio, for a kernel that was timed in the rounds of `group`; 0 without
  // controls. `alpha`: of this kernel, its part of the family's.
  double of(double group, double alpha) const;

  std::size_t controls() const { return all_.size(); }

 private:
  std::vector<double> all_;  // logarithms of ratios
  std::map<double, std::vector<double>> groups_;
};

}  // namespace logigrad::compare
