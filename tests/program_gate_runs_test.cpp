// How logigrad gate runs its processes: which, in what order, and what it makes of those that fail.
#include <unistd.h>

#include <csignal>
#include <map>
#include <set>

#include "tests/child_process.hpp"
#include "tests/fake_bench.hpp"

namespace logigrad {
namespace {

// The programs of the calls: the path of the n-th call as its first one was numbered.
std::vector<std::size_t> programs_of(const Strings& calls) {
  std::map<std::string, std::size_t> known;
  std::vector<std::size_t> result;
  for (const std::string& call : calls)
    result.push_back(known.emplace(call.substr(0, call.find(' ')), known.size()).first->second);
  return result;
}

TEST_F(GateTest, BlocksRunThreeProgramsInRandomOrderAndBack) {
  fake("a", times(1));
  fake("b", times(1.1, 0.004, 2));
  const Json json = json_of({}, 1);
  const std::vector<std::size_t> order = programs_of(calls());
  ASSERT_EQ(order.size(), 3 + 6 * json.at("blocks").get<std::size_t>());
  EXPECT_EQ(std::vector<std::size_t>(order.begin(), order.begin() + 3),
            (std::vector<std::size_t>{0, 1, 2}));
  std::set<std::vector<std::size_t>> orders;
  for (std::size_t i = 3; i < order.size(); i += 6) {
    const std::vector<std::size_t> block(order.begin() + static_cast<std::ptrdiff_t>(i),
                                         order.begin() + static_cast<std::ptrdiff_t>(i + 6));
    EXPECT_EQ(std::set<std::size_t>(block.begin(), block.begin() + 3).size(), 3u);
    EXPECT_EQ(block, std::vector<std::size_t>(block.rbegin(), block.rend()));
    orders.insert(block);
  }
  EXPECT_GE(orders.size(), 3u) << "of six";

  const Strings before = calls();
  std::filesystem::remove(path("calls"));
  gate();
  EXPECT_EQ(programs_of(calls()), order) << "the same seed draws the same order";
  std::filesystem::remove(path("calls"));
  gate({"--seed", "2"});
  EXPECT_NE(programs_of(calls()), order);
}

// Of two benchmarks the first look is after 10 blocks, the last after 200.
TEST_F(GateTest, ItEndsAtTheFirstLookAtWhichAllIsClear) {
  fake("a", times(1));
  fake("b", times(1, 0.004, 2));
  EXPECT_EQ(json_of({}, 0).at("blocks"), 10) << "PASS";
  fake("b", times(1.1, 0.004, 2, 0.9));
  EXPECT_EQ(json_of({}, 1).at("blocks"), 10) << "REGRESSED and IMPROVED";
  fake("a", times(1, 0.08));
  fake("b", times(1, 0.08, 2));
  const Json noisy = json_of({}, 0);
  EXPECT_GT(noisy.at("blocks"), 10);
  EXPECT_LE(noisy.at("blocks"), 53) << "long before the last look";
}

TEST_F(GateTest, AllAreCopiesWhosePathsAreAlike) {
  fake("a", times(1));
  fake("b", times(1, 0.004, 2));
  const Json json = json_of({}, 0);
  std::set<std::string> paths;
  for (const std::string& call : calls()) paths.insert(call.substr(0, call.find(' ')));
  ASSERT_EQ(paths.size(), 3u) << "the baseline, its copy and the candidate";
  for (const std::string& each : paths) {
    EXPECT_EQ(each.size(), paths.begin()->size());
    EXPECT_FALSE(std::filesystem::exists(each)) << "is left behind";
  }
  const std::size_t blocks = json.at("blocks");
  EXPECT_EQ(content_of(path("a.calls")).size(), 2 + 4 * blocks) << "it and its copy";
  EXPECT_EQ(content_of(path("b.calls")).size(), 1 + 2 * blocks);
}

TEST_F(GateTest, TheChoiceIsPassedOn) {
  fake("a", times(1));
  fake("b", times(1));
  gate({"--shape", "higgs", "--shape", "10x2", "--dtype", "f32", "--threads", "1,2", "--filter",
        "^x|y", "--rounds", "5", "--case-seconds", "0.25"});
  ASSERT_FALSE(calls().empty());
  EXPECT_NE(calls()[0].find(" --no-compare --rounds=5 --benchmark_min_time=0.25 --shape higgs "
                            "--shape 10x2 --dtype f32 --threads 1,2 --benchmark_filter=^x|y "
                            "--benchmark_out="),
            std::string::npos)
      << calls()[0];
}

TEST_F(GateTest, AWrongAnswerBeatsAnyTime) {
  std::vector<MadeResult> wrong = times(2);
  for (MadeResult& result : wrong) result.add_failure("gradient/row/sse2/f32/N:9/D:2", "off");
  fake("a", times(1));
  fake("b", wrong, 1);
  const Json json = json_of({}, 4);
  EXPECT_EQ(json.at("verdict"), "WRONG: 1 of the candidate's benchmarks gave wrong answers");
  EXPECT_EQ(
      json.at("failed_in_candidate"),
      Json::parse(R"([{"name": "gradient/row/sse2/f32/N:9/D:2/threads:1", "reason": "off"}])"));
  EXPECT_EQ(calls().size(), 3u) << "no time matters any more";
  EXPECT_NE(gate().out.find("WRONG in the candidate (1):"), std::string::npos);
  // One that is wrong only now and then.
  wrong = times(1);
  wrong[5] = MadeResult().add(kFirst, {7e-6}).add_failure(kSecond, "off");
  fake("b", wrong, 0,
       "[ $(($(wc -l <\"" + path("b.calls").string() +
           "\") % 31)) != 5 ] || "
           "{ cp '" +
           path("b.5").string() + "' \"$out\"; exit 1; }");
  EXPECT_EQ(gate().status, 4);
  // Of the baseline it only takes the benchmark out.
  fake("a", {MadeResult().add(kFirst, {7e-6}).add_failure(kSecond, "off")}, 1);
  fake("b", times(1));
  const Json baseline = json_of({}, 0);
  EXPECT_EQ(baseline.at("failed_in_baseline").size(), 1u);
  EXPECT_EQ(baseline.at("benchmarks").size(), 1u);
}

TEST_F(GateTest, WhatHasNoPartnerIsListed) {
  std::vector<MadeResult> more = times(1);
  for (MadeResult& result : more) result.add("gradient/row/sse2/f32/N:9/D:2", {1e-6});
  fake("a", times(1));
  fake("b", more);
  EXPECT_EQ(json_of({}, 0).at("only_in_candidate"),
            Json({"gradient/row/sse2/f32/N:9/D:2/threads:1"}));
  fake("a", more);
  fake("b", times(1));
  const Json gone = json_of({"--junit", "out.xml"}, 3);
  EXPECT_EQ(gone.at("only_in_baseline").size(), 1u);
  EXPECT_EQ(gone.at("verdict"),
            "INCONCLUSIVE: 0 of 2 benchmarks could not be decided, and 1 of the baseline is gone "
            "from the candidate");
  EXPECT_NE(content_of(path("out.xml")).find("gone from the candidate"), std::string::npos);
  fake("b", {MadeResult().add("gradient/row/sse2/f32/N:9/D:3", {1e-6})});
  const Json none = json_of({}, 2);
  EXPECT_EQ(none.at("verdict"), "ERROR: found no benchmark that has times on both sides");
  EXPECT_EQ(none.at("only_in_baseline").size(), 3u);
}

TEST_F(GateTest, OtherMachinesAndBuildsAreNotComparable) {
  fake("a", times(1));
  const std::map<std::string, std::string> settings = {{"machine_key", "other-4-11111111"},
                                                       {"build_type", "Debug"},
                                                       {"compiler", "clang 14"},
                                                       {"flags_common", "-O1"},
                                                       {"flags_avx2_fma", "-mavx2"}};
  for (const auto& [key, value] : settings) {
    std::vector<MadeResult> other = times(2);
    for (MadeResult& result : other) result.set(key, value);
    fake("b", other);
    const Outcome outcome = gate();
    EXPECT_EQ(outcome.status, 5) << key;
    EXPECT_EQ(outcome.out, "") << key;
    EXPECT_NE(outcome.err.find("the baseline and the candidate cannot be compared: "),
              std::string::npos)
        << outcome.err;
    EXPECT_NE(outcome.err.find(value), std::string::npos) << outcome.err;
    const bool build = key == "compiler" || key.starts_with("flags_");
    EXPECT_EQ(gate({"--any-build"}).status, build ? 1 : 5) << key;
  }
  std::vector<MadeResult> placed = times(1);
  for (MadeResult& result : placed) result.set("openmp", "OMP_PROC_BIND=close");
  fake("b", placed);
  EXPECT_EQ(json_of({}, 0).at("notes").size(), 1u) << "is a note only";
}

TEST_F(GateTest, AProcessThatFailsIsAnErrorWithWhatItSaid) {
  fake("a", times(1));
  const auto said = [this](int status, const std::string& before, const Strings& more = {}) {
    fake("b", times(1), status, before);
    const Outcome outcome = gate(more);
    EXPECT_EQ(outcome.status, 2) << outcome.err;
    return outcome.err;
  };
  const auto expect = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  const std::string crash = said(0, "echo 'it had come to this' >&2; kill -SEGV $$");
  expect(crash, "it had come to this\n");
  expect(crash, "logigrad: the candidate was ended by SIGSEGV; what it said is above\n");
  expect(said(3, ":"), "logigrad: the candidate exited with 3, and said nothing\n");
  expect(said(1, ":"), "the candidate exited with 1, but its result has no wrong answer");
  expect(said(0, "exit 0"), "the candidate wrote no result");
  expect(said(0, "echo '{' >\"$out\"; exit 0"), "expected the JSON of logigrad_bench");
  expect(said(0, "sleep 60 & sleep 60", {"--timeout", "1s"}),
         "the candidate was still running after 1 s");
  // What goes wrong later leaves a report of what was seen before.
  const std::string later = "[ $(wc -l <'" + path("b.calls").string() + "') -lt 20 ] || exit 9";
  fake("b", times(2), 0, later);
  const Json json = json_of({}, 2);
  EXPECT_EQ(json.at("verdict"), "ERROR: the candidate exited with 9, and said nothing");
  EXPECT_EQ(json.at("blocks"), 9);
}

TEST_F(GateTest, InterruptedItSaysWhatWasSeenAndLeavesNothingBehind) {
  fake("a", times(1));
  fake("b", times(1.1), 0, "sleep 0.05");
  const std::string calls_path = path("calls").string();
  for (const auto& [signal, status] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
    // From the 40th call on a process hangs, together with one that it has started.
    const std::string count = "$(wc -l <'" + calls_path + "')";
    fake("a", times(1), 0,
         "[ " + count + " -lt 40 ] || { sleep 300 & echo $! >'" + path("hung").string() +
             "'; wait; }");
    std::filesystem::remove(calls_path);
    std::filesystem::remove(path("hung"));
    ChildProcess program({LOGIGRAD_PROGRAM, "gate", "--baseline", path("a"), "--candidate",
                          path("b"), "--seed", "1", "--threshold", "5%", "--json",
                          path("out.json")});
    while (content_of(path("hung")).empty()) usleep(10'000);
    program.send(signal);
    EXPECT_EQ(program.wait(), status) << program.said();
    EXPECT_NE(program.said().find("INTERRUPTED after 6 blocks: no verdict"), std::string::npos)
        << program.said();
    const Json json = Json::parse(content_of(path("out.json")));
    EXPECT_EQ(json.at("interrupted"), true);
    EXPECT_EQ(json.at("exit_status"), status);
    EXPECT_NEAR(json.at("benchmarks").at(0).at("ratio"), 1.1, 0.01);
    EXPECT_TRUE(is_gone(std::stoi(content_of(path("hung"))))) << "what hung is still there";
  }
}

}  // namespace
}  // namespace logigrad
