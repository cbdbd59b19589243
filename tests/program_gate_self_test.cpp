// logigrad gate --self-test, on made-up programs whose slowdown is as honest as they say, or not.
#include "tests/fake_bench.hpp"

namespace logigrad {
namespace {

class GateSelfTest : public GateTest {
 protected:
  // A program that by --slowdown=PERCENT is slower by `factor_of(PERCENT)`.
  template <class Factor>
  void slowed(const Factor& factor_of) const {
    unsigned seed = 0;
    for (const int percent : {0, 5, 10, 20}) {
      const double factor = factor_of(percent);
      fake("slowed." + std::to_string(percent), times(factor, 0.004, ++seed, factor));
    }
    script("slowed", "for a; do case $a in --slowdown=*) percent=${a#*=};; esac; done\nexec '" +
                         path("slowed").string() + ".'$percent \"$@\"\n");
  }

  Outcome self_test(const Strings& more = {}) const {
    Strings arguments = {"gate",   "--self-test", "--slowed", "./slowed",
                         "--seed", "1",           "--filter", "x"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_gate(arguments);
  }
};

TEST_F(GateSelfTest, TruthIsFound) {
  slowed([](int percent) { return 1 + percent / 100.0; });
  const Outcome outcome = self_test();
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find("identical code, "), std::string::npos);
  EXPECT_NE(outcome.out.find("slower by 20 %, "), std::string::npos);
  EXPECT_NE(outcome.out.find(" 0 of them wrong"), std::string::npos) << outcome.out;
}

TEST_F(GateSelfTest, ASlowdownThatIsNoneIsALie) {
  slowed([](int) { return 1.0; });
  const Outcome outcome = self_test();
  EXPECT_EQ(outcome.status, 1) << outcome.out;
  EXPECT_NE(outcome.out.find("PASS  A LIE"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.err.find("the gate has lied: "), std::string::npos) << outcome.err;
}

TEST_F(GateSelfTest, IdenticalCodeThatIsSlowerIsALie) {
  slowed([](int percent) { return percent == 0 ? 1.0 : 0.8; });
  const Outcome outcome = self_test();
  EXPECT_EQ(outcome.status, 1) << outcome.out;
  EXPECT_NE(outcome.out.find("IMPROVED  A LIE"), std::string::npos) << outcome.out;
}

TEST_F(GateSelfTest, WhatMeasuredNothingDoesNotPass) {
  slowed([](int percent) { return 1 + percent / 100.0; });
  const Outcome outcome = self_test({"--budget", "0.01s", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 3) << outcome.out;
  EXPECT_NE(outcome.err.find("nothing was decided"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.out.find("    - finds      -  INCONCLUSIVE\n"), std::string::npos)
      << outcome.out;
  const Json json = Json::parse(content_of(path("out.json")));
  EXPECT_EQ(json.at("exit_status"), 3);
  EXPECT_EQ(json.at("verdicts"), 0);
  EXPECT_EQ(json.at("undecided"), 8);
  ASSERT_EQ(json.at("trials").size(), 4u);
  EXPECT_EQ(json.at("trials").at(3).at("slowdown"), 0.2);
  EXPECT_EQ(json.at("trials").at(3).at("benchmarks").at(1).at("ratio"), nullptr);
}

// At the threshold of 3 % there is neither PASS nor REGRESSED, and if it is said to be slower by
// 20 %, which this sitting would find, one of both is untrue.
TEST_F(GateSelfTest, WhatItSaysItFindsItHasToFind) {
  slowed([](int percent) { return percent == 20 ? 1.03 : 1 + percent / 100.0; });
  const Outcome outcome = self_test({"--json", "out.json"});
  EXPECT_EQ(outcome.status, 1) << outcome.out;
  EXPECT_NE(outcome.out.find("INCONCLUSIVE  A LIE"), std::string::npos) << outcome.out;
  const Json json = Json::parse(content_of(path("out.json")));
  const Json& line = json.at("trials").at(3).at("benchmarks").at(0);
  EXPECT_EQ(line.at("lie"), true);
  EXPECT_LT(line.at("detectable"), 0.2);
}

TEST_F(GateSelfTest, FilesThatItDoesNotWriteAreRefused) {
  expect_refused({"gate", "--self-test", "--junit", "out.xml"}, "--junit: found --self-test");
  expect_refused({"gate", "--self-test", "--markdown"}, "--markdown: found --self-test");
}

TEST_F(GateSelfTest, WithoutItsProgramItSaysWhatToBuild) {
  const Outcome outcome = run_gate({"gate", "--self-test", "--slowed", "./none"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_NE(outcome.err.find("none: found no such file, expected the program of --self-test"),
            std::string::npos)
      << outcome.err;
}

}  // namespace
}  // namespace logigrad
