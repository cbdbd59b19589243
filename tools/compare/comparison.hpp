// Two sides, benchmark by benchmark: matched by full name, tested, judged as one family.
//
// A verdict is about the threshold, not about 0: code moved in memory alone changes times by some
// per cent, so that with enough rounds everything "differs". The ratio is candidate over baseline.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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
};
std::string_view name_of(Verdict verdict);

struct Line {
  std::string name;
  bool control = false;  // a limit or a peer: code that a change of the kernels does not touch
  std::vector<double> baseline, candidate;  // seconds of each round
  double ratio = 1, low = 1, high = 1;      // Hodges-Lehmann with the interval of 1 - alpha
  double p = 1;                             // that it is within the threshold, two-sided
  double adjusted_p = 1;                    // by Holm, over the family
  Verdict verdict = Verdict::kUnclear;
};

struct Failure {
  std::string name, reason;
};

struct Comparison {
  std::vector<Line> lines;  // matched, with times on both sides; in the order of the baseline
  std::vector<std::string> only_baseline, only_candidate;
  std::vector<Failure> baseline_failures, candidate_failures;  // no time: a wrong answer
};

// Matches by full name. If no type of number is on both sides, by the name but for the type.
Comparison match(const Side& baseline, const Side& candidate);

// Fills in what the lines have from the rounds, and judges. The kernels of all comparisons are one
// family, the controls another one.
void judge(std::vector<Comparison>& comparisons, const Settings& settings);

// What came out for the kernels, or the controls, of one comparison or of several.
struct Summary {
  std::size_t lines = 0, slower = 0, faster = 0, same = 0, unclear = 0;
  double geometric_mean = 1;  // of the ratios of its lines; of none 1
};
Summary summarize(const std::vector<Comparison>& comparisons, bool controls);

// Whether any kernel has enough rounds for a p-value that is significant in its family. If not,
// "not slower" would be an answer to a question that was not asked.
bool can_be_significant(const std::vector<Comparison>& comparisons, const Settings& settings);

}  // namespace logigrad::compare
