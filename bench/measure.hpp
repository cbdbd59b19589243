// Measures a group of cases: each is validated, all are timed in rounds, and every variant is set
// against the limits and peers of its shape and thread count.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/cases.hpp"
#include "bench/rounds.hpp"

namespace logigrad::bench {

// What came out for one case. Without a time if it failed.
struct CaseResult {
  std::string failure;  // what went wrong; empty: nothing
  std::string label;    // "higgs, picked narrow/avx512/f32, bound by reading"
  RoundTimes times;
  double seconds = 0;  // the median of the rounds
  std::size_t rows = 0, group = 0;
  double bytes = 0, flops = 0;  // of one evaluation
  std::optional<double> error_of_bound, limit_fraction, vs_best_peer;
};

using Results = std::map<std::string, CaseResult>;  // by the case's name

// A fraction above it says that the limit is none.
inline constexpr double kMostOfLimit = 1.05;

// Measures the group, on data that are allocated here and freed at the end; `case_seconds` as in
// RoundSettings. A variant that beats
// its limit by more than kMostOfLimit has the whole group timed once more. Whatever fails is said
// in the case's result. `advance` is called with a case's index for each of its rounds.
std::vector<CaseResult> measure_group(const Group& group, double case_seconds,
                                      const std::function<void(std::size_t)>& advance);

}  // namespace logigrad::bench
