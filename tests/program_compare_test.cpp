// logigrad compare as a process: its exit status, its three outputs, and what it refuses.
#include <string>

#include "tests/compare_program.hpp"

namespace logigrad {
namespace {

TEST_F(CompareTest, ExitStatusSaysWhetherAKernelIsSlower) {
  EXPECT_EQ(compare({"a.json", "a.json"}).status, 0);
  EXPECT_EQ(compare({"a.json", "same.json"}).status, 0);
  EXPECT_EQ(compare({"a.json", "fast.json"}).status, 0);
  const Outcome slow = compare({"a.json", "slow.json"});
  EXPECT_EQ(slow.status, 1);
  EXPECT_EQ(slow.err, "logigrad: 1 of 2 kernels are slower by more than 5 %\n");
  EXPECT_EQ(compare({"a.json", "slow.json", "--threshold", "20%"}).status, 0);
  EXPECT_EQ(compare({"a.json", "slow.json", "--filter", "^loss"}).status, 0);
  EXPECT_EQ(compare({"a.json", "same.json", "slow.json"}).status, 1) << "any of them";
}

TEST_F(CompareTest, JsonHasEveryFigure) {
  const Json json = json_of({"a.json", "slow.json"}, 1);
  EXPECT_EQ(json.at("threshold"), 0.05);
  EXPECT_EQ(json.at("alpha"), 0.05);
  EXPECT_EQ(json.at("message"), "1 of 2 kernels are slower by more than 5 %");
  EXPECT_EQ(json.at("baseline").at("files"), Json({"a.json"}));
  EXPECT_EQ(json.at("baseline").at("machine_key"), "made-2-00000000");
  ASSERT_EQ(json.at("comparisons").size(), 1u);
  const Json& comparison = json.at("comparisons").at(0);
  EXPECT_EQ(comparison.at("candidate").at("revision"), "0123abcd");
  EXPECT_EQ(comparison.at("kernels").at("slower"), 1);
  EXPECT_EQ(comparison.at("kernels").at("same"), 1);
  EXPECT_EQ(comparison.at("controls").at("benchmarks"), 1);
  ASSERT_EQ(comparison.at("benchmarks").size(), 3u) << "in the order of the file";
  const Json& line = comparison.at("benchmarks").at(1);
  EXPECT_EQ(line.at("name"), kAuto + "/threads:1");
  EXPECT_EQ(line.at("verdict"), "slower");
  EXPECT_EQ(line.at("control"), false);
  EXPECT_EQ(line.at("baseline_rounds"), 9);
  EXPECT_NEAR(line.at("baseline_seconds"), 7e-6, 0.02e-6);
  EXPECT_NEAR(line.at("candidate_seconds"), 8e-6, 0.02e-6);
  EXPECT_NEAR(line.at("ratio"), 8.0 / 7, 0.003);
  EXPECT_LT(line.at("ratio_low"), line.at("ratio"));
  EXPECT_GT(line.at("ratio_high"), line.at("ratio"));
  EXPECT_LE(line.at("p"), line.at("adjusted_p"));
  EXPECT_EQ(comparison.at("benchmarks").at(2).at("name"), kWide + "/threads:1");
}

TEST_F(CompareTest, TheTableIsReadableAt100Columns) {
  const Outcome outcome = compare({"a.json", "slow.json", "fast.json"});
  for (const std::string& line : lines_of(outcome.out)) EXPECT_LE(line.size(), 100u) << line;
  for (const char* part :
       {"a.json", "slow.json", "f32/N:4096/D:28/threads:1\n", "7.00 us", "8.00 us", "slower\n",
        "faster\n", "same\n", "geometric mean", "not two revisions"}) {
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << "\n" << outcome.out;
  }
  EXPECT_EQ(count_of(outcome.out, "verdict\n"), 2u) << "a table for each candidate";
}

TEST_F(CompareTest, NotesSayWhatElseDiffers) {
  const auto notes = [this](const MadeResult& candidate) {
    write("b.json", candidate.text());
    std::string text;  // on one line
    for (const std::string& line : lines_of(compare({"a.json", "b.json"}).out))
      text += line.substr(std::min(line.size(), line.find_first_not_of(' '))) + " ";
    return text;
  };
  const std::string same = notes(made(7e-6, 1)), no_code = "b.json: of the baseline's revision";
  EXPECT_NE(same.find(no_code), std::string::npos) << same;
  EXPECT_NE(same.find("rounds say, up to 0."), std::string::npos) << same;
  EXPECT_EQ(count_of(same, "note: "), 3u) << same;
  const std::string other =
      notes(made(7e-6).set("compiler", "clang 14").set("revision", "76543210"));
  EXPECT_NE(other.find("compiler is 'clang 14', in the baseline ''"), std::string::npos) << other;
  EXPECT_EQ(other.find(no_code), std::string::npos) << other;
  const std::string built = notes(made(7e-6).set("flags_common", "-O2"));
  EXPECT_EQ(built.find(no_code), std::string::npos) << built;
  const std::string cut = notes(made(7e-6).set("interrupted", "true"));
  EXPECT_NE(cut.find("b.json: the run was interrupted"), std::string::npos) << cut;
  const std::string bare = notes(MadeResult().add(kAuto, rounds_around(7e-6, 9, 1)));
  EXPECT_NE(bare.find("no limits and peers on both sides"), std::string::npos) << bare;
}

TEST_F(CompareTest, MarkdownHasFullNames) {
  const Outcome outcome = compare({"a.json", "slow.json", "--markdown"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.out.find("| `" + kAuto + "/threads:1` | 7.00 us | 8.00 us |"),
            std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("| **slower** |"), std::string::npos);
  EXPECT_EQ(outcome.out.find("**same**"), std::string::npos);
  EXPECT_NE(outcome.out.find("not two revisions"), std::string::npos);
}

TEST_F(CompareTest, WhatHasNoPartnerIsListed) {
  write("less.json", MadeResult().add(kAuto, rounds_around(7e-6)).text());
  const Json json = json_of({"a.json", "less.json"}, 3);
  EXPECT_EQ(json.at("comparisons").at(0).at("only_in_baseline"),
            Json({kRead + "/threads:1", kWide + "/threads:1"}));
  EXPECT_NE(
      compare({"a.json", "less.json"}).out.find("kernels: 1 matched, 1 of the baseline MISSING"),
      std::string::npos);
  EXPECT_EQ(json.at("comparisons").at(0).at("kernels").at("missing"), 1);
  const Outcome outcome = compare({"less.json", "a.json"});
  EXPECT_NE(outcome.out.find("only in the candidate (2):\n  " + kRead), std::string::npos)
      << outcome.out;
}

TEST_F(CompareTest, WhatIsMissingIsNotSaidToBeNoSlower) {
  write("less.json", made(7e-6, 1).text());
  write("more.json", made(7e-6).add("gradient/row/any/f32/N:9/D:2", rounds_around(1e-6)).text());
  const Outcome gone = compare({"more.json", "less.json"});
  EXPECT_EQ(gone.status, 3) << gone.out;
  EXPECT_EQ(gone.err,
            "logigrad: none of 2 kernels is slower, but 1 of the baseline is missing (--filter "
            "leaves out what was taken out on purpose)\n");
  EXPECT_EQ(compare({"more.json", "less.json", "--filter", "auto"}).status, 0);
  EXPECT_EQ(compare({"less.json", "more.json"}).status, 0) << "what is new is no loss";
  EXPECT_EQ(compare({"less.json", "less.json", "more.json"}).status, 0);
  EXPECT_EQ(compare({"more.json", "more.json", "less.json"}).status, 3) << "any of them";
  EXPECT_EQ(compare({"more.json", "slow.json"}).status, 1) << "is worse";
  write("other.json", made(7e-6, 1).set("machine_key", "other-4-11111111").text());
  EXPECT_EQ(compare({"more.json", "other.json", "--cross-machine"}).status, 0) << "other ISAs";
}

TEST_F(CompareTest, WhatMeasuredNothingDoesNotPass) {
  const Json none = json_of({"a.json", "a.json", "--filter", "no_such_name"}, 2);
  EXPECT_EQ(none.at("comparisons").at(0).at("kernels").at("geometric_mean"), nullptr);
  EXPECT_EQ(compare({"a.json", "a.json", "--filter", "^limit"}).status, 2) << "no kernel";
  write("none.json", MadeResult().add("gradient/row/any/f32/N:9/D:2", rounds_around(1e-6)).text());
  const Outcome second = compare({"a.json", "same.json", "none.json"});
  EXPECT_EQ(second.status, 2) << "although another candidate matches";
  EXPECT_EQ(second.err,
            "logigrad: none.json: found no kernel that has times on both sides, expected some\n");
  write("few.json", MadeResult().add(kAuto, rounds_around(7e-6, 3)).text());
  const Outcome few = compare({"few.json", "few.json"});
  EXPECT_EQ(few.status, 3);
  EXPECT_NE(few.err.find("too few rounds"), std::string::npos) << few.err;
  EXPECT_NE(few.out.find("too few rounds"), std::string::npos) << few.out;
  EXPECT_EQ(json_of({"few.json", "few.json"}, 3)
                .at("comparisons")
                .at(0)
                .at("benchmarks")
                .at(0)
                .at("ratio_high"),
            nullptr);
}

TEST_F(CompareTest, AWrongAnswerBeatsAnyTime) {
  write("wrong.json", made(9e-6, 1).add_failure("gradient/row/sse2/f32/N:9/D:2", "off").text());
  const Json json = json_of({"a.json", "wrong.json"}, 4);
  EXPECT_EQ(json.at("comparisons").at(0).at("failed_in_candidate").at(0).at("reason"), "off");
  write("peer.json", made(7e-6, 1).add_failure("peer/eigen/any/f32/N:9/D:2", "off").text());
  EXPECT_EQ(compare({"a.json", "peer.json"}).status, 0) << "not ours";
  EXPECT_NE(compare({"a.json", "wrong.json"}).out.find("WRONG in the candidate (1):"),
            std::string::npos);
}

TEST_F(CompareTest, WhatCannotBeComparedIsRefused) {
  write("other.json", made(9e-6, 1).set("machine_key", "other-4-11111111").text());
  write("debug.json", made(9e-6, 1).set("build_type", "Debug").text());
  write("f64.json",
        MadeResult().add("gradient/auto/any/f64/N:4096/D:28", rounds_around(2e-5)).text());
  write("later.json", made(7e-6).set("revision", "76543210").text());
  for (const std::string name : {"other.json", "debug.json", "f64.json"}) {
    const Outcome outcome = compare({"a.json", name});
    EXPECT_EQ(outcome.status, 5) << name;
    EXPECT_EQ(outcome.out, "") << name;
    EXPECT_EQ(count_of(outcome.err, "\n"), 1u) << outcome.err;
    EXPECT_NE(outcome.err.find(name), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("--cross-machine"), std::string::npos) << outcome.err;
    EXPECT_EQ(compare({"a.json", name, "--cross-machine"}).status, 1) << name;
  }
  EXPECT_EQ(compare({"--baseline", "a.json", "later.json", "--candidate", "a.json"}).status, 5);
}

TEST_F(CompareTest, UsageErrors) {
  write("text.json", "no JSON");
  write("bare.json", MadeResult().unset("machine_key").text());
  expect_refused({"compare"}, "expected two FILEs or more");
  expect_refused({"compare", "a.json"}, "expected two FILEs or more");
  expect_refused({"compare", "--baseline", "a.json"}, "both --baseline and --candidate");
  expect_refused({"compare", "a.json", "--baseline", "a.json", "--candidate", "a.json"}, "instead");
  expect_refused({"compare", "a.json", "missing.json"}, "missing.json: ");
  expect_refused({"compare", "a.json", "text.json"}, "text.json:1:2: found what is no JSON");
  expect_refused({"compare", "a.json", "bare.json"},
                 "bare.json: context: found no logigrad_machine_key, expected one");
  expect_refused({"compare", "a.json", "a.json", "--filter", "("}, "--filter: found '('");
  expect_refused({"compare", "a.json", "a.json", "--json", "--markdown"}, "--markdown");
  for (const std::string bad : {"5", "-5%", "five%", "%", "", "nan%"}) {
    expect_refused({"compare", "a.json", "a.json", "--threshold", bad},
                   "--threshold: found '" + bad + "', expected a percentage");
  }
  for (const std::string bad : {"0", "0.6", "-1", "x"}) {
    expect_refused({"compare", "a.json", "a.json", "--alpha", bad},
                   "--alpha: found '" + bad + "', expected");
  }
}

}  // namespace
}  // namespace logigrad
