// The signed-rank test, its interval and the bound on spread against scipy's
// (tests/data/statistics.json, made by tests/stats_table.py), and what no table holds.
#include "tools/stats/signed_rank.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <stdexcept>
#include <vector>

#include "tests/statistics_table.hpp"
#include "tools/stats/spread.hpp"

namespace logigrad::stats {
namespace {

TEST(SignedRank, TestsAreScipys) {
  std::map<std::string, int> kinds;
  const Json json = table();
  for (const Json& row : json.at("signed")) {
    ++kinds[row.at("kind")];
    const Values values = row.at("values");
    const RankTest test = signed_rank(values);
    expect_close(test.less, row.at("less"), row);
    expect_close(test.greater, row.at("greater"), row);
    EXPECT_NEAR(WalshAverages(values).estimate(), row.at("estimate"), 1e-14) << row.dump();
    EXPECT_EQ(values.size() <= kMostSigned, row.at("kind") != "approximate") << row.dump();
  }
  EXPECT_GE(kinds["exact"], 20);
  EXPECT_GE(kinds["ties"], 12);
  EXPECT_GE(kinds["approximate"], 6);
}

TEST(SignedRank, IntervalsAreThoseThatTheExactTestLeaves) {
  int tested = 0;
  const Json json = table();
  for (const Json& row : json.at("signed")) {
    WalshAverages averages(row.at("values"));
    for (const Json& interval : row.at("intervals")) {
      const Shift shift = averages.interval(interval[0]);
      EXPECT_EQ(shift.low, interval[1].is_null() ? -kInfinity : interval[1].get<double>()) << row;
      EXPECT_EQ(shift.high, interval[2].is_null() ? kInfinity : interval[2].get<double>()) << row;
      ++tested;
    }
  }
  EXPECT_GE(tested, 40);
}

TEST(SignedRank, AnIntervalWithout0IsASignificantTestEvenWithTies) {
  std::mt19937 random(7);
  int outside = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    Values values(5 + random() % 9);
    for (double& value : values) value = static_cast<double>(static_cast<int>(random() % 13) - 6);
    for (double& value : values) value += static_cast<double>(trial % 8) + 0.25;  // none is 0
    const Shift shift = WalshAverages(values).interval(0.07);
    EXPECT_LE(shift.low, shift.estimate);
    EXPECT_GE(shift.high, shift.estimate);
    if (shift.low <= 0 && shift.high >= 0) continue;
    ++outside;
    EXPECT_LE(signed_rank(values).two_sided(), 0.07) << Json(values);
  }
  EXPECT_GT(outside, 500);
}

TEST(SignedRank, TurnsWithTheSigns) {
  const Values values = {0.3, -1, 2.5, 0.7, -0.2, 4}, turned = {-0.3, 1, -2.5, -0.7, 0.2, -4};
  EXPECT_EQ(signed_rank(values).less, signed_rank(turned).greater);
  const Shift there = WalshAverages(values).interval(0.1),
              back = WalshAverages(turned).interval(0.1);
  EXPECT_EQ(there.estimate, -back.estimate);
  EXPECT_EQ(there.low, -back.high);
  EXPECT_EQ(there.high, -back.low);
}

TEST(SignedRank, ExactAndApproximateMeet) {
  const SignedRankDistribution exact(kMostSigned), approximate(kMostSigned + 1);
  // The mean of 53 is 715.5, of 54 742.5; the deviations are 113.1 and 116.2.
  for (double z = -2.5; z <= 2.5; z += 0.25) {
    const double t = std::floor(715.5 + 113.1 * z), other = std::floor(742.5 + 116.2 * z);
    EXPECT_NEAR(exact.at_most(t), approximate.at_most(other), 0.004) << z;
    EXPECT_NEAR(exact.at_most(t) + exact.at_least(t + 1), 1, 1e-15) << z;
  }
  // In the tail what is called 1e-4 is less.
  const double t = 715.5 - 3.72 * 113.1;
  EXPECT_GT(approximate.at_most(742.5 - 3.72 * 116.2), 1.2 * exact.at_most(std::floor(t)));
}

TEST(SignedRank, FewValuesSayNothing) {
  EXPECT_EQ(signed_rank({1}).two_sided(), 1);
  EXPECT_EQ(signed_rank({0, 0, 0}).two_sided(), 1);
  EXPECT_EQ(signed_rank({3, 0, 0}).two_sided(), signed_rank({3}).two_sided());
  EXPECT_EQ(least_signed_p(1), 1);
  EXPECT_EQ(least_signed_p(5), 2.0 / 32);
  EXPECT_EQ(least_signed_p(53), std::ldexp(1, -52));
  const Shift shift = WalshAverages({3, 5}).interval(0.05);
  EXPECT_EQ(shift.estimate, 4);
  EXPECT_EQ(shift.low, -kInfinity);
  EXPECT_EQ(shift.high, kInfinity);
  EXPECT_EQ(WalshAverages(Values(9, 2.5)).interval(0.05).low, 2.5);
}

TEST(SignedRank, HugeValuesDoNotOverflow) {
  const Values huge = {1.7e308, 1.6e308, 1.5e308};
  EXPECT_EQ(WalshAverages(huge).estimate(), 1.6e308);
}

TEST(Spread, IsScipys) {
  int tested = 0;
  const Json json = table();
  for (const Json& row : json.at("spreads")) {
    expect_close(root_mean_square(row.at("values")), row.at("spread"), row);
    for (const Json& bound : row.at("bounds")) {
      expect_close(size_bound(row.at("values"), bound[0]), bound[1], row);
      ++tested;
    }
  }
  EXPECT_EQ(tested, 12);
  EXPECT_NEAR(size_bound({1}, 0.001), 1 / std::tan(std::acos(-1) * 0.0005), 1e-9);  // Cauchy
  // Of 1 degree the quartile is 1, and the deviation of 1 and 3 is the root of 2.
  EXPECT_NEAR(next_size_bound({1, 3}, 0.5), 2 + std::sqrt(3), 1e-9);
  EXPECT_NEAR(next_size_bound({-1, -3}, 0.5), 2 + std::sqrt(3), 1e-9);
}

TEST(Spread, IsExceededByAsManyAsItSays) {
  std::mt19937 random(11);
  std::normal_distribution<double> normal;
  int about_0 = 0, about_2 = 0, next_about_0 = 0, next_about_9 = 0;
  for (int trial = 0; trial < 4000; ++trial) {
    Values values(5), moved(5);
    for (double& value : values) value = normal(random);
    for (double& value : moved) value = 2 + normal(random);
    about_0 += std::abs(normal(random)) > size_bound(values, 0.1) ? 1 : 0;
    about_2 += std::abs(2 + normal(random)) > size_bound(moved, 0.1) ? 1 : 0;
    next_about_0 += std::abs(normal(random)) > next_size_bound(values, 0.1) ? 1 : 0;
    for (double& value : moved) value -= 11;
    next_about_9 += std::abs(-9 + normal(random)) > next_size_bound(moved, 0.1) ? 1 : 0;
  }
  EXPECT_LT(next_about_0, 400 + 60);
  EXPECT_NEAR(next_about_9, 200, 42) << "of an interval that is all on one side half of it";
  EXPECT_NEAR(about_0, 400, 60);  // three deviations
  EXPECT_LT(about_2, 400);
}

TEST(SignedRank, WhatIsNoSampleIsRefused) {
  for (const Values& bad : {Values{}, Values{1, kNaN}, Values{kInfinity, 1}}) {
    EXPECT_THROW(signed_rank(bad), std::invalid_argument);
    EXPECT_THROW(WalshAverages{bad}, std::invalid_argument);
    EXPECT_THROW(root_mean_square(bad), std::invalid_argument);
    EXPECT_THROW(size_bound(bad, 0.1), std::invalid_argument);
    EXPECT_THROW(next_size_bound(bad, 0.1), std::invalid_argument);
  }
  for (const double alpha : {0.0, 1.0, kNaN}) {
    EXPECT_THROW(WalshAverages({1, 2}).interval(alpha), std::invalid_argument);
    EXPECT_THROW(size_bound({1, 2}, alpha), std::invalid_argument);
    EXPECT_THROW(next_size_bound({1, 2}, alpha), std::invalid_argument);
  }
  EXPECT_THROW(next_size_bound({1}, 0.1), std::invalid_argument);
  EXPECT_THROW(SignedRankDistribution(0), std::invalid_argument);
}

}  // namespace
}  // namespace logigrad::stats
