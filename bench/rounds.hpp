// Timing in rounds: every case once a round, one after the other, so that what two cases took in
// the same round was measured within moments of each other. The ratio of such a pair does not see
// the slow drift of a clock frequency or of a neighbour on the machine; the median over the rounds
// does not see a burst.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "tools/stats/sample.hpp"

namespace logigrad::bench {

struct TimedCase {
  std::function<void(std::size_t)> evaluate;  // that many times
  bool compared = true;                       // gets every round even if it is slow
};

// What one case took, in seconds an evaluation.
struct RoundTimes {
  std::vector<double> seconds;      // of each round
  std::vector<double> cpu_seconds;  // of all threads of the process
  std::size_t evaluations = 0;      // in all rounds
};

struct RoundSettings {
  int rounds;
  double case_seconds;  // of timing a case that is quick, over all rounds
  std::function<bool()> stop = [] { return false; };  // asked before each case of a round
};

// Times the cases in `rounds` rounds, every second one backwards. A case gets as many evaluations
// a round as fill its time, at least one. Fewer rounds, but at least kFewestRounds, has a case
// whose evaluation takes longer than that, if it is not compared or takes more than kPatience times
// the time of a case: it would use up most of the time, and no ratio of it is close.
// `advance` is called after each case of a round, with its index. Once settings.stop() is true it
// ends with the rounds that are whole: what the other cases have no pair for is dropped.
std::vector<RoundTimes> time_in_rounds(const std::vector<TimedCase>& cases,
                                       const RoundSettings& settings,
                                       const std::function<void(std::size_t)>& advance);

// Pauses until the process uses no CPU time while it does, but at most kMostPauses times. OpenMP's
// threads spin for some ms behind a parallel region, Clang's for 200: a case of one thread that
// followed one of two took 9.7 us, and 2.3 times that of CPU time, instead of 8.2 (4096 x 16,
// results/amd-epyc-2-01692657/20261126T030217Z-b19a6953.json). `cpu_seconds` is of all threads.
void wait_until_alone(const std::function<double()>& cpu_seconds,
                      const std::function<void()>& pause);

inline constexpr int kMostPauses = 1000;      // of 0.2 ms and more
inline constexpr double kIdleSeconds = 5e-5;  // of CPU time in a pause, its own included

inline constexpr int kFewestRounds = 3;
inline constexpr double kPatience = 10;

using stats::median;

// The median of a's time over b's, of the rounds that both have.
double paired_ratio(const RoundTimes& a, const RoundTimes& b);

}  // namespace logigrad::bench
