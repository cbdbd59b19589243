// The benchmark's command line: data files, what is refused and how, help, the cap on the ISA.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/bench_process.hpp"
#include "tests/temporary_directory.hpp"

namespace logigrad::bench {
namespace {

TEST(Bench, RealData) {
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory.path() / "small data.csv";
  std::ofstream(file) << "a,b,label\n1,2,yes\n3,-1,no\n0,5,yes\n";
  const Outcome good = bench("--data '" + file.string() + "' --header --label-column last");
  EXPECT_EQ(good.status, 0) << good.output;
  EXPECT_TRUE(contains(good.output, "small data.csv 3x2")) << good.output;
  std::ofstream(file) << "a,b,label\n1,2,yes\n3,x,no\n";
  const Outcome bad = bench("--data '" + file.string() + "' --header --label-column last");
  EXPECT_EQ(bad.status, 2);
  EXPECT_TRUE(contains(bad.output, ":3:3: found 'x'")) << bad.output;
}

TEST(Bench, BadUsage) {
  const auto expect = [](const std::string& arguments, const std::string& message) {
    const TemporaryDirectory directory;
    const Outcome outcome = bench(arguments + " --results '" + directory.path().string() + "'");
    EXPECT_EQ(outcome.status, 2) << arguments << ": " << outcome.output;
    EXPECT_TRUE(contains(outcome.output, message)) << arguments << ": " << outcome.output;
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()) ||
                !std::filesystem::exists(directory.path() / "x"));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path())) {
      EXPECT_FALSE(entry.is_regular_file()) << "left behind: " << entry.path();
    }
  };
  expect("--shape tiny", "expected toy, tiny-d, higgs");
  expect("--shape 10x", "found '10x'");
  expect("--shape 0x5", "found '0x5'");
  expect("--shape 1000000x1000000", "GiB are available");
  expect("--dtype f16", "f16");
  expect("--threads 0", "--threads");
  expect("--no-such-flag", "--no-such-flag");
  expect("--shape 10x2 --benchmark_filter=nothing", "matches no benchmark");
  expect("--shape 10x2 --benchmark_filter='(x'", "found '(x'");
  expect("--shape 10x2 --benchmark_format=csv", "found 'csv', expected json or console");
  expect("--shape 10x2 --rounds 0", "--rounds");
  expect("--shape 10x2 --benchmark_out=x", "exclude each other");
  EXPECT_EQ(bench("--shape 10x2 --results /proc/nowhere").status, 2);
}

TEST(Bench, Help) {
  const Outcome outcome = bench("--help");
  EXPECT_EQ(outcome.status, 0);
  for (const char* part :
       {"--shape", "--data", "--benchmark_filter", "Exit status", "LOGIGRAD_MAX_ISA"}) {
    EXPECT_TRUE(contains(outcome.output, part)) << part;
  }
}

TEST(Bench, IsaCap) {
  const Outcome outcome = run(std::string("LOGIGRAD_MAX_ISA=generic '") + LOGIGRAD_BENCH +
                              "' --shape 20x2 --benchmark_min_time=0.001");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "naive/generic"));
  EXPECT_FALSE(contains(outcome.output, "panel"));
}

}  // namespace
}  // namespace logigrad::bench
