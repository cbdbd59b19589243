// Why one machine is faster than another: made-up machines are recovered, and what a result cannot
// tell is unknown.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/report_fixture.hpp"
#include "tools/report/factors.hpp"

namespace logigrad {
namespace {

using report::explain;
using report::Factors;

using report::Why;

const MadeMachine kOld{"old-2-00000000", 2.0e9, 1.5, 0.4, 0.90};
const MadeMachine kNew{"new-2-11111111", 3.1e9, 4.0, 0.2, 0.75, 2 << 20};
constexpr double kWithin = 0.02;

void expect_near(const std::optional<double>& found, double expected, const std::string& what) {
  ASSERT_TRUE(found.has_value()) << what;
  EXPECT_NEAR(*found / expected, 1, kWithin) << what;
}

const Factors& ratio_of(const std::vector<report::Run>& runs, const Why& why,
                        const std::string& shape) {
  for (const Why::Line& line : why.lines) {
    if (name_of(runs[why.run].rows[line.row].name()).find(shape) != std::string::npos)
      return line.ratio;
  }
  throw std::out_of_range(shape);
}

TEST(Factors, MadeUpMachinesAreRecovered) {
  const std::vector<report::Run> runs =
      runs_of({kOld.result("avx2_fma"), kNew.result("avx512", 1)});
  const std::vector<Why> all = explain(runs);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].run, 1u);
  EXPECT_EQ(all[0].baseline, 0u);
  ASSERT_EQ(all[0].lines.size(), 8u) << "whatever the ISA of auto";
  const Factors& memory = ratio_of(runs, all[0], "N:1000000/D:28/threads:2");
  expect_near(memory.clock, kNew.clock / kOld.clock, "clock");
  expect_near(memory.work, kNew.work / kOld.work, "work per clock");
  expect_near(memory.core, kNew.clock * kNew.work / (kOld.clock * kOld.work), "core");
  expect_near(memory.memory, kNew.memory / kOld.memory, "memory");
  expect_near(memory.threads, kNew.efficiency / kOld.efficiency, "threads");
  const Factors& cached = ratio_of(runs, all[0], "N:2000/D:28/threads:1");
  expect_near(cached.work, kNew.work / kOld.work, "work per clock in cache");
  EXPECT_EQ(*cached.memory, 1) << "its data wait for nothing";
  EXPECT_EQ(*cached.threads, 1);
}

TEST(Factors, TheirProductIsTheRatio) {
  const std::vector<report::Run> runs = runs_of({kOld.result(), kNew.result()});
  const std::vector<Why> all = explain(runs);
  for (const Why::Line& line : all[0].lines) {
    const Factors& f = line.ratio;
    EXPECT_NEAR(*f.clock * *f.work * *f.memory * *f.threads / f.speed, 1, 1e-12);
    EXPECT_NEAR(*f.core * *f.memory * *f.threads / f.speed, 1, 1e-12);
  }
  for (const Why::Mean& mean : all[0].means) {
    EXPECT_EQ(mean.known, mean.lines);
    EXPECT_NEAR(*mean.ratio.core * *mean.ratio.memory * *mean.ratio.threads / mean.ratio.speed, 1,
                1e-12);
  }
}

TEST(Factors, MeansAreOfTheLevelsOfTheBaseline) {
  const std::vector<Why> all = explain(runs_of({kOld.result(), kNew.result()}));
  // N = 100 is in L1d, 2000 and 5000 in L2, 1000000 in memory; each at one thread and two.
  std::size_t lines = 0;
  ASSERT_EQ(all[0].means.size(), 6u);
  for (const Why::Mean& mean : all[0].means) {
    lines += mean.lines;
    EXPECT_EQ(mean.lines, mean.level == report::Level::kL2 ? 2u : 1u);
    if (mean.level == report::Level::kMemory)
      expect_near(mean.ratio.memory, kNew.memory / kOld.memory, "memory");
  }
  EXPECT_EQ(lines, all[0].lines.size());
}

TEST(Factors, MeansAreOfTheLinesThatAreKnown) {
  const std::string other = "gradient/auto/any/f32/N:1000000/D:29";  // no D of 29 is in a cache
  const std::vector<Why> all =
      explain(runs_of({kOld.result().add(other, {}, 9e7), kNew.result().add(other, {}, 1e6)}));
  bool found = false;
  for (const Why::Mean& mean : all[0].means) {
    if (mean.level != report::Level::kMemory || mean.threads != 1) continue;
    found = true;
    EXPECT_EQ(mean.lines, 2u);
    EXPECT_EQ(mean.known, 1u);
    expect_near(mean.ratio.memory, kNew.memory / kOld.memory, "memory");
    expect_near(mean.ratio.speed,
                kNew.clock * kNew.work * kNew.memory / (kOld.clock * kOld.work * kOld.memory),
                "speed");
  }
  EXPECT_TRUE(found);
}

