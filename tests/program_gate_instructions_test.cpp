// logigrad gate --instructions under the real valgrind, of small programs: counts that must agree
// to the last instruction, and a spill that must be seen.
#include <cstdlib>

#include "tests/fake_bench.hpp"

namespace logigrad {
namespace {

const std::string kSerial = "gradient/auto/any/f32/N:64/D:64/threads:1";
const std::string kShared = "gradient/auto/any/f32/N:128/D:64/threads:2";

class CountTest : public GateTest {
 protected:
  void SetUp() override {
    if (std::system("command -v valgrind >/dev/null") != 0)
      GTEST_SKIP() << "for want of valgrind (tools/setup.sh --with-profile)";
  }

  // The report of the gate of two programs.
  Json count(const std::string& baseline, const std::string& candidate, int status,
             Strings more = {}, const Strings& settings = {}) const {
    more.insert(more.begin(), {"gate", "--baseline", baseline, "--candidate", candidate,
                               "--instructions", "--json", "out.json"});
    const Outcome outcome = run_gate(more, settings);
    EXPECT_EQ(outcome.status, status) << outcome.err << outcome.out;
    said_ = outcome.out + outcome.err;
    return Json::parse(content_of(path("out.json")));
  }

  mutable std::string said_;
};

TEST_F(CountTest, AnIdenticalBuildDiffersByNothing) {
  const Json json = count(LOGIGRAD_COUNTED, LOGIGRAD_COUNTED_AGAIN, 0);
  EXPECT_EQ(json.at("kind"), "instructions");
  ASSERT_EQ(json.at("benchmarks").size(), 2u);
  const Json& serial = json.at("benchmarks").at(0);
  EXPECT_EQ(serial.at("name"), kSerial);
  EXPECT_EQ(serial.at("baseline_instructions"), serial.at("candidate_instructions"));
  EXPECT_EQ(serial.at("ratio"), 1);
  EXPECT_EQ(serial.at("threshold"), 0.0001);
  EXPECT_GE(serial.at("baseline_instructions"), 4096) << "one an element at least";
  EXPECT_LE(serial.at("baseline_instructions"), 4096 * 10) << "of one call, and not of all";
  const Json& shared = json.at("benchmarks").at(1);
  EXPECT_EQ(shared.at("name"), kShared);
  EXPECT_EQ(shared.at("threshold"), 0.001);
  EXPECT_NEAR(shared.at("ratio"), 1, 0.001);
  EXPECT_GE(shared.at("baseline_instructions"), 8192) << "of both threads";
  // Twice as many elements as `serial` has.
  EXPECT_NEAR(shared.at("baseline_instructions").get<double>() /
                  serial.at("baseline_instructions").get<double>(),
              2, 0.5)
      << "not of both threads";
  // The count is of one call, however many the benchmark makes.
  const Json more = count(LOGIGRAD_COUNTED, LOGIGRAD_COUNTED, 0, {}, {"CALLS=5"});
  EXPECT_EQ(more.at("benchmarks").at(0).at("baseline_instructions"),
            serial.at("baseline_instructions"));
}

TEST_F(CountTest, OneSpillInTheInnerLoopIsSeen) {
  const Json json = count(LOGIGRAD_COUNTED, LOGIGRAD_COUNTED_SPILL, 1);
  const Json& serial = json.at("benchmarks").at(0);
  EXPECT_EQ(serial.at("verdict"), "REGRESSED");
  const double added = serial.at("candidate_instructions").get<double>() -
                       serial.at("baseline_instructions").get<double>();
  EXPECT_GE(added, 4096) << "a store or a load for each element";
  EXPECT_EQ(json.at("benchmarks").at(1).at("verdict"), "REGRESSED");
  EXPECT_NE(said_.find("REGRESSED: 2 of 2 benchmarks"), std::string::npos) << said_;
  for (const std::string& line : lines_of(said_)) EXPECT_LE(line.size(), 100u) << line;
  EXPECT_EQ(count(LOGIGRAD_COUNTED_SPILL, LOGIGRAD_COUNTED, 0).at("benchmarks").at(0).at("verdict"),
            "IMPROVED");
  count(LOGIGRAD_COUNTED, LOGIGRAD_COUNTED_SPILL, 0, {"--threshold", "900%"});
}

TEST_F(CountTest, WhatIsBeyondTheBudgetIsNotCounted) {
  const Json json = count(LOGIGRAD_COUNTED, LOGIGRAD_COUNTED_AGAIN, 3, {"--budget", "0.01s"});
  ASSERT_EQ(json.at("benchmarks").size(), 2u);
  EXPECT_EQ(json.at("benchmarks").at(0).at("verdict"), "PASS") << "the first one is counted";
  EXPECT_EQ(json.at("benchmarks").at(1).at("verdict"), "INCONCLUSIVE");
  EXPECT_EQ(json.at("benchmarks").at(1).at("candidate_instructions"), nullptr);
  EXPECT_EQ(json.at("benchmarks").at(1).at("ratio"), nullptr);
  EXPECT_NE(said_.find("              -              -         -"), std::string::npos) << said_;
}

TEST_F(CountTest, WhatCannotBeCounted) {
  EXPECT_EQ(count(LOGIGRAD_COUNTED, LOGIGRAD_COUNTED_WRONG, 4).at("failed_in_candidate").size(),
            1u);
  // A program whose function has another name.
  fake("b", {MadeResult().add(kFirst, {1e-6})}, 0,
       "case $* in *list_tests*) echo " + kSerial + "; exit 0;; esac");
  const Json json = count("./b", "./b", 2);
  EXPECT_EQ(json.at("verdict"),
            "ERROR: the baseline: callgrind saw no call of logigrad's function for " + kSerial);
  const Outcome none =
      run_gate({"gate", "--baseline", "./b", "--candidate", "./b", "--instructions"},
               {"PATH=" + path("").string()});
  EXPECT_EQ(none.status, 2);
  EXPECT_NE(none.err.find("--instructions: found no valgrind"), std::string::npos) << none.err;
}

}  // namespace
}  // namespace logigrad
