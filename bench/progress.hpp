// How far a run is, and how long it will still take, on standard error: one line that changes on a
// terminal, a line every ten percent in a log.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "bench/cases.hpp"

namespace logigrad::bench {

class Progress {
 public:
  // `case_seconds` as in RoundSettings.
  Progress(const std::vector<Group>& groups, double case_seconds);
  void advance(const Group& group, const Case& c);  // by one round of the case
  void finish(std::size_t measured) const;          // so many cases

 private:
  double work_of(const Group& group, const Case& c) const;

  double case_seconds_, total_ = 0, done_ = 0;  // seconds, roughly: only the proportions count
  std::size_t cases_ = 0;
  int percent_shown_ = -1;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace logigrad::bench
