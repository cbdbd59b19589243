// Change points of made-up series with known answers, against every other segmentation, and the
// series of a machine as they are read from its results.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

#include "tests/made_result.hpp"
#include "tests/temporary_directory.hpp"
#include "tools/dataset/input_error.hpp"
#include "tools/history/series.hpp"
#include "tools/stats/change_points.hpp"

namespace logigrad {
namespace {

using Values = std::vector<double>;
using Indices = std::vector<std::size_t>;
using stats::change_points;

constexpr double kQuiet = 1e-9;  // of no matter beside the noise of the series

// Levels of 10 values each, with normal noise of deviation 1.
Values levels(const Values& means, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise;
  Values series;
  for (const double mean : means) {
    for (int i = 0; i < 10; ++i) series.push_back(mean + noise(random));
  }
  return series;
}

TEST(ChangePoints, AreWhereTheLevelsAre) {
  int one = 0, three = 0;
  for (unsigned seed = 1; seed <= 100; ++seed) {
    one += change_points(levels({0, 12}, seed), kQuiet) == Indices{10} ? 1 : 0;
    three += change_points(levels({0, 15, 0, -15}, seed), kQuiet) == Indices{10, 20, 30} ? 1 : 0;
  }
  EXPECT_GE(one, 96) << "of 100; a series of noise has a change in 1 to 2 %";
  EXPECT_GE(three, 96);
}

TEST(ChangePoints, OfNoiseAloneAreRare) {
  int found = 0;
  for (unsigned seed = 1; seed <= 1000; ++seed)
    found += change_points(levels({0, 0}, seed), kQuiet).empty() ? 0 : 1;
  EXPECT_LE(found, 30) << "of 1000; 1 to 2 % are expected";
}

TEST(ChangePoints, AnOutlierIsNone) {
  for (std::size_t at = 0; at < 20; ++at) {
    Values series = levels({0, 0}, 3);
    series[at] = 40;
    EXPECT_EQ(change_points(series, kQuiet), Indices{}) << at;
  }
  EXPECT_EQ(stats::without_outliers({0, 0, 9, 9, 0, 5}, 1), (Values{0, 0, 9, 9, 5, 5}));
  EXPECT_EQ(stats::without_outliers({0, 2, 0}, 1), (Values{0, 2, 0}));
}

TEST(ChangePoints, WhatIsBelowTheLeastNoiseIsNone) {
  const Values step = {1, 1, 1, 1, 1.002, 1.002, 1.002, 1.002};
  EXPECT_EQ(change_points(step, 0.005), Indices{});
  EXPECT_EQ(change_points(step, 1e-5), Indices{4});
  EXPECT_EQ(change_points(Values(9, 2), 0.005), Indices{});
}

TEST(ChangePoints, NeedTwoLevels) {
  EXPECT_EQ(change_points({1, 1, 1, 9, 9}, 0.1), Indices{}) << "too short for two";
  EXPECT_EQ(change_points({1, 1, 1, 9, 9, 9}, 0.1), Indices{3});
  EXPECT_EQ(change_points({7}, 0.1), Indices{});
  EXPECT_THROW(change_points({}, 0.1), std::invalid_argument);
  EXPECT_THROW(change_points({1, std::nan("")}, 0.1), std::invalid_argument);
  EXPECT_THROW(change_points({1, 2}, 0), std::invalid_argument);
}

// ---- Which value is to blame --------------------------------------------------------------------

stats::Levels blamed(const Values& series) { return stats::levels(series, 0.1); }

TEST(Levels, NoValueOfTheOldLevelIsBlamed) {
  EXPECT_EQ(change_points({1, 1, 1.1, 1, 1.1, 1, 1, 9, 9}, 0.1), Indices{6}) << "a level is 3 long";
  const stats::Levels newest = blamed({1, 1, 1.1, 1, 1.1, 1, 1, 9, 9});
  EXPECT_EQ(newest.begins, Indices{});
  EXPECT_EQ(newest.unsure, 7u);
  const stats::Levels sure = blamed({1, 1, 1.1, 1, 1.1, 1, 1, 9, 9, 9});
  EXPECT_EQ(sure.begins, Indices{7});
  EXPECT_EQ(sure.unsure, 10u);
  EXPECT_EQ(blamed({1, 1, 1.1, 1, 9, 9, 1, 1, 1.1, 1}).begins, (Indices{4, 6}))
      << "two values between are no level of three, but which they are is certain";
  EXPECT_EQ(blamed({1, 1, 1.1, 1.05, 9, 9, 9.1, 5}).begins, Indices{4});
}

TEST(Levels, OfTheNewestItIsNotYetSure) {
  for (const double off : {1.5, 0.5}) {
    EXPECT_EQ(blamed({1, 1, 1, 1, 1, off}).unsure, 5u);
    EXPECT_EQ(blamed({1, 1, 1, off}).unsure, 3u);
    EXPECT_EQ(blamed({1, 1, off}).unsure, 3u) << "off what?";
    EXPECT_EQ(blamed({1, 1, 1, 1, 1, off}).begins, Indices{});
  }
  EXPECT_EQ(blamed({1, 1, 1, 1, 1, 1.35}).unsure, 6u) << "within 4 deviations of 0.1";
  EXPECT_EQ(blamed({1, 1, 1, 1, 1, 3, 1.35}).unsure, 7u) << "back again";
  EXPECT_EQ(blamed({1, 1, 1, 1, 1, 3, -1}).unsure, 6u) << "on two sides: the last one alone";
  EXPECT_EQ(blamed({1, 1, 1, 1, 9, 9, 9, 9, 12}).unsure, 8u) << "off the last level";
}

TEST(Levels, AreFoundWhereTheyAreAndRarelyElsewhere) {
  int found = 0, unsure = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    found += stats::levels(levels({0, 12}, seed), kQuiet).begins == Indices{10} ? 1 : 0;
    unsure += stats::levels(levels({0}, seed), kQuiet).unsure < 10 ? 1 : 0;
  }
  EXPECT_GE(found, 288);
  EXPECT_LE(unsure, 9) << "3 % of series of 10 values";
}

double squared_distance(const Values& series, std::size_t begin, std::size_t end) {
  double sum = 0, distance = 0;
  for (std::size_t i = begin; i < end; ++i) sum += series[i];
  for (std::size_t i = begin; i < end; ++i)
    distance += std::pow(series[i] - sum / static_cast<double>(end - begin), 2);
  return distance;
}

// The least cost of series[begin, ...), by trying every first segment.
double least_cost(const Values& series, std::size_t begin, double penalty) {
  double least = squared_distance(series, begin, series.size());
  for (std::size_t end = begin + 3; end + 3 <= series.size(); ++end)
    least = std::min(
        least, squared_distance(series, begin, end) + penalty + least_cost(series, end, penalty));
  return least;
}

// The series in units of its noise.
Values in_noise(const Values& series) {
  const double noise = stats::noise_of(series, kQuiet);
  Values result = stats::without_outliers(series, noise);
  for (double& value : result) value /= noise;
  return result;
}

// What is pruned must not have been the best.
TEST(ChangePoints, NoSegmentationIsBetter) {
  std::mt19937 random(11);
  std::normal_distribution<double> noise;
  std::size_t found = 0;
  for (int trial = 0; trial < 200; ++trial) {
    Values series(6 + random() % 13);
    double level = 0;
    for (double& value : series) {
      if (random() % 4 == 0) level = static_cast<double>(random() % 30);
      value = level + noise(random);
    }
    const double penalty = stats::kChangePenalty * std::log(static_cast<double>(series.size()));
    Indices ends = change_points(series, kQuiet);
    found += ends.size();
    double cost = static_cast<double>(ends.size()) * penalty;
    ends.push_back(series.size());
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
      cost += squared_distance(in_noise(series), begin, end);
      begin = end;
    }
    const double least = least_cost(in_noise(series), 0, penalty);
    EXPECT_NEAR(cost, least, 1e-9 * least) << trial;
  }
  EXPECT_GT(found, 100u);
}

