// See decision.hpp.
#include "tools/gate/decision.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <stdexcept>

#include "tools/stats/holm.hpp"
#include "tools/stats/sample.hpp"
#include "tools/stats/signed_rank.hpp"
#include "tools/stats/spread.hpp"

namespace logigrad::gate {
namespace {

// The normal deviate that is exceeded with probability `tail`.
double deviate(double tail) {
  return boost::math::quantile(boost::math::complement(boost::math::normal_distribution<>(), tail));
}

// The squared relative error of a scale that is taken from n values is 1 / (2 n) if they are
// normal. Here it counts twice, once for the sitting that is measured and once for the one that is
// predicted, and twice again for noise with longer tails.
constexpr double kScaleErrors = 2;

// What one look may spend, of a family of a size.
struct Level {
  double share;   // of alpha
  double alpha;   // two-sided, of one benchmark
  double family;  // two-sided, of the first of Holm's steps
};

Level level_of(const Rule& rule, std::size_t family_size, std::size_t look, bool final) {
  const std::size_t count = looks(rule, family_size).size();
  if (look >= count) throw std::invalid_argument("found a look beyond the last one");
  const double share = static_cast<double>(final ? count - look : 1) / static_cast<double>(count);
  const double alpha = rule.alpha * share;
  return {share, alpha, alpha / static_cast<double>(family_size)};
}

void require_series(const Series& series) {
  stats::require_finite(series.effect);
  stats::require_finite(series.floor);
  if (!series.layout.empty()) stats::require_finite(series.layout);
  if (series.effect.size() != series.floor.size())
    throw std::invalid_argument("found another number of blocks of A/A than of B/A");
  if (!(series.threshold >= 0 && std::isfinite(series.threshold)))
    throw std::invalid_argument("found a threshold below 0");
}

// How far apart copies of one program may be.
struct Spread {
  double bound = 0;  // what a further copy exceeds in alpha of families
  double size = 0;   // the root mean square of what was seen
  double error = 0;  // of the bound
};

Spread spread_of(const std::vector<double>& differences, double alpha, std::size_t family_size) {
  const double size = static_cast<double>(family_size);
  const double bound = stats::size_bound(differences, alpha / size);
  // The differences of one benchmark share its baseline: for the error they are one.
  return {bound, stats::root_mean_square(differences), bound * std::sqrt(kScaleErrors / size)};
}

// Of A and A', which are one file twice: none unless they differ significantly somewhere, for else
// what is seen of it is the noise that the test knows already.
Spread spread_of_copies(const std::vector<Series>& family, const std::vector<double>& shifts,
                        double alpha, const Level& level) {
  const bool differ = std::any_of(family.begin(), family.end(), [&level](const Series& series) {
    return stats::signed_rank(series.floor).two_sided() <= level.family;
  });
  return differ ? spread_of(shifts, alpha, family.size()) : Spread{};
}

// Of relinked copies, which differ for certain.
Spread spread_of_layouts(const std::vector<Series>& family, double alpha) {
  std::vector<double> all;
  for (const Series& series : family)
    all.insert(all.end(), series.layout.begin(), series.layout.end());
  return all.empty() ? Spread{} : spread_of(all, alpha, family.size());
}

// The larger one, and at least what this benchmark itself has shown, if copies differ at all.
Spread spread_for(const Series& series, double shift, const Spread& copies, const Spread& layouts) {
  Spread spread = copies.bound > layouts.bound ? copies : layouts;
  if (copies.bound > 0) spread.bound = std::max(spread.bound, std::abs(shift));
  for (const double layout : series.layout) spread.bound = std::max(spread.bound, std::abs(layout));
  return spread;
}

// The least logarithm of a ratio that a sitting like this one finds. The low end of its interval
// has to be above the margin: the effect has to be above that by the width of the interval, and by
// what chance may take. That is the error of the estimate, of the width and of the floor, which
// were not measured better than this sitting measures, and what the candidate's copy may hide.
double detectable(double width, double margin, const Spread& spread, const Rule& rule,
                  const Level& level, std::size_t blocks) {
  const double of_estimate = width / deviate(0.5 * level.family);
  const double of_width = width * std::sqrt(kScaleErrors / static_cast<double>(blocks));
  const double chance =  // not the hypot of three: of infinity libstdc++'s is NaN
      std::hypot(std::hypot(of_estimate, of_width), std::hypot(spread.size, spread.error));
  return margin + width + deviate(1 - rule.power) * chance;
}

struct Judged {
  Decision decision;
  bool slower;
};

Judged judge(const Series& series, double shift, const Spread& spread, const Rule& rule,
             const Level& level) {
  const double margin = std::log1p(series.threshold) + spread.bound;
  std::vector<double> above = series.effect, below = series.effect;
  for (double& value : above) value -= margin;
  for (double& value : below) value += margin;
  const double slower = stats::signed_rank(above).greater, faster = stats::signed_rank(below).less;
  stats::WalshAverages averages(series.effect);
  const stats::Shift own = averages.interval(level.alpha);
  const stats::Shift all = averages.interval(level.family);
  // The noise is as likely above as below, so that the wider side is the safer guess.
  const double width = std::max(all.estimate - all.low, all.high - all.estimate);
  Decision decision;
  decision.ratio = std::exp(own.estimate);
  decision.low = std::exp(own.low - spread.bound);
  decision.high = std::exp(own.high + spread.bound);
  decision.p = std::min(1.0, 2 * std::min(slower, faster) / level.share);
  decision.floor = std::expm1(std::max(std::abs(shift), spread.bound));
  decision.detectable =
      std::expm1(detectable(width, margin, spread, rule, level, series.effect.size()));
  return {decision, slower < faster};
}

Verdict verdict_of(const Judged& judged, double threshold, const Rule& rule) {
  const Decision& decision = judged.decision;
  if (!std::isfinite(decision.detectable)) return Verdict::kInconclusive;
  if (decision.p <= rule.alpha) return judged.slower ? Verdict::kRegressed : Verdict::kImproved;
  return decision.high <= 1 + threshold ? Verdict::kPass : Verdict::kInconclusive;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  constexpr std::string_view kNames[] = {"PASS", "REGRESSED", "IMPROVED", "INCONCLUSIVE"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::vector<std::size_t> looks(const Rule& rule, std::size_t family_size) {
  if (!(rule.alpha > 0 && rule.alpha < 1 && rule.power > 0.5 && rule.power < 1))
    throw std::invalid_argument("found an alpha or a power outside (0, 1)");
  if (rule.least_blocks == 0 || rule.most_blocks < rule.least_blocks || family_size == 0)
    throw std::invalid_argument("found no blocks, or no benchmarks, to decide from");
  const std::size_t most = std::min(rule.most_blocks, kMostBlocks);
  std::vector<std::size_t> result;
  // More looks need more blocks for the first of them, and a later first one means fewer looks.
  for (std::size_t first = rule.least_blocks;; ++first) {
    result.clear();
    for (std::size_t blocks = first; 5 * blocks < 4 * most; blocks += (blocks + 1) / 2)
      result.push_back(blocks);
    result.push_back(most);
    const double tests = static_cast<double>(result.size() * family_size);
    if (result.size() == 1 || stats::least_signed_p(first) * tests <= rule.alpha) return result;
  }
}

std::vector<Decision> decide(const std::vector<Series>& family, const Rule& rule, std::size_t look,
                             bool final) {
  std::vector<double> shifts;  // of A'/A
  for (const Series& series : family) {
    require_series(series);
    shifts.push_back(stats::WalshAverages(series.floor).estimate());
  }
  const Level level = level_of(rule, family.size(), look, final);
  const Spread copies = spread_of_copies(family, shifts, rule.alpha, level);
  const Spread layouts = spread_of_layouts(family, rule.alpha);
  std::vector<Judged> judged;
  std::vector<double> p;
  for (std::size_t i = 0; i < family.size(); ++i) {
    const Spread spread = spread_for(family[i], shifts[i], copies, layouts);
    judged.push_back(judge(family[i], shifts[i], spread, rule, level));
    p.push_back(judged.back().decision.p);
  }
  const std::vector<double> adjusted = stats::holm(p);
  std::vector<Decision> decisions;
  for (std::size_t i = 0; i < family.size(); ++i) {
    judged[i].decision.p = adjusted[i];
    judged[i].decision.verdict = verdict_of(judged[i], family[i].threshold, rule);
    decisions.push_back(judged[i].decision);
  }
  return decisions;
}

bool sure(const std::vector<Decision>& decisions) {
  return std::none_of(decisions.begin(), decisions.end(), [](const Decision& decision) {
    return decision.verdict == Verdict::kInconclusive;
  });
}

}  // namespace logigrad::gate
