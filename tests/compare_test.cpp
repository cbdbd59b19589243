// Comparisons of made-up results whose answers are known: what google/benchmark's compare.py gets
// wrong (silence about regressions, names without a partner in the mean), and that nothing else
// raises an alarm.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/compare_sides.hpp"
#include "tools/dataset/input_error.hpp"

namespace logigrad::compare {
namespace {

// One benchmark whose candidate takes `factor` times as long.
Line line_of(double factor, const Settings& settings = {}, std::size_t rounds = 9) {
  return judged(MadeResult().add(kAuto, rounds_around(1e-6, rounds)),
                MadeResult().add(kAuto, rounds_around(factor * 1e-6, rounds, 1)), settings)
      .at(0)
      .lines.at(0);
}

TEST(Compare, AKnownRegressionIsFound) {
  const Line line = line_of(1.2);
  EXPECT_EQ(line.verdict, Verdict::kSlower);
  EXPECT_EQ(line.name, kAuto + "/threads:1");
  EXPECT_NEAR(line.ratio, 1.2, 0.003);
  EXPECT_LT(line.low, 1.2);
  EXPECT_GT(line.high, 1.2);
  EXPECT_DOUBLE_EQ(line.p, 2 / 48620.0) << "the least of 9 and 9 rounds: 2 of C(18, 9)";
}

TEST(Compare, AVerdictIsAboutTheThreshold) {
  EXPECT_EQ(line_of(1 / 1.2).verdict, Verdict::kFaster);
  EXPECT_EQ(line_of(1.04).verdict, Verdict::kSame) << "significant, and of no matter";
  EXPECT_EQ(line_of(0.97).verdict, Verdict::kSame);
  EXPECT_EQ(line_of(1.05).verdict, Verdict::kUnclear) << "at the threshold";
  EXPECT_EQ(line_of(1 / 1.05).verdict, Verdict::kUnclear);
  EXPECT_EQ(line_of(1.04, {.threshold = 0.01}).verdict, Verdict::kSlower);
  EXPECT_EQ(line_of(0.97, {.threshold = 0}).verdict, Verdict::kFaster);
  EXPECT_EQ(line_of(1.2, {.threshold = 0.25}).verdict, Verdict::kSame);
}

TEST(Compare, IdenticalDataAreQuiet) {
  MadeResult made;
  std::mt19937 random(1);
  std::lognormal_distribution<double> noise(0, 0.3);
  for (int d = 1; d <= 50; ++d) {
    std::vector<double> rounds(9);
    for (double& round : rounds) round = 1e-6 * noise(random);
    made.add("gradient/auto/any/f32/N:9/D:" + std::to_string(d), rounds);
  }
  const Summary summary = summarize(judged(made, made, {.threshold = 0}), false);
  EXPECT_EQ(summary.lines, 50u);
  EXPECT_EQ(summary.slower + summary.faster, 0u);
  EXPECT_DOUBLE_EQ(summary.geometric_mean, 1);
}

// Families of 20 of the same code: an alarm in at most 5 %, give or take three deviations.
TEST(Compare, FalseAlarmsAreAsRareAsPromised) {
  std::mt19937 random(3);
  std::lognormal_distribution<double> noise(0, 0.05);
  int alarms = 0;
  for (int family = 0; family < 400; ++family) {
    MadeResult sides[2];
    for (int d = 1; d <= 20; ++d) {
      for (MadeResult& made : sides) {
        std::vector<double> rounds(9);
        for (double& round : rounds) round = 1e-6 * noise(random);
        made.add("gradient/auto/any/f32/N:9/D:" + std::to_string(d), rounds);
      }
    }
    const Summary summary = summarize(judged(sides[0], sides[1], {.threshold = 0}), false);
    alarms += summary.slower + summary.faster > 0 ? 1 : 0;
  }
  EXPECT_LE(alarms, 20 + 13);
  EXPECT_GT(alarms, 0) << "a test that never rejects has found nothing out";
}

TEST(Compare, UnmatchedNamesAreListedAndNotInTheMean) {
  MadeResult baseline, candidate;
  baseline.add(kAuto, rounds_around(1e-6)).add(kPanel, rounds_around(1e-3));
  candidate.add("gradient/row/sse2/f32/N:4096/D:28", rounds_around(1e-9))
      .add(kAuto, rounds_around(4e-6, 9, 1));
  const std::vector<Comparison> comparisons = judged(baseline, candidate);
  EXPECT_EQ(comparisons[0].only_baseline, std::vector<std::string>{kPanel + "/threads:1"});
  EXPECT_EQ(comparisons[0].only_candidate,
            std::vector<std::string>{"gradient/row/sse2/f32/N:4096/D:28/threads:1"});
  const Summary summary = summarize(comparisons, false);
  EXPECT_EQ(summary.lines, 1u);
  EXPECT_NEAR(summary.geometric_mean, 4, 0.01);
}

TEST(Compare, LimitsAndPeersAreAFamilyOfTheirOwn) {
  MadeResult baseline, candidate;
  baseline.add(kRead, rounds_around(1e-6)).add(kEigen, rounds_around(1e-6));
  candidate.add(kRead, rounds_around(2e-6)).add(kEigen, rounds_around(8e-6));
  const std::vector<Comparison> comparisons =
      judged(baseline.add(kAuto, rounds_around(1e-6)), candidate.add(kAuto, rounds_around(1e-6)));
  EXPECT_EQ(summarize(comparisons, false).slower, 0u);
  EXPECT_EQ(summarize(comparisons, true).slower, 2u);
  EXPECT_NEAR(summarize(comparisons, true).geometric_mean, 4, 1e-9);
  EXPECT_EQ(comparisons[0].lines[2].adjusted_p, comparisons[0].lines[2].p) << "of a family of 1";
}

// 9 rounds a side can have p = 4.1e-5: enough in a family of 1,000, not in one of 1,300.
TEST(Compare, TheFamilyIsWhatIsCompared) {
  for (const int size : {1000, 1300}) {
    MadeResult baseline, candidate;
    for (int d = 1; d <= size; ++d) {
      const std::string name = "gradient/auto/any/f32/N:9/D:" + std::to_string(d);
      baseline.add(name, rounds_around(1e-6));
      candidate.add(name, rounds_around(d == 1 ? 2e-6 : 1e-6, 9, 1));
    }
    const std::vector<Comparison> comparisons = judged(baseline, candidate);
    EXPECT_EQ(summarize(comparisons, false).slower, size == 1000 ? 1u : 0u);
    EXPECT_EQ(can_be_significant(comparisons, {}), size == 1000);
  }
}

TEST(Compare, TooFewRoundsHaveNoIntervalAndNoVerdict) {
  for (const std::size_t rounds : {0u, 1u, 3u}) {
    const std::vector<Comparison> comparisons =
        judged(MadeResult().add(kAuto, rounds_around(1e-6, rounds), 1000),
               MadeResult().add(kAuto, rounds_around(3e-6, rounds), 3000));
    const Line& line = comparisons[0].lines.at(0);
    EXPECT_NEAR(line.ratio, 3, 1e-9);
    EXPECT_EQ(line.low, 0);
    EXPECT_TRUE(std::isinf(line.high));
    EXPECT_EQ(line.verdict, Verdict::kUnclear);
    EXPECT_FALSE(can_be_significant(comparisons, {}));
  }
}

TEST(Compare, AWrongAnswerHasNoTime) {
  MadeResult baseline, candidate;
  baseline.add(kAuto, rounds_around(1e-6)).add_failure(kPanel, "old");
  candidate.add_failure(kAuto, "off by 3 bounds").add(kPanel, rounds_around(1e-6));
  const Comparison comparison = judged(baseline, candidate)[0];
  EXPECT_TRUE(comparison.lines.empty());
  ASSERT_EQ(comparison.candidate_failures.size(), 1u);
  EXPECT_EQ(comparison.candidate_failures[0].name, kAuto + "/threads:1");
  EXPECT_EQ(comparison.candidate_failures[0].reason, "off by 3 bounds");
  ASSERT_EQ(comparison.baseline_failures.size(), 1u);
  EXPECT_EQ(comparison.baseline_failures[0].reason, "old");
  const Comparison alone = judged(MadeResult().add(kAuto, {1e-6}),
                                  MadeResult().add_failure(kPanel, "new, and wrong"))[0];
  ASSERT_EQ(alone.candidate_failures.size(), 1u) << "although it has no partner";
}

// ---- What may be compared -----------------------------------------------------------------------

void expect_refused(const MadeResult& a, const MadeResult& b, const std::string& message) {
  try {
    require_comparable(side(a), side(b));
    ADD_FAILURE() << "no error, expected " << message;
  } catch (const NotComparable& error) {
    EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
  }
}

TEST(Compare, OtherMachinesBuildsAndTypesAreRefused) {
  const MadeResult made = MadeResult().add(kAuto, {1e-6});
  expect_refused(made, MadeResult(made).set("machine_key", "other-4-11111111"),
                 "the machine is made-2-00000000 here and other-4-11111111 there");
  expect_refused(made, MadeResult(made).set("build_type", "Debug"), "Release here and Debug there");
  MadeResult doubles = MadeResult().add("gradient/auto/any/f64/N:4096/D:28", {2e-6});
  expect_refused(made, doubles, "the type is f32 here and f64 there");
  EXPECT_NO_THROW(require_comparable(side(made), side(doubles.add(kAuto, {1e-6}))));
  EXPECT_NO_THROW(require_comparable(side(made), side(MadeResult(made).set("revision", "8"))));
  EXPECT_TRUE(are_comparable(side(made), side(made)));
  EXPECT_FALSE(are_comparable(side(made), side(MadeResult(made).set("build_type", "Debug"))));
  for (const char* const key : {"machine_key", "build_type"})
    EXPECT_THROW(side(MadeResult(made).unset(key)), InputError) << key;
}

TEST(Compare, OtherTypesMatchByTheRestOfTheName) {
  const Comparison comparison =
      judged(MadeResult().add(kAuto, {1e-6}),
             MadeResult().add("gradient/auto/any/f64/N:4096/D:28", {2e-6}))[0];
  ASSERT_EQ(comparison.lines.size(), 1u);
  EXPECT_EQ(comparison.lines[0].name, "gradient/auto/any/f32->f64/N:4096/D:28/threads:1");
}

TEST(Compare, AutoOfTwoMachinesMatchesWhateverItsIsa) {
  const std::string shape = "/f32/N:4096/D:28";
  const MadeResult from = MadeResult()
                              .add("gradient/auto/avx2_fma" + shape, {2e-6})
                              .add("gradient/auto/avx2_fma/f32/N:9/D:2", {1e-6})
                              .add("gradient/row/avx2_fma" + shape, {3e-6});
  MadeResult to = MadeResult()
                      .add("gradient/auto/avx512" + shape, {1e-6})
                      .add("gradient/auto/avx512/f32/N:9/D:2", {1e-6})
                      .add("gradient/auto/avx2_fma/f32/N:9/D:2", {1e-6})
                      .add("gradient/row/avx512" + shape, {3e-6});
  EXPECT_EQ(judged(from, to)[0].lines.size(), 1u) << "of one machine it is another case";
  const Comparison two = judged(from, to.set("machine_key", "other-4-11111111"))[0];
  ASSERT_EQ(two.lines.size(), 2u);
  EXPECT_EQ(two.lines[0].name, "gradient/auto/avx2_fma->avx512" + shape + "/threads:1");
  EXPECT_NEAR(two.lines[0].ratio, 0.5, 1e-9);
  EXPECT_EQ(two.lines[1].name, "gradient/auto/avx2_fma/f32/N:9/D:2/threads:1") << "the full name";
  EXPECT_EQ(two.only_baseline.size(), 1u);
  EXPECT_EQ(two.only_candidate.size(), 2u) << "each once";
  EXPECT_EQ(summarize({two}, false).missing, 1u);
  EXPECT_EQ(summarize({two}, true).missing, 0u);
}

TEST(Compare, RunsOfASideArePooledInOrder) {
  const MadeResult a = MadeResult().add(kAuto, {1, 2}).add(kPanel, {5});
  const MadeResult b = MadeResult().add(kRead, {7}).add(kAuto, {3});
  const auto pooled = [&](const MadeResult& second) {
    return make_side({{"A", parse_result("A", a.text())}, {"B", parse_result("B", second.text())}},
                     std::regex("auto|read_1"));
  };
  const Side side = pooled(b);
  ASSERT_EQ(side.samples.size(), 2u) << "what the filter finds";
  EXPECT_EQ(side.samples[0].seconds, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(side.samples[1].name.body, "read_1");
  EXPECT_EQ(side.title(), "A and 1 more");
  const Side failed = pooled(MadeResult().add_failure(kAuto, "wrong"));
  EXPECT_EQ(failed.samples[0].failure, "wrong");
  EXPECT_TRUE(failed.samples[0].seconds.empty());
  EXPECT_THROW(pooled(MadeResult(b).set("revision", "76543210")), NotComparable);
  EXPECT_THROW(pooled(MadeResult(b).set("machine_key", "other")), NotComparable);
}

TEST(Compare, WhatElseDiffersIsNamed) {
  const MadeResult a = MadeResult().set("compiler", "gcc").set("plan", "full");
  const MadeResult b =
      MadeResult().set("compiler", "clang").set("governor", "powersave").set("interrupted", "true");
  const std::vector<Difference> found = differences(side(a), side(b));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].key, "compiler");
  EXPECT_EQ(found[0].baseline, "gcc");
  EXPECT_EQ(found[0].candidate, "clang");
  EXPECT_EQ(found[1].key, "governor");
  EXPECT_EQ(found[1].baseline, "");
  EXPECT_EQ(side(b).interrupted, std::vector<std::string>{"FILE"});
}

}  // namespace
}  // namespace logigrad::compare
