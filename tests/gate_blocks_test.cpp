// The order of the gate's processes, and when it looks at what they gave.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>
#include <vector>

#include "tools/gate/blocks.hpp"
#include "tools/gate/decision.hpp"
#include "tools/stats/signed_rank.hpp"

namespace logigrad::gate {
namespace {

using Values = std::vector<double>;
using Order = std::vector<std::size_t>;

const double kInfinity = std::numeric_limits<double>::infinity();
const double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Blocks, AreAPermutationAndItsMirrorImage) {
  std::mt19937_64 random(3);
  std::map<Order, int> seen;
  for (int trial = 0; trial < 6000; ++trial) {
    const Order order = block_order(3, random);
    ASSERT_EQ(order.size(), 6u);
    EXPECT_TRUE(std::equal(order.begin(), order.end(), order.rbegin()));
    for (const std::size_t program : {kBaseline, kBaselineCopy, kCandidate})
      EXPECT_EQ(std::count(order.begin(), order.end(), program), 2);
    ++seen[order];
  }
  EXPECT_EQ(seen.size(), 6u);
  for (const auto& [order, count] : seen) EXPECT_NEAR(count, 1000, 120);  // four deviations
}

TEST(Blocks, CancelALinearDrift) {
  std::mt19937_64 random(4);
  for (const std::size_t programs : {3u, 8u}) {
    const Order order = block_order(programs, random);
    Values seconds;
    for (std::size_t i = 0; i < order.size(); ++i)
      seconds.push_back(std::exp(0.1 * static_cast<double>(i)) *
                        (order[i] == kCandidate ? 1.5 : 1));
    EXPECT_NEAR(log_ratio(order, seconds, kCandidate, kBaseline), std::log(1.5), 1e-14);
    EXPECT_NEAR(log_ratio(order, seconds, kBaselineCopy, kBaseline), 0, 1e-14);
    EXPECT_NEAR(log_ratio(order, seconds, programs - 1, programs - 1), 0, 1e-14);
  }
}

TEST(Blocks, AreRefusedWithoutTheirTimes) {
  const Order order = {0, 1, 1, 0};
  EXPECT_NEAR(log_ratio(order, {1, 4, 9, 4}, 1, 0), std::log(3), 1e-15);
  EXPECT_THROW(log_ratio(order, {1, 4, 9}, 1, 0), std::invalid_argument);
  EXPECT_THROW(log_ratio(order, {1, 4, 9, 4}, 2, 0), std::invalid_argument);
  for (const double bad : {0.0, -1.0, kNaN, kInfinity}) {
    EXPECT_THROW(log_ratio(order, {1, bad, 1, 1}, 1, 0), std::invalid_argument);
    EXPECT_THROW(log_ratio(order, {1, bad, 1, 1}, 0, 1), std::invalid_argument);
  }
}

TEST(Looks, BeginWhereARegressionCanBeSeenAndEndAtTheBudget) {
  for (const std::size_t family : {1u, 5u, 50u, 500u}) {
    const Rule rule;
    const Order blocks = looks(rule, family);
    EXPECT_EQ(blocks.back(), rule.most_blocks);
    const double tests = static_cast<double>(blocks.size() * family);
    EXPECT_LE(stats::least_signed_p(blocks[0]) * tests, rule.alpha) << family;
    EXPECT_TRUE(blocks[0] == rule.least_blocks ||
                stats::least_signed_p(blocks[0] - 1) * tests > rule.alpha)
        << family;
    for (std::size_t i = 1; i < blocks.size(); ++i) {
      EXPECT_GE(4 * blocks[i], 5 * blocks[i - 1]) << family;
      EXPECT_LE(2 * blocks[i], 4 * blocks[i - 1]) << family;
    }
  }
  EXPECT_EQ(looks({}, 50), (Order{14, 21, 32, 48, 72, 108, 200}));
  EXPECT_EQ(looks({.least_blocks = 30, .most_blocks = 90}, 50), (Order{30, 45, 68, 90}));
  EXPECT_EQ(looks({.least_blocks = 2, .most_blocks = 4}, 50), (Order{4}));
  EXPECT_EQ(looks({.most_blocks = 1000000}, 50).back(), kMostBlocks);
}

TEST(Looks, OfARuleThatIsNoneAreRefused) {
  for (const double bad : {0.0, 1.0, kNaN}) {
    EXPECT_THROW(looks({.alpha = bad}, 1), std::invalid_argument);
    EXPECT_THROW(looks({.power = bad}, 1), std::invalid_argument);
  }
  EXPECT_THROW(looks({.least_blocks = 9, .most_blocks = 8}, 1), std::invalid_argument);
  EXPECT_THROW(looks({.least_blocks = 0}, 1), std::invalid_argument);
  EXPECT_THROW(looks({}, 0), std::invalid_argument);
}

}  // namespace
}  // namespace logigrad::gate
