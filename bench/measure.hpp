// Measures a group of cases: each is validated, all are timed in rounds, and every variant is set
// against the limits and peers of its shape and thread count.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/cases.hpp"
#include "bench/counters/counters.hpp"
#include "bench/rounds.hpp"

namespace logigrad::bench {

// What came out for one case. Without a time if it failed, or if the run was interrupted before.
struct CaseResult {
  std::string failure;  // what went wrong; empty: nothing
  std::string label;    // "higgs, picked narrow/avx512/f32, bound by reading"
  RoundTimes times;
  double seconds = 0;  // the median of the rounds
  std::size_t rows = 0, group = 0;
  double bytes = 0, flops = 0;  // of one evaluation
  std::optional<double> error_of_bound, limit_fraction, vs_best_peer;
  std::vector<EventCount> counts;  // of one evaluation

  bool timed() const { return !times.seconds.empty(); }
};

using Results = std::map<std::string, CaseResult>;  // by the case's name

// A fraction above it says that the limit is none.
inline constexpr double kMostOfLimit = 1.05;

// How the group is told what to do, and tells how far it is.
struct Watch {
  std::function<void(std::size_t)> advance;           // a case's index, for each of its rounds
  std::function<bool()> stop = [] { return false; };  // asked between cases
};

// How a group is measured.
struct MeasureSettings {
  double case_seconds;              // as in RoundSettings
  std::vector<std::string> events;  // to be counted, check_events() has passed
};

// Measures the group, on data that are allocated here and freed at the end. A variant that beats
// its limit by more than kMostOfLimit has the whole group timed once more. Whatever fails is said
// in the case's result. Stopped, the group has the times of the rounds that are whole, if these are
// at least kFewestRounds, and else none.
std::vector<CaseResult> measure_group(const Group& group, const MeasureSettings& settings,
                                      const Watch& watch);

}  // namespace logigrad::bench
