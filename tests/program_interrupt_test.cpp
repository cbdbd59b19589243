// logigrad train, interrupted: the answer and the trace are those of the steps until then.
#include <csignal>
#include <fstream>
#include <tuple>

#include "tests/child_process.hpp"
#include "tests/program_fixture.hpp"

namespace logigrad {
namespace {

// More steps than any test waits for.
Strings endless(const std::string& data, const Strings& more) {
  Strings words = {LOGIGRAD_PROGRAM, "train", data, "--eta", "auto", "--iterations", "1000000000"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// The JSON object of the program, behind its progress.
Json answer_in(const std::string& said) {
  const std::size_t start = said.find("\n{\n") + 1, end = said.rfind("\n}\n") + 2;
  return Json::parse(said.substr(start, end - start));
}

TEST_F(ProgramTest, InterruptedTrainingKeepsWhatItHas) {
  write("d.csv", IntegerData(300, 3).csv);
  for (const auto& [signal, name, status] :
       {std::tuple(SIGINT, "SIGINT", 130), std::tuple(SIGTERM, "SIGTERM", 143)}) {
    write("t.csv", "an older trace");
    ChildProcess program(
        endless(path("d.csv"), {"--threads", "1", "--json", "--trace", path("t.csv")}));
    ASSERT_TRUE(program.says("iteration 0/")) << program.said();
    program.send(signal);
    EXPECT_EQ(program.wait(), status) << program.said();
    const Json answer = answer_in(program.said());
    EXPECT_EQ(answer.at("stop"), "interrupted");
    const std::size_t steps = answer.at("iterations");
    EXPECT_NE(program.said().find("logigrad: interrupted by " + std::string(name) + " after " +
                                  std::to_string(steps) + " of 1000000000 steps\n"),
              std::string::npos)
        << program.said();
    const Strings lines = lines_of(content_of(path("t.csv")));
    ASSERT_EQ(lines.size(), 1 + steps + 1) << "header, start, and a line a step";
    EXPECT_EQ(lines[0], "iteration,loss,gradient_norm,seconds");
    EXPECT_EQ(lines.back().rfind(std::to_string(steps) + ",", 0), 0u) << lines.back();
    EXPECT_EQ(count_of(lines.back(), ","), 3u) << lines.back();
    EXPECT_EQ(files(), (Strings{"d.csv", "t.csv"})) << "a temporary file is left";
    // The reported loss is that of the reported parameters.
    std::string parameters;
    for (const Json& w : answer.at("w")) parameters += w.dump() + "\n";
    TemporaryDirectory other;
    other.write("p", parameters + answer.at("b").dump());
    const Json again = eval({"d.csv", "--parameters", other.path() / "p", "--threads", "1"});
    EXPECT_EQ(again.at("loss"), answer.at("loss"));
  }
}

TEST_F(ProgramTest, TrainingThatIgnoresTheSignalGoesOn) {
  write("d.csv", IntegerData(300, 3).csv);
  ChildProcess program({LOGIGRAD_PROGRAM, "train", path("d.csv"), "--eta", "auto", "--iterations",
                        "3000", "--trace", path("t.csv")},
                       true);
  ASSERT_TRUE(program.says("iteration 0/")) << program.said();
  program.send(SIGINT);
  EXPECT_EQ(program.wait(), 0) << program.said();
  EXPECT_EQ(lines_of(content_of(path("t.csv"))).size(), 3002u);
}

}  // namespace
}  // namespace logigrad
