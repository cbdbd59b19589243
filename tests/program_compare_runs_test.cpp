// logigrad compare as a process: what two runs can tell, and what one run twice cannot.
#include <string>

#include "tests/compare_program.hpp"

namespace logigrad {
namespace {

TEST_F(CompareTest, WhatTheMachineDidIsNoSlowdown) {
  const auto on = [](double control, double kernel) {
    MadeResult result = MadeResult().add(kAuto, rounds_around(kernel));
    for (int i = 0; i < 20; ++i)
      result.add("limit/l" + std::to_string(i) + "/any/f32/N:4096/D:28", rounds_around(control));
    return result.text();
  };
  write("before.json", on(1e-6, 7e-6));
  write("after.json", on(1.5e-6, 9e-6));
  const Outcome outcome = compare({"before.json", "after.json"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_NE(outcome.err.find("1 of 1 kernels were slower by more than 5 %, but by no more than"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.out.find(" machine\n"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("rounds say, up to 50.0 %"), std::string::npos) << outcome.out;
  EXPECT_EQ(compare({"before.json", "after.json", "--filter", "^gradient"}).status, 3);
  EXPECT_EQ(compare({"after.json", "before.json"}).status, 0) << "nothing is slower";
  const Json json = json_of({"before.json", "after.json"}, 3);
  const Json& comparison = json.at("comparisons").at(0);
  EXPECT_EQ(comparison.at("kernels").at("machine"), 1);
  EXPECT_NEAR(comparison.at("benchmarks").at(0).at("machine_floor"), 1.5, 1e-6);
  EXPECT_LE(comparison.at("benchmarks").at(0).at("adjusted_p_by_rounds"), 0.05);
  EXPECT_EQ(comparison.at("benchmarks").at(0).at("adjusted_p"), 1);
  write("slow.json", on(1.05e-6, 9e-6));
  EXPECT_EQ(compare({"before.json", "slow.json"}).status, 1) << "more than the machine's 5 %";
}

// Two runs of one revision, beside other loads: 69 kernels were "slower" by their rounds alone.
TEST_F(CompareTest, TwoRunsOfOneRevisionAreNotSlower) {
  const std::string directory = LOGIGRAD_SOURCE_DIR "/results/amd-epyc-2-01692657/";
  const std::string quiet = directory + "20261126T125701Z-88e3f85d.json";
  const std::string busy = directory + "20261126T123842Z-88e3f85d.json";
  EXPECT_EQ(json_of({quiet, busy}, 3).at("comparisons").at(0).at("kernels").at("slower"), 0);
  EXPECT_EQ(compare({quiet, busy, "--filter", "^gradient/auto"}).status, 3);
  EXPECT_NE(compare({busy, quiet, "--filter", "^gradient/auto"}).status, 1);
}

TEST_F(CompareTest, RunsOfASideArePooled) {
  write("late.json", made(8e-6, 2).text());
  const Json json =
      json_of({"--baseline", "a.json", "same.json", "--candidate", "slow.json", "late.json"}, 1);
  ASSERT_EQ(json.at("comparisons").size(), 1u);
  EXPECT_EQ(json.at("comparisons").at(0).at("benchmarks").at(0).at("baseline_rounds"), 18);
  EXPECT_EQ(json.at("baseline").at("files"), Json({"a.json", "same.json"}));
}

// As many rounds as one likes could be had of one run.
TEST_F(CompareTest, ARunTwiceOnOneSideIsRefused) {
  write("copy.json", Json::parse(made(7e-6).text()).dump());
  for (const Strings& files :
       {Strings{"--baseline", "a.json", "a.json", "--candidate", "slow.json"},
        Strings{"--baseline", "slow.json", "--candidate", "a.json", "copy.json"},
        Strings{"slow.json", "a.json", "copy.json"}}) {
    Strings arguments = {"compare"};
    arguments.insert(arguments.end(), files.begin(), files.end());
    expect_refused(arguments, "found the times of a.json a second time");
  }
  EXPECT_EQ(compare({"a.json", "copy.json"}).status, 0) << "a side each";
}

}  // namespace
}  // namespace logigrad