TEST(Factors, WhatHasNoAnchorIsUnknown) {
  const auto memory_bound = [](const MadeResult& made) {
    const std::vector<report::Run> runs = runs_of({kOld.result(), made});
    return ratio_of(runs, explain(runs)[0], "N:1000000/D:28/threads:2");
  };
  const Factors without_clock = memory_bound(kNew.result().unset("clock_hz"));
  EXPECT_FALSE(without_clock.clock || without_clock.work);
  expect_near(without_clock.core, kNew.clock * kNew.work / (kOld.clock * kOld.work), "core");
  EXPECT_TRUE(without_clock.memory && without_clock.threads);
  const Factors without_cache = memory_bound(kNew.result().unset("l2_bytes"));
  EXPECT_TRUE(without_cache.clock && without_cache.threads);
  EXPECT_FALSE(without_cache.core || without_cache.work || without_cache.memory);
  MadeResult two_threads;
  two_threads.add("gradient/auto/any/f32/N:1000000/D:28/threads:2", {}, 5e6);
  const Factors alone = memory_bound(two_threads);
  EXPECT_FALSE(alone.threads || alone.memory || alone.core || alone.clock);
  EXPECT_GT(alone.speed, 0);
}

TEST(Factors, TheFirstRunWithAClockIsTheBaseline) {
  const MadeResult unclocked = kOld.result().unset("clock_hz");
  const std::vector<report::Run> runs = runs_of({unclocked, kNew.result(), kOld.result("sse2", 1)});
  EXPECT_EQ(report::baseline_of(runs).run, 1u);
  EXPECT_TRUE(report::baseline_of(runs).has_clock);
  const std::vector<Why> all = explain(runs);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].run, 0u);
  EXPECT_EQ(all[0].baseline, 1u);
  EXPECT_EQ(all[1].run, 2u);
  EXPECT_EQ(all[1].baseline, 1u);
  const std::string shape = "N:1000000/D:28/threads:2";
  const Factors &without = ratio_of(runs, all[0], shape), &with = ratio_of(runs, all[1], shape);
  EXPECT_FALSE(without.clock || without.work);
  expect_near(without.core, kOld.clock * kOld.work / (kNew.clock * kNew.work), "core");
  expect_near(with.clock, kOld.clock / kNew.clock, "clock");
  expect_near(with.work, kOld.work / kNew.work, "work per clock");
  expect_near(with.memory, kOld.memory / kNew.memory, "memory");
  for (const Why::Mean& mean : all[1].means) {
    if (mean.level == report::Level::kMemory)
      expect_near(mean.ratio.clock, kOld.clock / kNew.clock, "clock of the mean");
  }
}

TEST(Factors, WithoutAnyClockTheFirstRunIsTheBaseline) {
  const MadeResult a = kOld.result().unset("clock_hz"), b = kNew.result().unset("clock_hz");
  const std::vector<report::Run> runs = runs_of({a, b});
  EXPECT_EQ(report::baseline_of(runs).run, 0u);
  EXPECT_FALSE(report::baseline_of(runs).has_clock);
  ASSERT_EQ(explain(runs).size(), 1u);
  EXPECT_EQ(explain(runs)[0].run, 1u);
}

TEST(Factors, OnlyTheSameCodeIsAnAnchor) {
  MadeResult made;
  made.set("l2_bytes", "1048576")
      .add("gradient/auto/any/f32/N:1000000/D:28", {}, 1e7)
      .add("gradient/auto/any/f32/N:1000/D:29", {}, 1e3)
      .add("gradient/auto/any/f64/N:1000/D:28", {}, 1e3)
      .add("gradient/auto/any/f32/N:1000/D:28/stride:29", {}, 1e3)
      .add("gradient/auto/any/f32/N:1000/D:28/threads:2", {}, 1e3)
      .add("loss_gradient/auto/any/f32/N:1000/D:28", {}, 1e3)
      .add("gradient/row/any/f32/N:1000/D:28", {}, 1e3);
  const report::Run run = runs_of({made})[0];
  EXPECT_FALSE(factors_of(run, run.rows[0]).core);
  made.add("gradient/auto/any/f32/N:2000/D:28", {}, 2e4)
      .add("gradient/auto/any/f32/N:1000/D:28", {}, 2e4);
  const report::Run anchored = runs_of({made})[0];
  EXPECT_DOUBLE_EQ(*factors_of(anchored, anchored.rows[0]).core, 2.8e9) << "the fastest in cache";
}

TEST(Factors, FailuresAndSweepsAreNotExplained) {
  const std::string name = "gradient/auto/any/f32/N:10/D:2";
  MadeResult swept;
  swept.add(name, {}).with("group", 3).add("gradient/auto/any/f32/N:9/D:3", {}).with("group", 3);
  EXPECT_TRUE(report::shared_benchmarks(runs_of({swept, swept})).empty());
  const MadeResult good = MadeResult().add(name, {});
  EXPECT_EQ(report::shared_benchmarks(runs_of({good, good})).size(), 1u);
  const MadeResult wrong = MadeResult().add_failure(name, "off");
  EXPECT_TRUE(report::shared_benchmarks(runs_of({good, wrong})).empty());
}

}  // namespace
}  // namespace logigrad
