// What the machine did between two runs is no slowdown: limits and peers, which no change of the
// kernels touches, have moved as well.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/compare_sides.hpp"

namespace logigrad::compare {
namespace {

// One run of the same code: per group 18 controls and 8 kernels, all of whose times are moved by
// what the machine did to the group and, less, by what it did to each (a mode, a page).
MadeResult run_of(std::mt19937& random, double of_groups, double of_each, double slowdown = 1) {
  std::normal_distribution<double> normal;
  MadeResult made;
  for (int group = 0; group < 6; ++group) {
    const double moved = of_groups * normal(random);
    for (int i = 0; i < 26; ++i) {
      const std::string name = i < 18 ? "limit/read_" : "gradient/body_";
      const double factor = group == 3 && i == 20 ? slowdown : 1;
      std::vector<double> rounds(15);
      const double seconds = 1e-6 * factor * std::exp(moved + of_each * normal(random));
      for (double& round : rounds) round = seconds * std::exp(0.01 * normal(random));
      made.add(name + std::to_string(i) + "/any/f32/N:9/D:" + std::to_string(group + 1), rounds)
          .with("group", group);
    }
  }
  return made;
}

TEST(CompareMachine, IdenticalCodeOnAMachineThatChangesIsNotSlower) {
  std::mt19937 random(5);
  int alarms = 0, by_rounds = 0;
  for (int family = 0; family < 60; ++family) {
    const std::vector<Comparison> comparisons =
        judged(run_of(random, 0.15, 0.05), run_of(random, 0.15, 0.05));
    const Summary kernels = summarize(comparisons, false);
    alarms += kernels.slower + kernels.faster > 0 ? 1 : 0;
    by_rounds += kernels.machine > 0 ? 1 : 0;
  }
  EXPECT_LE(alarms, 3 + 5) << "5 %, and three deviations";
  EXPECT_GT(by_rounds, 50) << "or the machine did not change";
}

TEST(CompareMachine, ASlowdownIsFoundBesideControlsThatMovedLess) {
  std::mt19937 random(6);
  for (const double noise : {0.0, 0.02, 0.2}) {
    const std::vector<Comparison> comparisons =
        judged(run_of(random, 0, noise), run_of(random, 0, noise, 1.3));
    const Summary kernels = summarize(comparisons, false);
    EXPECT_EQ(kernels.slower, noise < 0.1 ? 1u : 0u) << noise;
    EXPECT_EQ(kernels.largest_floor < 1.3 / 1.05, noise < 0.1) << noise;
  }
}

MadeResult with_controls(std::size_t count, double control, double kernel, int group = 0) {
  MadeResult made;
  made.add(kAuto, rounds_around(kernel)).with("group", 0);
  for (std::size_t i = 0; i < count; ++i)
    made.add("limit/l" + std::to_string(i) + "/any/f32/N:4096/D:28", rounds_around(control))
        .with("group", group);
  return made;
}

TEST(CompareMachine, TheFloorIsWhatTheControlsOfTheRoundsMoved) {
  const auto line_of = [](const MadeResult& from, const MadeResult& to) {
    return judged(from, to)[0].lines[0];
  };
  const Line line = line_of(with_controls(10, 1e-6, 1e-6), with_controls(10, 0.8e-6, 1.25e-6));
  EXPECT_NEAR(line.floor, std::log(1.25), 1e-9) << "all moved alike, in either direction";
  EXPECT_EQ(line.verdict, Verdict::kMachine);
  EXPECT_NEAR(line.ratio, 1.25, 1e-9) << "what was measured";
  EXPECT_LT(line.low, 1);
  EXPECT_GT(line.high, 1.25 * 1.25);
  // Of fewer than 10 Student's t of their sizes, 2.2622 of 9 degrees in a family of 1.
  EXPECT_NEAR(line_of(with_controls(9, 1e-6, 1e-6), with_controls(9, 1.1e-6, 1e-6)).floor,
              2.2621572 * std::log(1.1), 1e-6);
  // One of many: it is farther than the spread of all would have it.
  MadeResult moved = with_controls(19, 1e-6, 1e-6), still = with_controls(19, 1e-6, 1e-6);
  still.add(kRead, rounds_around(1e-6)).with("group", 0);
  moved.add(kRead, rounds_around(0.8e-6)).with("group", 0);
  EXPECT_NEAR(line_of(still, moved).floor, std::log(1.25), 1e-9);
  const MadeResult slow = with_controls(10, 1.15e-6, 1.3e-6);
  EXPECT_EQ(line_of(with_controls(10, 1e-6, 1e-6), slow).verdict, Verdict::kSlower);
  // Another group's controls count only where the own ones are too few.
  const auto quiet_here = [](double elsewhere, std::size_t here) {
    MadeResult made = with_controls(here, 1e-6, elsewhere == 1e-6 ? 1e-6 : 1.3e-6);
    for (int i = 0; i < 9; ++i)
      made.add("peer/p" + std::to_string(i) + "/any/f32/N:4096/D:28", rounds_around(elsewhere))
          .with("group", 1);
    return made;
  };
  EXPECT_EQ(line_of(quiet_here(1e-6, 10), quiet_here(2e-6, 10)).verdict, Verdict::kSlower);
  EXPECT_EQ(line_of(quiet_here(1e-6, 9), quiet_here(2e-6, 9)).verdict, Verdict::kMachine);
}

TEST(CompareMachine, AFilterHidesNoControlAndOtherMachinesHaveNone) {
  const MadeResult from = with_controls(10, 1e-6, 1e-6), to = with_controls(10, 2e-6, 1.5e-6);
  std::vector<Comparison> filtered = {match(side(from, "^gradient"), side(to, "^gradient"))};
  EXPECT_EQ(filtered[0].floor.controls(), 10u);
  judge(filtered, {});
  ASSERT_EQ(filtered[0].lines.size(), 1u);
  EXPECT_EQ(filtered[0].lines[0].verdict, Verdict::kMachine);
  const Comparison other = judged(from, MadeResult(to).set("machine_key", "other-4-11111111"))[0];
  EXPECT_EQ(other.floor.controls(), 0u);
  EXPECT_EQ(other.lines[0].verdict, Verdict::kSlower) << "which machine is faster is the question";
}

}  // namespace
}  // namespace logigrad::compare
