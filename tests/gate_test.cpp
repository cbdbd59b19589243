// The gate's rule where its verdicts change. How often it is wrong is gate_simulation's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include "tools/gate/decision.hpp"
#include "tools/stats/signed_rank.hpp"
#include "tools/stats/spread.hpp"

namespace logigrad::gate {
namespace {

using Values = std::vector<double>;

const double kInfinity = std::numeric_limits<double>::infinity();
const double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kThreshold = 0.03;
const double kEdge = std::log1p(kThreshold);

// `count` different values within `spread` of the center, the same to either side of it.
Values around(double center, double spread, std::size_t count = 20) {
  Values values;
  for (std::size_t i = 0; i < count; ++i) {
    const double place = (2 * static_cast<double>(i) + 1) / static_cast<double>(count) - 1;
    values.push_back(center + spread * place * (1 + 0.1 * place * place));
  }
  std::shuffle(values.begin(), values.end(), std::mt19937(5));
  return values;
}

Series series(const Values& effect, double threshold = kThreshold) {
  return {"made", effect, around(0, 1e-6, effect.size()), {}, threshold};
}

Decision alone(const Series& series) {
  const std::size_t blocks = series.effect.size();
  return decide({series}, {.least_blocks = blocks, .most_blocks = blocks}, 0, true)[0];
}

TEST(Gate, VerdictsChangeAtTheThreshold) {
  const double near = 1e-5, spread = 1e-7;
  EXPECT_EQ(alone(series(around(kEdge + near, spread))).verdict, Verdict::kRegressed);
  EXPECT_EQ(alone(series(around(kEdge, spread))).verdict, Verdict::kInconclusive);
  EXPECT_EQ(alone(series(around(kEdge - near, spread))).verdict, Verdict::kPass);
  EXPECT_EQ(alone(series(around(0, spread))).verdict, Verdict::kPass);
  EXPECT_EQ(alone(series(around(-kEdge + near, spread))).verdict, Verdict::kPass);
  EXPECT_EQ(alone(series(around(-kEdge, spread))).verdict, Verdict::kPass);
  EXPECT_EQ(alone(series(around(-kEdge - near, spread))).verdict, Verdict::kImproved);
}

TEST(Gate, NoEvidenceIsNoPass) {
  const Decision noisy = alone(series(around(0, 0.3)));
  EXPECT_EQ(noisy.verdict, Verdict::kInconclusive);
  EXPECT_GT(noisy.high, 1 + kThreshold);
  EXPECT_LT(noisy.low, 1 / (1 + kThreshold));
  EXPECT_GT(noisy.detectable, 0.1);
  EXPECT_NEAR(noisy.ratio, 1, 1e-12);
}

TEST(Gate, WhatCouldNotHaveFailedDoesNotPass) {
  // Of one benchmark 6 blocks are the least for p = 0.03.
  EXPECT_EQ(alone(series(around(0, 1e-6, 6))).verdict, Verdict::kPass);
  const Decision few = alone(series(around(0, 1e-6, 5)));
  EXPECT_EQ(few.verdict, Verdict::kInconclusive);
  EXPECT_EQ(few.detectable, kInfinity);
  EXPECT_EQ(few.low, 0);
  EXPECT_EQ(few.high, kInfinity);
  // Of two benchmarks they are too few for the family, though the interval of each would do.
  const Rule rule{.least_blocks = 6, .most_blocks = 6};
  const Series quiet = series(around(0, 1e-6, 6));
  for (const Decision& decision : decide({quiet, quiet}, rule, 0, true)) {
    EXPECT_EQ(decision.verdict, Verdict::kInconclusive);
    EXPECT_LT(decision.high, 1 + kThreshold);
  }
}

TEST(Gate, IdenticalNumbersPassAtAThresholdOf0) {
  Series same = series(Values(20, 0.0), 0);
  same.floor.assign(20, 0.0);
  const Decision decision = alone(same);
  EXPECT_EQ(decision.verdict, Verdict::kPass);
  EXPECT_EQ(decision.p, 1);
  EXPECT_EQ(decision.floor, 0);
  EXPECT_EQ(decision.detectable, 0);
}

TEST(Gate, ThePIsTheTestsTimesTheFamilyAndTheLooks) {
  Values mixed = around(kEdge + 0.01, 0.012, 14);
  const Series slower = series(mixed);
  for (double& value : mixed) value -= kEdge;
  const double p = 2 * stats::signed_rank(mixed).greater;
  const Rule rule{.least_blocks = 14, .most_blocks = 40};
  ASSERT_EQ(looks(rule, 1).size(), 3u);
  EXPECT_DOUBLE_EQ(decide({slower}, rule, 0, false)[0].p, 3 * p);
  EXPECT_DOUBLE_EQ(decide({slower}, rule, 1, false)[0].p, 3 * p);
  EXPECT_DOUBLE_EQ(decide({slower}, rule, 0, true)[0].p, p) << "all that is left";
  EXPECT_DOUBLE_EQ(decide({slower}, rule, 1, true)[0].p, 1.5 * p);
  EXPECT_EQ(decide({slower}, rule, 0, true)[0].verdict, Verdict::kRegressed);
  std::vector<Series> family(10, series(around(0, 1e-6, 14)));
  family[3] = slower;
  EXPECT_DOUBLE_EQ(decide(family, rule, 0, true)[3].p, 10 * p);
  EXPECT_EQ(decide(family, rule, 0, true)[3].verdict,
            10 * p <= rule.alpha ? Verdict::kRegressed : Verdict::kInconclusive);
  EXPECT_THROW(decide({slower}, rule, 3, false), std::invalid_argument);
}

TEST(Gate, TheIntervalIsTheTestsAtTheLevelOfTheLook) {
  const Values values = around(0.002, 0.02, 24);
  const Rule rule{.least_blocks = 24, .most_blocks = 24};
  const Decision decision = decide({series(values), series(values)}, rule, 0, true)[1];
  const stats::Shift shift = stats::WalshAverages(values).interval(0.05);
  EXPECT_DOUBLE_EQ(decision.low, std::exp(shift.low));
  EXPECT_DOUBLE_EQ(decision.high, std::exp(shift.high));
  EXPECT_DOUBLE_EQ(decision.ratio, std::exp(shift.estimate));
  const Rule longer{.least_blocks = 24, .most_blocks = 60};
  ASSERT_EQ(looks(longer, 1).size(), 3u);
  EXPECT_DOUBLE_EQ(decide({series(values)}, longer, 0, false)[0].high,
                   std::exp(stats::WalshAverages(values).interval(0.05 / 3).high));
}

TEST(Gate, WhatCopiesShowIsNotARegression) {
  std::vector<Series> family(4, series(around(0, 1e-4)));
  family[1].effect = around(kEdge + 0.02, 1e-4);
  const Rule rule{.least_blocks = 20, .most_blocks = 20};
  const std::vector<Decision> quiet = decide(family, rule, 0, true);
  EXPECT_EQ(quiet[1].verdict, Verdict::kRegressed);
  EXPECT_EQ(quiet[2].verdict, Verdict::kPass);
  EXPECT_LT(quiet[2].floor, 1e-4);
  family[0].floor = around(-0.03, 1e-4);  // as certain as the regression, in another benchmark
  const std::vector<Decision> floored = decide(family, rule, 0, true);
  const double bound = stats::size_bound({-0.03, 0, 0, 0}, 0.05 / 4);
  for (const Decision& decision : floored) {
    EXPECT_EQ(decision.verdict, Verdict::kInconclusive);
    EXPECT_NEAR(decision.floor, std::expm1(bound), 1e-4);
    EXPECT_GT(decision.detectable, kThreshold + decision.floor);
  }
  EXPECT_NEAR(std::log(floored[2].high / quiet[2].high), bound, 1e-4);
  EXPECT_NEAR(std::log(floored[2].low / quiet[2].low), -bound, 1e-4);
  family[1].effect = around(kEdge + bound + 0.001, 1e-4);
  EXPECT_EQ(decide(family, rule, 0, true)[1].verdict, Verdict::kRegressed);
}

TEST(Gate, WhatItsOwnCopiesShowIsTheLeastOfABenchmark) {
  std::vector<Series> family(60, series(around(0, 1e-4)));
  family[7].floor = around(-0.03, 1e-4);
  const Rule rule{.least_blocks = 20, .most_blocks = 20};
  const std::vector<Decision> decisions = decide(family, rule, 0, true);
  Values shifts(60, 0.0);
  shifts[7] = -0.03;
  const double bound = stats::size_bound(shifts, 0.05 / 60);
  EXPECT_LT(bound, 0.02);
  EXPECT_NEAR(decisions[0].floor, std::expm1(bound), 1e-4);
  EXPECT_NEAR(decisions[7].floor, std::expm1(0.03), 1e-4);
  EXPECT_NEAR(std::log(decisions[7].high), 0.03, 2e-4);
  EXPECT_EQ(decisions[0].verdict, Verdict::kPass);
  EXPECT_EQ(decisions[7].verdict, Verdict::kInconclusive);
}

TEST(Gate, NoiseOfCopiesIsNoFloor) {
  Series noisy = series(around(0, 1e-4));
  noisy.floor = around(0.004, 0.05);
  const Decision decision = alone(noisy);
  EXPECT_EQ(decision.verdict, Verdict::kPass);
  EXPECT_NEAR(decision.floor, std::expm1(0.004), 1e-3);
}

TEST(Gate, RelinkedCopiesJoinTheFloor) {
  std::vector<Series> family(2, series(around(kEdge + 0.02, 1e-4)));
  const Rule rule{.least_blocks = 20, .most_blocks = 20};
  EXPECT_EQ(decide(family, rule, 0, true)[0].verdict, Verdict::kRegressed);
  const Values layout = {0.01, -0.02, 0.005};
  family[0].layout = layout;
  const std::vector<Decision> decisions = decide(family, rule, 0, true);
  for (const Decision& decision : decisions) {  // of the family: the other one has none of its own
    EXPECT_EQ(decision.verdict, Verdict::kInconclusive);
    EXPECT_DOUBLE_EQ(decision.floor, std::expm1(stats::size_bound(layout, 0.05 / 2)));
  }
  family[1].layout = Values(60, 1e-3);
  family[1].layout[7] = -0.04;  // more than the bound of all of them: the least for its benchmark
  EXPECT_DOUBLE_EQ(decide(family, rule, 0, true)[1].floor, std::expm1(0.04));
  EXPECT_LT(decide(family, rule, 0, true)[0].floor, 0.04);
}

TEST(Gate, WhatIsDetectableIsFound) {
  for (const double spread : {0.001, 0.05}) {
    Values values = around(0, spread);
    const Decision decision = alone(series(values));
    EXPECT_GT(decision.detectable, kThreshold);
    for (double& value : values) value += std::log1p(decision.detectable);
    EXPECT_EQ(alone(series(values)).verdict, Verdict::kRegressed) << spread;
  }
}

TEST(Gate, IsSureWhenNothingIsInconclusive) {
  std::vector<Decision> decisions(3);
  EXPECT_FALSE(sure(decisions));
  decisions[0].verdict = Verdict::kPass;
  decisions[1].verdict = Verdict::kRegressed;
  EXPECT_FALSE(sure(decisions));
  decisions[2].verdict = Verdict::kImproved;
  EXPECT_TRUE(sure(decisions));
  EXPECT_EQ(name_of(Verdict::kPass), "PASS");
  EXPECT_EQ(name_of(Verdict::kRegressed), "REGRESSED");
  EXPECT_EQ(name_of(Verdict::kImproved), "IMPROVED");
  EXPECT_EQ(name_of(Verdict::kInconclusive), "INCONCLUSIVE");
}

TEST(Gate, WhatIsNoSeriesIsRefused) {
  const Series good = series(around(0, 0.01));
  std::vector<Series> bad(6, good);
  bad[0].effect.clear();
  bad[1].floor.pop_back();
  bad[2].effect[3] = kNaN;
  bad[3].layout = {kInfinity};
  bad[4].threshold = -0.01;
  bad[5].threshold = kNaN;
  for (const Series& wrong : bad)
    EXPECT_THROW(decide({good, wrong}, {}, 0, false), std::invalid_argument);
  EXPECT_THROW(decide({}, {}, 0, false), std::invalid_argument);
}

}  // namespace
}  // namespace logigrad::gate
