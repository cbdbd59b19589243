// The sitting in which the sides are measured: blocks of processes in random order, looked at
// between blocks, until the rule is sure or the time is up.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tools/compare/comparison.hpp"
#include "tools/gate/bench_run.hpp"
#include "tools/gate/decision.hpp"
#include "tools/gate/thresholds.hpp"

namespace logigrad::gate {

// A copy whose layout is another one, and the side (a place in Plan::sides) that it is a copy of.
struct Relinked {
  Runner runner;
  std::size_t original;
};

struct Plan {
  std::vector<Runner> sides;  // baseline, its second copy, candidate: as blocks.hpp numbers them
  std::vector<Relinked> relinked;
  Choice choice;
  double timeout;  // seconds a process may take
  bool any_build;  // compilers and flags may differ
  Thresholds thresholds;
  Rule rule;
  double budget;  // seconds
  std::uint64_t seed;
  std::filesystem::path scratch;
};

// A benchmark that both sides have.
struct Line {
  std::string name;
  double threshold;
  double baseline, candidate;  // seconds, or instructions: the median of the processes
  Decision decision;
};

struct Sitting {
  std::vector<Line> lines;
  std::vector<std::string> only_baseline, only_candidate;
  std::vector<compare::Failure> baseline_failures, candidate_failures;
  std::vector<compare::Difference> differences;  // of what the sides were built and run with
  std::size_t blocks = 0;
  double seconds = 0;        // that it took
  bool interrupted = false;  // `stop` was true before it was decided
  bool decided = false;      // more blocks would have changed nothing
  std::string error;         // why it ended early: a process that crashed; empty if none did
};

// Runs the processes. `watch` is called after each block. Throws compare::NotComparable, and
// InputError if nothing could be measured: what goes wrong after the first block is in `error`.
Sitting measure(const Plan& plan, const Stop& stop,
                const std::function<void(const Sitting&)>& watch);

}  // namespace logigrad::gate
