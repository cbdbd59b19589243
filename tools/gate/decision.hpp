// The rule by which `logigrad gate` decides, from times to verdicts.
//
// The unit is the process: what a process finds (its addresses, its pages, its mode) it keeps, so
// that repetitions in it are no repetitions. A block (blocks.hpp) runs the baseline A, a second
// copy A' of the same program, and the candidate B, in random order, and gives one value of
// log(B/A) and one of log(A'/A).
//
//   Test     Wilcoxon's signed-rank test of log(B/A), exact, with its interval by Walsh averages.
//            Of programs that are the same it is exact by the random order alone: drift, bursts,
//            modes and autocorrelation cost power, not the error rate. A block is one rank, so that
//            an outlier is one too.
//   Floor    Copies of a program may differ for the whole of a sitting (where their pages lie, how
//            they were linked), which no repetition averages out, so that the test would find it.
//            If A' differs from A significantly anywhere in the family, or there are relinked
//            copies, every interval is widened, on either side, by what the difference of a
//            further copy exceeds in alpha of families (stats/spread.hpp: normal, and of the same
//            spread in all benchmarks; what a benchmark itself has shown is the least). Where A/A
//            alone tells of copies, few benchmarks tell little: a sitting of one may miss it.
//   Family   Holm over the benchmarks for REGRESSED and IMPROVED. PASS needs no correction: the
//            gate passes only if all pass, so that it passes a regression by chance only if that
//            very benchmark does (an intersection-union test; Berger 1982).
//   Looks    Verdicts may be taken at a few numbers of blocks, fixed beforehand (looks()). Each
//            look spends an equal part of alpha, and the last one what is left. That the parts add
//            up holds for any dependence among looks (the union bound), where alpha spending by the
//            joint normal distribution (Lan and DeMets 1983) is less strict, but only in the limit.
//            Equal, not late: most runs should end at the first look.
//
// Verdicts, by the widened interval:
//   REGRESSED     it is above 1 + threshold, significantly in the family
//   IMPROVED      it is below 1 / (1 + threshold), likewise
//   PASS          it is below 1 + threshold: an equivalence, not a want of evidence
//   INCONCLUSIVE  none of these; or so few blocks that nothing could have been REGRESSED
//
// tests/gate_simulation measures this in made-up noise, by this rule with all its blocks. In each
// of eleven kinds, 1,000 families of 50 identical benchmarks: a false claim at any look in 1.4 to
// 4.3 % of families, PASS of what is as slow as the threshold in at most 2.1 %; of 5,000 effects
// as large as stated at least 98.3 % are found (97.1 % of 1,000 where links differ, of up to 32
// blocks). With a threshold of 3 % and 1 % of noise a process most families are decided at the
// first look.
#pragma once

#include <cstddef>
#include <limits>
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
  std::vector<double> layout;  // log(copy / its original), one a relinked copy: the estimate over
                               //   its blocks (stats::WalshAverages); empty without copies
  double threshold;            // a ratio above 1 + threshold is a regression; >= 0
};

enum class Verdict { kPass, kRegressed, kImproved, kInconclusive };
std::string_view name_of(Verdict verdict);  // "PASS", "REGRESSED", "IMPROVED", "INCONCLUSIVE"

// What no block has measured: no figure may stand for it, and each is printed as "-".
inline constexpr double kUnmeasured = std::numeric_limits<double>::quiet_NaN();

struct Decision {
  Verdict verdict = Verdict::kInconclusive;
  double ratio = kUnmeasured;  // candidate / baseline: Hodges and Lehmann's estimate
  double low = kUnmeasured;  // the interval of 1 - alpha of this benchmark, over all looks, widened
  double high = kUnmeasured;  //   by the floor's bound; 0 and inf of too few blocks
  double p = kUnmeasured;     // two-sided, of a ratio within threshold and floor; by Holm, over all
                              //   looks
  double floor =
      kUnmeasured;  // the ratio - 1 up to which copies of one program explain a difference
  // The smallest ratio - 1 that a sitting as noisy, with the same budget, finds with `power`: of a
  // quiet start that more blocks follow it is more than enough. inf: too few blocks for any.
  double detectable = std::numeric_limits<double>::infinity();
};

struct Rule {
  // Families with a false REGRESSED or IMPROVED at most, over all looks, and of benchmarks that are
  // slower than the threshold those with a PASS. Where copies differ, as many again.
  double alpha = 0.05;
  double power = 0.95;  // with which an effect of `detectable` is found
  std::size_t least_blocks = 10, most_blocks = 200;  // of the first and of the last look
};

// A look at more would take seconds, for an interval of less than a tenth of a block's deviation.
inline constexpr std::size_t kMostBlocks = 1000;

// The numbers of blocks at which verdicts are taken, each greater than the one before by a half.
// The first is `least_blocks`, or the least at which a benchmark of a family of so many can be
// REGRESSED (of 50: 14); the last is `most_blocks`, or kMostBlocks. To be fixed before the first
// verdict: from the time that a block took, never from its ratios. If even the last is too few,
// nothing is ever found.
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
