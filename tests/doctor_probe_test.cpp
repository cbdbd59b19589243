// The probe: its statistics on made-up samples, and that it measures something at all. What it
// measures is not judged here: the machine that runs the tests may be as noisy as it likes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include "tools/doctor/add_chain.hpp"
#include "tools/doctor/probe.hpp"

namespace logigrad::doctor {
namespace {

TEST(Spread, RanksAreInterpolated) {
  std::vector<double> samples(101);
  std::iota(samples.begin(), samples.end(), 100.0);  // 100 to 200
  std::ranges::reverse(samples);
  const Spread spread = spread_of(samples);
  EXPECT_DOUBLE_EQ(spread.low, 105);
  EXPECT_DOUBLE_EQ(spread.median, 150);
  EXPECT_DOUBLE_EQ(spread.high, 195);
  EXPECT_DOUBLE_EQ(spread.relative(), 90.0 / 150.0);
  EXPECT_EQ(spread.samples, 101u);
  EXPECT_DOUBLE_EQ(spread_of({1, 2}).median, 1.5);
  EXPECT_DOUBLE_EQ(spread_of({1, 2}).low, 1.05);
}

TEST(Spread, OneSampleHasNone) {
  const Spread spread = spread_of({7});
  EXPECT_EQ(spread.low, 7);
  EXPECT_EQ(spread.high, 7);
  EXPECT_EQ(spread.relative(), 0);
}

TEST(Spread, AFewOutliersAreForgotten) {
  std::vector<double> samples(96, 1.0);
  samples.insert(samples.end(), 4, 1000.0);
  EXPECT_EQ(spread_of(samples).relative(), 0);
  samples.insert(samples.end(), 4, 1000.0);  // 8 of 104 are more than 5 %
  EXPECT_GT(spread_of(samples).relative(), 900);
}

TEST(GapCounter, CountsStepsOfTheClockThatAreLongEnough) {
  GapCounter counter(10'000);
  for (const std::int64_t now : {5, 105, 1'000'105, 1'010'104, 1'020'104, 1'020'204, 1'020'204}) {
    counter.read(now);  // steps of 100, 1'000'000, 9'999, 10'000, 100 and 0 ns
  }
  const Gaps gaps = counter.gaps();
  EXPECT_EQ(gaps.count, 2u);
  EXPECT_DOUBLE_EQ(gaps.longest, 1e-3);
  EXPECT_DOUBLE_EQ(gaps.lost, 1.01e-3);
  EXPECT_DOUBLE_EQ(gaps.watched, 1'020'199e-9);
  EXPECT_DOUBLE_EQ(gaps.fraction(), 1'010'000.0 / 1'020'199.0);
}

TEST(GapCounter, WhatWasNotWatchedIsNoGap) {
  GapCounter counter(10'000);
  counter.read(0);
  counter.read(1'000);
  counter.restart();
  counter.read(5'000'000);
  counter.read(5'020'000);
  counter.restart();
  counter.read(0);  // a clock of its own
  counter.read(500);
  const Gaps gaps = counter.gaps();
  EXPECT_EQ(gaps.count, 1u);
  EXPECT_DOUBLE_EQ(gaps.lost, 20e-6);
  EXPECT_DOUBLE_EQ(gaps.watched, 21.5e-6);
}

TEST(GapCounter, NothingWatchedIsNothingLost) {
  EXPECT_EQ(GapCounter(1).gaps().fraction(), 0);
  GapCounter once(1);
  once.read(1'000'000);  // the first reading is no step
  EXPECT_EQ(once.gaps().count, 0u);
}

TEST(AddChain, AddsAsOftenAsItSays) {
  if (!kHasAddChain) GTEST_SKIP() << "for want of a chain of additions for this architecture";
  EXPECT_EQ(add_block(0, 1), static_cast<std::uint64_t>(kAddsInBlock));
  EXPECT_EQ(add_block(5, 3), 5u + 3u * kAddsInBlock);
}

TEST(BufferSize, IsBeyondTheCacheAndWithinTheMemory) {
  constexpr std::size_t kMib = 1 << 20;
  Machine machine;
  machine.l3 = {32 * kMib, 1};
  EXPECT_EQ(buffer_size(machine), 128 * kMib);  // what is available is unknown
  machine.available_memory = 512 * kMib;
  EXPECT_EQ(buffer_size(machine), 128 * kMib);
  machine.available_memory = 256 * kMib;
  EXPECT_EQ(buffer_size(machine), 64 * kMib);
  machine.available_memory = 255 * kMib;
  EXPECT_EQ(buffer_size(machine), 0u);
  machine.l3 = {};
  machine.available_memory = 4096 * kMib;
  EXPECT_EQ(buffer_size(machine), 256 * kMib);  // of an unknown cache
  machine.l2 = {kMib, 1};
  EXPECT_EQ(buffer_size(machine), 16 * kMib);  // a slice at least is left alone by the cache
}

TEST(Probe, MeasuresEachOfItsThree) {
  Machine machine;
  machine.l2 = {1 << 20, 1};
  const Probe probe = run_probe(0.2, machine);
  EXPECT_EQ(probe.clock.has_value(), kHasAddChain);
  if (probe.clock) {
    EXPECT_GT(probe.clock->median, 1e6);
    EXPECT_LT(probe.clock->median, 2e10);  // 20 GHz: no chain was that fast, or it is none
    EXPECT_GE(probe.clock->samples, 20u);
  }
  ASSERT_TRUE(probe.bandwidth);
  EXPECT_GT(probe.bandwidth->median, 0);
  EXPECT_GE(probe.bandwidth->samples, 20u);  // one a round at least
  EXPECT_GT(probe.gaps.watched, 0.3 * 0.2);  // less than 0.35 by the first steps of the rounds
  EXPECT_LE(probe.gaps.lost, probe.gaps.watched);
  EXPECT_GE(probe.seconds, 0.2);
}

TEST(Probe, WithoutMemoryThereIsNoBandwidth) {
  Machine machine;
  machine.l3 = {32 << 20, 1};
  machine.available_memory = 1 << 20;
  EXPECT_FALSE(run_probe(0.1, machine).bandwidth);
}

TEST(Timer, StepsAndCosts) {
  const Timer timer = measure_timer();
  EXPECT_GT(timer.step, 0);
  EXPECT_GT(timer.cost, 0);
}

TEST(MeasureClock, IsThatOfACpu) {
  const std::optional<double> hertz = measure_clock(0.01);
  ASSERT_EQ(hertz.has_value(), kHasAddChain);
  if (!hertz) return;
  EXPECT_GT(*hertz, 1e6);
  EXPECT_LT(*hertz, 2e10);
}

}  // namespace
}  // namespace logigrad::doctor
