// The rule by which `logigrad gate` decides, from times to verdicts.
//
// The unit is the process: what a process finds (its addresses, its pages, its mode) it keeps, so
// that repetitions in it are no repetitions. A block (blocks.hpp) runs the baseline A, a second
// copy A' of the same program, and the candidate B, in random order, and gives one value of
// log(B/A) and one of log(A'/A).
//
//   Test       Wilcoxon's signed-rank test, exact; its interval by Walsh averages. For programs
//              that are the same it holds by the random order alone; drift, bursts, modes and
//              autocorrelation cost power, never the error rate. Robust: one block is one rank.
//   Two        B is compared with A and with A', and a claim must hold against both: what A' shows
//   baselines  against A, B may show for no reason.
//   Floor      Copies may differ for the whole of a sitting (where their pages lie, how they were
//              linked), which no repetition averages out. If A/A is significant anywhere in the
//              family, or there are relinked copies, the measured spread of copies widens every
//              interval: by what a further copy exceeds in alpha of families (stats/spread.hpp).
//   Family     Holm over the benchmarks for REGRESSED and IMPROVED. PASS needs no correction: the
//              gate passes only if all pass, so that it passes a regression by chance only if
//              that very benchmark does (an intersection-union test; Berger 1982).
//   Looks      Verdicts may be taken at a few blocks, fixed beforehand (looks()). Each look spends
//              an equal part of alpha, and a last one what is left: the sum is alpha, and by the
//              union bound that holds for any dependence among looks, where boundaries from the
//              normal distribution (Lan and DeMets 1983) would be narrower by a tenth, in the limit.
//
// Verdicts, of the interval widened by the floor:
//   REGRESSED     all of it is above 1 + threshold, significantly in the family
//   IMPROVED      all of it is below 1 / (1 + threshold), likewise
//   PASS          all of it is below 1 + threshold: an equivalence, not a lack of evidence
//   INCONCLUSIVE  none of these, or too few blocks for any effect to be seen
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace logigrad::gate {

// What was measured of one benchmark so far, in the order of the blocks: natural logarithms of
// ratios of times.
struct Series {
  std::string name;
  std::vector<double> effect;  // log(B/A), one a block
  std::vector<double> floor;   // log(A'/A) of the same blocks
  std::vector<double> layout;  // log(copy / its original), one a relinked copy; may be empty
  double threshold;            // a ratio above 1 + threshold is a regression; >= 0
};

enum class Verdict { kPass, kRegressed, kImproved, kInconclusive };
std::string_view name_of(Verdict verdict);  // "PASS", "REGRESSED", "IMPROVED", "INCONCLUSIVE"

struct Decision {
  Verdict verdict = Verdict::kInconclusive;
  double ratio = 1;       // candidate / baseline, the mean of the estimates against A and A'
  double low = 0;         // the interval of 1 - alpha for this benchmark over all looks, against
  double high = 0;        //   A and A', widened by the floor; 0 and inf of too few blocks
  double p = 1;           // two-sided, of "within the threshold", by Holm and over all looks
  double floor = 0;       // the ratio - 1 up to which copies of one program explain a difference
  double detectable = 0;  // the smallest ratio - 1 that is found with `power`; inf: none
};

struct Rule {
  double alpha = 0.05;  // families with a false REGRESSED at most, over all looks; IMPROVED too
  double power = 0.95;  // with which an effect of `detectable` is found
  std::size_t least_blocks = 12, most_blocks = 200;  // of the first and of the last look
};

// The numbers of blocks at which verdicts are taken, ascending by about a half each: the first is
// the least at which a benchmark of a family of so many can be REGRESSED, or `least_blocks`; the
// last is `most_blocks`. To be fixed before the first verdict.
std::vector<std::size_t> looks(const Rule& rule, std::size_t family_size);

// The verdicts at look number `look`, from 0. `final`: there will be no other one (the time is up,
// with whatever number of blocks), so that it may spend all that is left of alpha. Throws
// std::invalid_argument for a series without blocks or of unequal lengths, for numbers that are not
// finite, for a threshold below 0, and for a rule that is none.
std::vector<Decision> decide(const std::vector<Series>& family, const Rule& rule, std::size_t look,
                             bool final);

// Whether every benchmark has a verdict: more blocks would change none but by chance.
bool sure(const std::vector<Decision>& decisions);

}  // namespace logigrad::gate
