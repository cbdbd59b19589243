// logigrad gate on programs whose times are made up: its exit status, its verdicts, its reports.
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

#include "tests/fake_bench.hpp"

namespace logigrad {
namespace {

TEST_F(GateTest, ExitStatusSaysWhetherABenchmarkIsSlower) {
  fake("a", times(1));
  fake("b", times(1, 0.004, 2));
  const Outcome same = gate();
  EXPECT_EQ(same.status, 0) << same.err << same.out;
  EXPECT_EQ(lines_of(same.out).back(),
            "PASS: none of 2 benchmarks is slower by more than its threshold, 0 are faster");
  fake("b", times(1.1, 0.004, 2));
  const Outcome slow = gate();
  EXPECT_EQ(slow.status, 1) << slow.out;
  const std::string verdict =
      "REGRESSED: 1 of 2 benchmarks are slower by more than their threshold";
  EXPECT_EQ(lines_of(slow.out).back(), verdict);
  EXPECT_EQ(lines_of(slow.err).back(), "logigrad: " + verdict);
  EXPECT_EQ(gate({"--threshold", "20%"}).status, 0);
  fake("b", times(0.9, 0.004, 2));
  const Outcome fast = gate();
  EXPECT_EQ(fast.status, 0) << fast.out;
  EXPECT_NE(fast.out.find("IMPROVED"), std::string::npos) << fast.out;
}

TEST_F(GateTest, WhatCouldNotBeSeenIsNoPass) {
  fake("a", times(1, 0.5));
  fake("b", times(1, 0.5, 2));
  const Json json = json_of({"--budget", "4s"}, 3);
  EXPECT_EQ(json.at("benchmarks").at(0).at("verdict"), "INCONCLUSIVE");
  EXPECT_EQ(json.at("verdict"), "INCONCLUSIVE: 2 of 2 benchmarks could not be decided");
  fake("a", times(1), 0, "sleep 0.2");
  fake("b", times(2), 0, "sleep 0.2");
  const Json few = json_of({"--budget", "2s"}, 3);
  EXPECT_LE(few.at("blocks"), 2) << "a block takes 1.2 s";
  EXPECT_EQ(few.at("benchmarks").at(0).at("verdict"), "INCONCLUSIVE");
  EXPECT_NE(gate({"--budget", "2s"}).out.find("too few blocks"), std::string::npos);
}

TEST_F(GateTest, WhatNoBlockHasMeasuredHasNoFigure) {
  fake("a", times(1), 0, "sleep 0.3");
  fake("b", times(2), 0, "sleep 0.3");
  const Strings arguments = {"--budget", "1s", "--json", "out.json", "--junit", "out.xml"};
  const Outcome outcome = gate(arguments);
  EXPECT_EQ(outcome.status, 3) << outcome.out;
  const Json json = Json::parse(content_of(path("out.json")));
  ASSERT_EQ(json.at("blocks"), 0) << "a block takes 1.8 s";
  const Json& line = json.at("benchmarks").at(0);
  for (const char* key : {"baseline_seconds", "candidate_seconds", "ratio", "ratio_low",
                          "ratio_high", "p", "floor", "detectable"})
    EXPECT_EQ(line.at(key), nullptr) << key;
  Strings words = lines_of(outcome.out);
  ASSERT_GT(words.size(), 5u);
  EXPECT_EQ(words[5],
            "  gradient/auto/any                      -      - too few blocks       -     -     -"
            "  INCONCLUSIVE");
  EXPECT_NE(content_of(path("out.xml")).find("INCONCLUSIVE: not measured"), std::string::npos);
}

TEST_F(GateTest, JsonHasEveryFigure) {
  fake("a", times(1));
  fake("b", times(1.1, 0.004, 2));
  const Json json = json_of({"--threshold", "4%"}, 1);
  EXPECT_EQ(json.at("kind"), "times");
  EXPECT_EQ(json.at("baseline").at("given"), "./a");
  EXPECT_EQ(json.at("candidate").at("commit"), "");
  EXPECT_EQ(json.at("seed"), 1);
  EXPECT_EQ(json.at("exit_status"), 1);
  EXPECT_EQ(json.at("interrupted"), false);
  EXPECT_GE(json.at("blocks"), 6);
  ASSERT_EQ(json.at("benchmarks").size(), 2u);
  const Json& line = json.at("benchmarks").at(0);
  EXPECT_EQ(line.at("name"), kFirst + "/threads:1");
  EXPECT_EQ(line.at("verdict"), "REGRESSED");
  EXPECT_EQ(line.at("threshold"), 0.04);
  EXPECT_NEAR(line.at("baseline_seconds"), 7e-6, 0.05e-6);
  EXPECT_NEAR(line.at("candidate_seconds"), 7.7e-6, 0.05e-6);
  EXPECT_NEAR(line.at("ratio"), 1.1, 0.01);
  EXPECT_LT(line.at("ratio_low"), line.at("ratio"));
  EXPECT_GT(line.at("ratio_high"), line.at("ratio"));
  EXPECT_LE(line.at("p"), 0.05);
  EXPECT_GE(line.at("detectable"), 0.04);
  EXPECT_EQ(json.at("benchmarks").at(1).at("verdict"), "PASS");
}

TEST_F(GateTest, TheTableIsReadableAt100Columns) {
  fake("a", times(1));
  fake("b", times(1.1, 0.004, 2));
  const Outcome outcome = gate();
  for (const std::string& line : lines_of(outcome.out)) EXPECT_LE(line.size(), 100u) << line;
  for (const char* part : {"baseline   ./a\ncandidate  ./b\n", "f32/N:4096/D:28/threads:1\n",
                           "gradient/auto/any", "REGRESSED\n", "PASS\n", "--seed 1 "}) {
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << "\n" << outcome.out;
  }
  EXPECT_NE(outcome.err.find("2 of 2 benchmarks undecided, at most "), std::string::npos)
      << outcome.err;
}

TEST_F(GateTest, MarkdownGoesToTheStepSummaryToo) {
  fake("a", times(1));
  fake("b", times(1.1, 0.004, 2));
  write("summary", "what was there\n");
  const Outcome outcome = run({"gate", "--baseline", "./a", "--candidate", "./b", "--markdown"},
                              {"GITHUB_STEP_SUMMARY=" + path("summary").string()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out.rfind("### REGRESSED: 1 of 2", 0), 0u) << outcome.out;
  EXPECT_NE(outcome.out.find("| `" + kFirst + "/threads:1` | "), std::string::npos);
  EXPECT_NE(outcome.out.find("| **REGRESSED** |\n"), std::string::npos) << outcome.out;
  EXPECT_EQ(content_of(path("summary")), "what was there\n" + outcome.out + "\n");
}

TEST_F(GateTest, JUnitAgreesWithTheExitStatus) {
  const auto suite_of = [this](int status) {
    const Outcome outcome = gate({"--junit", "out.xml"});
    EXPECT_EQ(outcome.status, status) << outcome.err;
    boost::property_tree::ptree document;
    std::istringstream text(content_of(path("out.xml")));
    read_xml(text, document);  // throws unless it is well-formed
    return document.get_child("testsuites.testsuite");
  };
  fake("a", times(1));
  fake("b", times(1.1, 0.004, 2));
  const auto slow = suite_of(1);
  EXPECT_EQ(slow.get<int>("<xmlattr>.tests"), 2);
  EXPECT_EQ(slow.get<int>("<xmlattr>.failures"), 1);
  EXPECT_EQ(slow.get<std::string>("testcase.<xmlattr>.name"), kFirst + "/threads:1");
  EXPECT_EQ(slow.get<std::string>("testcase.failure.<xmlattr>.message").rfind("REGRESSED: ", 0),
            0u);
  const std::string reason = "dw[3] < \"bound\" & \x1b[1mmore";
  fake("b", {times(1)[0].add_failure("gradient/row/sse2/f32/N:9/D:2", reason)}, 1);
  const auto wrong = suite_of(4);
  EXPECT_EQ(wrong.get<int>("<xmlattr>.failures"), 1);
  EXPECT_NE(content_of(path("out.xml")).find("wrong answer: dw[3] &lt; &quot;bound&quot; &amp; ?"),
            std::string::npos)
      << content_of(path("out.xml"));
  fake("b", times(1), 7);
  EXPECT_EQ(gate({"--junit", "none.xml"}).status, 2);
  EXPECT_FALSE(std::filesystem::exists(path("none.xml"))) << "nothing was measured";
}

TEST_F(GateTest, ThresholdsOfAFile) {
  fake("a", times(1));
  fake("b", times(1.1, 0.004, 2));
  write("t", "# slack\n\n20%  ^gradient/\n1% .\n0.5% /f64/\n");
  const Json json = json_of({"--thresholds", "t"}, 0);
  EXPECT_EQ(json.at("benchmarks").at(0).at("threshold"), 0.2);
  EXPECT_EQ(json.at("benchmarks").at(1).at("threshold"), 0.01) << "the first line decides";
  EXPECT_EQ(json.at("notes"), Json({"t:5: /f64/ matches no benchmark"}));
}

TEST_F(GateTest, UsageErrors) {
  fake("a", times(1));
  fake("b", times(1));
  write("plain", "no program");
  const auto refused = [this](Strings more, const std::string& message) {
    more.insert(more.begin(), {"gate", "--baseline", "./a", "--candidate"});
    expect_refused(more, message, {"GITHUB_STEP_SUMMARY="});
  };
  expect_refused({"gate"}, "expected both --baseline and --candidate");
  expect_refused({"gate", "--self-test", "--baseline", "./a"}, "or --self-test without them");
  refused({"./plain"}, "./plain: found neither an executable file of that name nor a git revision");
  refused({"./none"}, "this is no git repository");
  refused({"./b", "--relink", "2"}, "--relink: ./a is a program that is linked already");
  refused({"./b", "--instructions", "--relink", "2"}, "--instructions: found --self-test or");
  refused({"./b", "--threshold", "3"}, "--threshold: found '3', expected a percentage");
  refused({"./b", "--budget", "0s"}, "--budget: found '0s', expected a time above 0");
  refused({"./b", "--budget", "m"}, "--budget: found 'm', expected a time above 0");
  refused({"./b", "--seed=-1"}, "--seed: found '-1', expected a whole number");
  refused({"./b", "--json", "no/such/out.json"}, "--json no/such/out.json: found no directory");
  for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {"3% ^a\nthree% b\n", "t:2:1: found 'three%', expected a percentage"},
           {"3% ^a\n  -3% b\n", "t:2:3: found '-3%', expected a percentage"},
           {"3 ^a\n", "t:1:1: found '3', expected a percentage"},
           {"3%\n", "t:1:3: found no regular expression"},
           {"3%  (\n", "t:1:5: found '(', expected a regular expression"},
           {"# none\n", "t: found no line"}}) {
    write("t", text);
    refused({"./b", "--thresholds", "t"}, message);
  }
  refused({"./b", "--thresholds", "none"}, "none: ");
  EXPECT_TRUE(calls().empty()) << "nothing runs before all is known to be good";
}

}  // namespace
}  // namespace logigrad
