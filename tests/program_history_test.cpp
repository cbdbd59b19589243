// logigrad history as a process: the series of a machine, and where they change.
#include <string>

#include "tests/made_result.hpp"
#include "tests/program_fixture.hpp"

namespace logigrad {
namespace {

class HistoryTest : public ProgramTest {
 protected:
  // Run `number` of a machine, with a benchmark that takes `nanoseconds`.
  void write_run(int number, double nanoseconds, const std::string& build_type = "Release",
                 const std::string& machine = "made-2-00000000") const {
    MadeResult made;
    made.add("gradient/auto/any/f32/N:4096/D:28", {}, nanoseconds)
        .set("build_type", build_type)
        .set("revision", "0123abc" + std::to_string(number));
    write("results/" + machine + "/2026112" + std::to_string(number) + "T000000Z-0123abcd.json",
          made.text());
  }
};

TEST_F(HistoryTest, AChangeIsListedWithItsRun) {
  for (int run = 0; run < 8; ++run) write_run(run, (run < 5 ? 2000 : 1000) + run);
  const Outcome outcome = run({"history"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("made-2-00000000, Release: 8 runs\n"), std::string::npos);
  EXPECT_NE(outcome.out.find("x 0.502 with revision 0123abc5"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("1 of 1 series have changed\n"), std::string::npos);
  const Json json = run({"history", "results", "--json"}).json();
  EXPECT_EQ(json.at("runs").size(), 8u);
  EXPECT_EQ(json.at("other_builds"), 0);
  const Json& series = json.at("series").at(0);
  EXPECT_EQ(series.at("name"), "gradient/auto/any/f32/N:4096/D:28/threads:1");
  EXPECT_EQ(series.at("seconds").size(), 8u);
  ASSERT_EQ(series.at("changes").size(), 1u);
  EXPECT_EQ(series.at("changes").at(0).at("run"), 5);
  EXPECT_NEAR(series.at("changes").at(0).at("ratio"), 0.5, 0.003);
}

TEST_F(HistoryTest, TheRunBeforeASlowdownIsNotBlamed) {
  for (int run = 0; run < 9; ++run) write_run(run, (run < 7 ? 1000 : 1200) + run % 3);
  const Outcome outcome = run({"history"});
  EXPECT_EQ(outcome.out.find("0123abc6"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("x 1.200 since revision 0123abc7, 2026-11-26T00:00:00+00:00? "
                             "2 runs so far: not yet sure\n"),
            std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("0 of 1 series have changed; of 1 the newest runs may have\n"),
            std::string::npos)
      << outcome.out;
  const Json series = run({"history", "--json"}).json().at("series").at(0);
  EXPECT_EQ(series.at("changes").size(), 0u);
  EXPECT_EQ(series.at("unsure").at("run"), 7);
  write_run(9, 1200);
  const Json sure = run({"history", "--json"}).json().at("series").at(0);
  EXPECT_EQ(sure.at("changes").at(0).at("run"), 7);
  EXPECT_EQ(sure.at("unsure"), nullptr);
}

TEST_F(HistoryTest, OtherBuildsAreLeftOut) {
  for (int run = 0; run < 8; ++run)
    write_run(run, run == 2 ? 9000 : 1000, run == 2 ? "Debug" : "Release");
  const Json json = run({"history", "--json"}).json();
  EXPECT_EQ(json.at("other_builds"), 1);
  EXPECT_EQ(json.at("runs").size(), 7u);
  EXPECT_NE(run({"history"}).out.find("7 runs; 1 of other build types are left out"),
            std::string::npos);
}

TEST_F(HistoryTest, UsageErrors) {
  expect_refused({"history"}, "results: found no directory");
  write("results/README.md", "");
  expect_refused({"history"}, "found results of no machine");
  write_run(1, 1000);
  expect_refused({"history", "--machine", "other"}, "expected those of other");
  expect_refused({"history", "--filter", "none"}, "found no benchmark of that name");
  expect_refused({"history", "--filter", "("}, "--filter: found '('");
  write_run(1, 1000, "Release", "made-4-00000000");
  expect_refused({"history"}, "found results of made-2-00000000, made-4-00000000");
  EXPECT_EQ(run({"history", "--machine", "made-4-00000000"}).status, 0);
}

}  // namespace
}  // namespace logigrad
