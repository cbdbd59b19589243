// logigrad_bench_slowed as a process: that it measures, whatever the slowdown, and takes its option
// from anywhere in the command line. How much slower it is only a measurement can say, that of
// `logigrad gate --self-test`.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench_process.hpp"
#include "tests/temporary_directory.hpp"
#include "tools/results/result.hpp"

namespace logigrad::bench {
namespace {

Outcome slowed(const std::string& arguments) {
  return run(std::string("'") + LOGIGRAD_BENCH +
             "_slowed' --benchmark_min_time=0.001 --shape 65x9 " + arguments);
}

TEST(Slowed, MeasuresBothBodiesWhateverTheSlowdown) {
  for (const std::string option : {"--slowdown=0", "--slowdown 50"}) {
    const TemporaryDirectory directory;
    const std::string path = directory.path() / "result.json";
    const Outcome outcome =
        slowed(option + " --dtype f32 --threads 1 --rounds 3 --benchmark_out='" + path +
               "' --benchmark_filter='^(loss_)?gradient/(narrow|panel)/'");
    ASSERT_EQ(outcome.status, 0) << option << ": " << outcome.output;
    const Result result = load_results(path).at(0).result;
    std::vector<std::string> bodies;
    for (const Measurement& m : result.measurements) {
      EXPECT_EQ(m.failure, "") << m.name.body;
      EXPECT_EQ(m.rounds.size(), 3u) << m.name.body;
      bodies.push_back(m.name.quantity + "/" + m.name.body);
    }
    std::sort(bodies.begin(), bodies.end());
    EXPECT_EQ(bodies, (std::vector<std::string>{"gradient/narrow", "gradient/panel",
                                                "loss_gradient/narrow", "loss_gradient/panel"}))
        << option;
  }
}

TEST(Slowed, HasNoLimitsAndPeersWhichNothingSlows) {
  const Outcome outcome = slowed("--benchmark_list_tests --slowdown=5");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "gradient/panel/")) << outcome.output;
  EXPECT_FALSE(contains(outcome.output, "limit/")) << outcome.output;
  EXPECT_FALSE(contains(outcome.output, "peer/")) << outcome.output;
}

TEST(Slowed, WhatIsNoPercentageIsRefused) {
  for (const std::string bad : {"100", "-1", "nan", "5x", "''"}) {
    const Outcome outcome = slowed("--slowdown=" + bad);
    EXPECT_EQ(outcome.status, 2) << bad << ": " << outcome.output;
    EXPECT_TRUE(contains(outcome.output, "logigrad_bench_slowed: ")) << outcome.output;
    EXPECT_TRUE(contains(outcome.output, "--slowdown")) << outcome.output;
  }
  const Outcome other = slowed("--slowdown=5 --no-such-flag");
  EXPECT_EQ(other.status, 2) << "the benchmark's own options are its own affair";
  EXPECT_TRUE(contains(other.output, "--no-such-flag")) << other.output;
}

}  // namespace
}  // namespace logigrad::bench
