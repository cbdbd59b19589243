// One side of a comparison: a result, or several of the same revision, taken together.
//
// What is known of one side alone is decided here: which benchmarks it has, which of them have
// times and which have a wrong answer, and whether its files belong together.
#pragma once

#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include "tools/results/result.hpp"

namespace logigrad::compare {

// The inputs are results, but not of what can be compared; its message says what differs.
class NotComparable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Sample {
  CaseName name;
  std::vector<double> seconds;  // of each round of each file; empty if a file has none
  std::string failure;          // of the first file that has no time; empty if all have one
  double group = -1;            // of the first file: what is timed in the same rounds shares it
};

struct Side {
  std::vector<std::string> paths;
  Result first;  // the file whose context stands for all
  Origin origin;
  std::vector<Sample> samples;           // in the order of the files
  std::vector<Sample> controls;          // limits and peers, also those that no filter finds
  std::vector<std::string> interrupted;  // paths of results of runs that did not end

  // The first path, and how many more there are.
  std::string title() const;
  std::vector<Dtype> dtypes() const;  // of the samples, each once
};

// The benchmarks of `results`, at least one, whose names `filter` finds, and all controls. A time
// that was recorded without its rounds is a round. Throws NotComparable if they are not of one
// machine, build type and revision.
Side make_side(const std::vector<NamedResult>& results, const std::regex& filter);

// A limit or a peer: code that a change of the kernels does not touch.
bool is_control(const CaseName& name);

// Throws NotComparable if machine or build type differ, or if no type of number is on both sides.
// `remedy` ends its message: what can be done about it.
void require_comparable(
    const Side& baseline, const Side& candidate,
    const std::string& remedy = " (--cross-machine compares them all the same)");

// Whether require_comparable() would let them pass.
bool are_comparable(const Side& baseline, const Side& candidate);

// A key of the context that the sides do not share, without the project's prefix.
struct Difference {
  std::string key, baseline, candidate;  // empty where it is missing
};

// What else of hardware, compiler, flags and settings differs.
std::vector<Difference> differences(const Side& baseline, const Side& candidate);

}  // namespace logigrad::compare
