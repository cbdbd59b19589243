// The statistics against scipy's (tests/data/statistics.json, made by tests/stats_table.py), and
// what no table holds: their edges, and that test and interval never contradict each other.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <stdexcept>
#include <vector>

#include "tests/statistics_table.hpp"
#include "tools/stats/holm.hpp"
#include "tools/stats/mann_whitney.hpp"
#include "tools/stats/rank_sum.hpp"
#include "tools/stats/sample.hpp"

namespace logigrad::stats {
namespace {

TEST(Stats, RankTestsAreScipys) {
  std::map<std::string, int> kinds;
  const Json json = table();
  for (const Json& row : json.at("ranks")) {
    ++kinds[row.at("kind")];
    const Values x = row.at("x"), y = row.at("y");
    const RankTest test = mann_whitney(x, y);
    expect_close(test.less, row.at("less"), row);
    expect_close(test.greater, row.at("greater"), row);
    expect_close(test.two_sided(), std::min(1.0, 2 * std::min(test.less, test.greater)), row);
    EXPECT_NEAR(hodges_lehmann(x, y, 0.05).estimate, row.at("estimate"), 1e-14) << row.dump();
    const bool is_exact = x.size() + y.size() <= kMostExact;
    EXPECT_EQ(is_exact, row.at("kind") != "approximate") << row.dump();
  }
  EXPECT_GE(kinds["exact"], 20);
  EXPECT_GE(kinds["ties"], 15);
  EXPECT_GE(kinds["approximate"], 6);
}

TEST(Stats, IntervalsAreThoseThatTheExactTestLeaves) {
  int tested = 0;
  const Json json = table();
  for (const Json& row : json.at("ranks")) {
    for (const Json& interval : row.at("intervals")) {
      const Shift shift = hodges_lehmann(row.at("x"), row.at("y"), interval[0]);
      EXPECT_EQ(shift.low, interval[1].is_null() ? -kInfinity : interval[1].get<double>()) << row;
      EXPECT_EQ(shift.high, interval[2].is_null() ? kInfinity : interval[2].get<double>()) << row;
      ++tested;
    }
  }
  EXPECT_GE(tested, 30);
}

TEST(Stats, HolmMedianAndMeanAreScipys) {
  const Json json = table();
  for (const Json& row : json.at("holm")) {
    const Values want = row.at("adjusted"), got = holm(row.at("p"));
    ASSERT_EQ(got.size(), want.size());
    for (std::size_t i = 0; i < got.size(); ++i) expect_close(got[i], want[i], row);
  }
  for (const Json& row : json.at("samples")) {
    EXPECT_EQ(median(row.at("values")), row.at("median").get<double>());
    expect_close(geometric_mean(row.at("values")), row.at("geometric_mean"), row);
  }
}

Values drawn(std::mt19937& random, std::size_t count, int kinds) {
  Values values(count);
  for (double& value : values) value = static_cast<double>(random() % static_cast<unsigned>(kinds));
  return values;
}

TEST(Stats, AnIntervalWithout0IsASignificantTestEvenWithTies) {
  std::mt19937 random(7);
  int outside = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    Values x = drawn(random, 3 + random() % 6, 12), y = drawn(random, 3 + random() % 6, 12);
    for (double& value : y) value += static_cast<double>(trial % 8);
    const Shift shift = hodges_lehmann(x, y, 0.05);
    EXPECT_LE(shift.low, shift.estimate);
    EXPECT_GE(shift.high, shift.estimate);
    if (shift.low <= 0 && shift.high >= 0) continue;
    ++outside;
    EXPECT_LE(mann_whitney(x, y).two_sided(), 0.05) << Json(x) << Json(y);
  }
  EXPECT_GT(outside, 500);
}

TEST(Stats, OnOneScaleAsOnAnother) {
  const Values x = {1, 5, 2, 7, 3}, y = {4, 9, 6, 8};
  const Shift there = hodges_lehmann(x, y, 0.1), back = hodges_lehmann(y, x, 0.1);
  EXPECT_EQ(there.estimate, -back.estimate);
  EXPECT_EQ(there.low, -back.high);
  EXPECT_EQ(there.high, -back.low);
  EXPECT_EQ(mann_whitney(x, y).less, mann_whitney(y, x).greater);
  EXPECT_EQ(hodges_lehmann(x, {14, 19, 16, 18}, 0.1).low, there.low + 10);
}

TEST(Stats, OneValueAgainstOneSaysNothing) {
  EXPECT_EQ(mann_whitney({1}, {2}).two_sided(), 1);
  EXPECT_EQ(least_p(1, 1), 1);
  EXPECT_EQ(median({3}), 3);
  const Shift shift = hodges_lehmann({1}, {3}, 0.05);
  EXPECT_EQ(shift.estimate, 2);
  EXPECT_EQ(shift.low, -kInfinity);
  EXPECT_EQ(shift.high, kInfinity);
}

TEST(Stats, AllEqualIsNoDifference) {
  for (const std::size_t count : {3u, 40u}) {  // exact, and with a deviation of 0
    const Values equal(count, 2.5);
    EXPECT_EQ(mann_whitney(equal, equal).two_sided(), 1) << count;
    EXPECT_EQ(hodges_lehmann(equal, equal, 0.2).low, 0) << count;
  }
}

TEST(Stats, ExactAndApproximateMeet) {
  const RankSumDistribution exact(28, 28), approximate(28, 29);
  for (double u = 200; u < 392; u += 0.5) {
    EXPECT_NEAR(exact.at_most(u), approximate.at_most(u + 14), 0.01) << u;
    EXPECT_NEAR(exact.at_most(u) + exact.at_least(u + 0.5), 1, 1e-15) << u;
  }
  EXPECT_NEAR(least_p(28, 28) * 7648690600760440 / 2, 1, 1e-15);  // 1 of C(56, 28)
}

TEST(Stats, WhatIsNoSampleIsRefused) {
  const Values good = {1, 2};
  for (const Values& bad : {Values{}, Values{1, kNaN}, Values{kInfinity, 1}}) {
    EXPECT_THROW(median(bad), std::invalid_argument);
    EXPECT_THROW(geometric_mean(bad), std::invalid_argument);
    EXPECT_THROW(mann_whitney(good, bad), std::invalid_argument);
    EXPECT_THROW(mann_whitney(bad, good), std::invalid_argument);
    EXPECT_THROW(hodges_lehmann(good, bad, 0.05), std::invalid_argument);
    EXPECT_THROW(hodges_lehmann(bad, good, 0.05), std::invalid_argument);
  }
  EXPECT_THROW(geometric_mean({1, 0}), std::invalid_argument);
  EXPECT_THROW(logarithms({-1}), std::invalid_argument);
  for (const double alpha : {0.0, 1.0, kNaN}) {
    EXPECT_THROW(hodges_lehmann(good, good, alpha), std::invalid_argument);
  }
  for (const double p : {-0.1, 1.1, kNaN}) EXPECT_THROW(holm({0.5, p}), std::invalid_argument);
  EXPECT_THROW(RankSumDistribution(2, 0), std::invalid_argument);
  EXPECT_THROW(RankSumDistribution(0, 2), std::invalid_argument);
}

}  // namespace
}  // namespace logigrad::stats