// ---- Series -------------------------------------------------------------------------------------

const std::string kAuto = "gradient/auto/any/f32/N:4096/D:28";
const std::string kRow = "gradient/row/sse2/f32/N:4096/D:28";

// Eight runs; `kAuto` is slower by a half from the fifth one on, `kRow` is only in some.
void write_runs(const TemporaryDirectory& directory, const std::string& machine) {
  for (int run = 0; run < 8; ++run) {
    MadeResult made;
    made.add(kAuto, {}, (run < 4 ? 1000 : 1500) * (1 + 0.001 * (run % 3)));
    if (run % 2 == 0) made.add(kRow, {}, 50);
    if (run == 1) made.add_failure(kRow, "wrong");
    directory.write(machine + "/20261126T00000" + std::to_string(run) + "Z-0123abcd.json",
                    made.set("revision", "0123abc" + std::to_string(run)).text());
  }
}

TEST(History, ASeriesIsOfTheRunsThatHaveATime) {
  const TemporaryDirectory directory;
  write_runs(directory, "made-2-00000000");
  const std::vector<history::Run> runs = history::load_runs(directory.path(), "made-2-00000000");
  ASSERT_EQ(runs.size(), 8u);
  EXPECT_EQ(runs[3].origin.revision, "0123abc3") << "in the order of their names";
  const std::vector<history::Series> all = history::make_series(runs, std::regex(""));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, kAuto + "/threads:1");
  EXPECT_EQ(all[0].changes, Indices{4});
  EXPECT_NEAR(all[0].level(1) / all[0].level(0), 1.5, 0.002);
  ASSERT_EQ(all[1].points.size(), 4u);
  EXPECT_EQ(all[1].points[1].run, 2u) << "run 1 has a wrong answer";
  EXPECT_TRUE(all[1].changes.empty());
  EXPECT_EQ(history::make_series(runs, std::regex("row")).size(), 1u);
}

TEST(History, RunsAreInTheOrderOfTheirDates) {
  const TemporaryDirectory directory;
  const auto write = [&](const std::string& name, const std::string& date) {
    directory.write("m-2-00000000/" + name + ".json",
                    MadeResult().set("revision", name).date(date).add(kAuto, {}, 1000).text());
  };
  write("a", "2026-11-26T12:00:00+00:00");
  write("b", "2026-11-26T12:30:00+01:00");
  write("c", "2026-11-25T23:59:59+00:00");
  write("d", "yesterday");
  std::string order;
  for (const history::Run& run : history::load_runs(directory.path(), "m-2-00000000"))
    order += run.origin.revision;
  EXPECT_EQ(order, "dcba");
}

TEST(History, WhatHoldsNoResultsIsRefused) {
  const TemporaryDirectory directory;
  write_runs(directory, "b-2-00000000");
  write_runs(directory, "a-2-00000000");
  directory.write("empty/README.md", "");
  EXPECT_EQ(history::machines(directory.path()),
            (std::vector<std::string>{"a-2-00000000", "b-2-00000000"}));
  EXPECT_THROW(history::load_runs(directory.path(), "empty"), InputError);
  EXPECT_THROW(history::load_runs(directory.path(), "none"), InputError);
  EXPECT_THROW(history::machines(directory.path() / "none"), InputError);
  directory.write("a-2-00000000/broken.json", "{");
  EXPECT_THROW(history::load_runs(directory.path(), "a-2-00000000"), InputError);
}

}  // namespace
}  // namespace logigrad
