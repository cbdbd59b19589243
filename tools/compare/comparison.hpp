// Two sides, benchmark by benchmark: matched by full name, tested, judged as one family.
//
// A verdict is about the threshold, not about 0: code moved in memory alone changes times by some
// per cent, so that with enough rounds everything "differs". The ratio is candidate over baseline.
// Nor is it about the machine: what limits and peers of the same rounds moved (machine_floor.hpp)
// widens every kernel's interval, and is added to the threshold of its test.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/compare/machine_floor.hpp"
#include "tools/compare/side.hpp"

namespace logigrad::compare {

struct Settings {
  double threshold = 0.05;  // a ratio between 1 / (1 + threshold) and 1 + threshold does not matter
  double alpha = 0.05;      // false alarms: at most in this fraction of families
};

enum class Verdict {
  kSlower,   // by more than the threshold, significantly
  kFaster,   // likewise
  kSame,     // the whole interval is within the threshold
  kUnclear,  // none of these
  kMachine,  // slower or faster by its rounds, but by no more than limits and peers beside it
};
std::string_view name_of(Verdict verdict);

struct Line {
  std::string name;
  bool control = false;
  double group = -1;                        // as Sample has it
  std::vector<double> baseline, candidate;  // seconds of each round
  double floor = 0;                         // of the machine: the logarithm of a ratio; controls 0
  double ratio = 1, low = 1, high = 1;      // Hodges-Lehmann; the interval of 1 - alpha, widened
  double p = 1;                             // that it is within threshold and floor, two-sided
  double adjusted_p = 1;                    // by Holm, over the family
  double p_by_rounds = 1;                   // adjusted_p if the floor were 0
  Verdict verdict = Verdict::kUnclear;
};

struct Failure {
  std::string name, reason;
};

struct Comparison {
  std::vector<Line> lines;  // matched, with times on both sides; in the order of the baseline
  MachineFloor floor;       // of no controls where the sides are of two machines
  std::vector<std::string> only_baseline, only_candidate;
  std::vector<Failure> baseline_failures, candidate_failures;  // no time: a wrong answer
};

// Matches by full name. If no type of number is on both sides, by the name but for the type; of two
// machines `auto` by the name but for the ISA, where the full name is not on both.
Comparison match(const Side& baseline, const Side& candidate);

// Fills in what the lines have from the rounds, and judges. The kernels of all comparisons are one
// family, the controls another one.
void judge(std::vector<Comparison>& comparisons, const Settings& settings);

// What came out for the kernels, or the controls, of one comparison or of several.
struct Summary {
  std::size_t lines = 0, slower = 0, faster = 0, same = 0, unclear = 0, machine = 0;
  std::size_t slower_as_machine = 0;  // of `machine` those whose ratio is above 1
  double largest_floor = 1;           // a ratio
  std::size_t missing = 0;            // names of the baseline that the candidate has not
  double geometric_mean = 1;          // of the ratios of its lines; of none 1
};
Summary summarize(const std::vector<Comparison>& comparisons, bool controls);

// Whether any kernel has enough rounds for a p-value that is significant in its family. If not,
// "not slower" would be an answer to a question that was not asked.
bool can_be_significant(const std::vector<Comparison>& comparisons, const Settings& settings);

}  // namespace logigrad::compare
