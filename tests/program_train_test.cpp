// logigrad train: where the descent leads, when it says that it led nowhere, and the files that are
// left.
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "tests/program_fixture.hpp"

namespace logigrad {
namespace {

TEST_F(ProgramTest, OneStepFromZero) {
  const IntegerData data(37, 3);
  write("d.csv", data.csv);
  const Json one = train({"d.csv", "--eta", "0.0078125", "--iterations", "1"}, 0);
  for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(one.at("w")[j], -data.half_sum[j] / 128);
  EXPECT_EQ(one.at("b"), -data.half_sum[3] / 128);
  EXPECT_EQ(one.at("iterations"), 1);
  EXPECT_EQ(one.at("stop"), "iterations");
  EXPECT_EQ(one.at("eta"), 0.0078125);
  EXPECT_EQ(one.at("log_likelihood"), -one.at("loss").get<double>());
}

TEST_F(ProgramTest, TrainingReachesAKnownOptimum) {
  write("d.csv", "1\n1\n1\n0\n");  // no columns: sigmoid(b) = 3/4
  const Json answer =
      train({"d.csv", "--eta", "auto", "--iterations", "1000", "--tolerance", "1e-13"});
  EXPECT_EQ(answer.at("stop"), "tolerance");
  EXPECT_LT(answer.at("iterations"), 1000);
  EXPECT_NEAR(answer.at("b"), std::log(3.0), 1e-12);
  EXPECT_NEAR(answer.at("loss"), 3 * std::log(4.0 / 3) + std::log(4.0), 1e-13);
  EXPECT_LE(answer.at("gradient_norm"), 1e-13);
}

TEST_F(ProgramTest, TraceHasALineAnIteration) {
  write("d.csv", IntegerData(37, 3).csv);
  write("t.csv", "an older trace, longer than the new one is going to be" + std::string(9999, '.'));
  const Outcome outcome =
      run({"train", "d.csv", "--eta", "auto", "--iterations", "25", "--trace", "t.csv"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_NE(outcome.err.find("iteration 25/25"), std::string::npos) << outcome.err;
  EXPECT_LE(lines_of(outcome.err).size(), 12u);
  const Strings lines = lines_of(content_of(path("t.csv")));
  ASSERT_EQ(lines.size(), 1u + 26);
  EXPECT_EQ(lines[0], "iteration,loss,gradient_norm,seconds");
  double loss_before = INFINITY, seconds_before = 0;
  for (std::size_t i = 0; i <= 25; ++i) {
    std::istringstream line(lines[i + 1]);
    std::size_t index = 0;
    double loss = 0, norm = 0, seconds = 0;
    char comma[3];
    line >> index >> comma[0] >> loss >> comma[1] >> norm >> comma[2] >> seconds;
    ASSERT_TRUE(line) << lines[i + 1];
    EXPECT_EQ(index, i);
    EXPECT_LT(loss, loss_before);
    EXPECT_GE(seconds, seconds_before);
    loss_before = loss;
    seconds_before = seconds;
  }
  EXPECT_NE(outcome.out.find("loss       " + lines[26].substr(3, lines[26].find(',', 3) - 3)),
            std::string::npos);
  EXPECT_EQ(files(), (Strings{"d.csv", "t.csv"})) << "a temporary file is left";
}

TEST_F(ProgramTest, StepsThatOverflowDiverge) {
  write("d.csv", IntegerData(37, 3).csv);
  const Strings arguments = {"d.csv", "--eta", "1e6", "--iterations", "500", "--l2", "1"};
  const Json answer = train(arguments, 1);
  EXPECT_EQ(answer.at("stop"), "diverged");
  EXPECT_LT(answer.at("iterations"), 500);
  EXPECT_TRUE(answer.at("loss").is_number()) << "not of the last finite parameters";
  Strings command = arguments;
  command.insert(command.begin(), "train");
  EXPECT_NE(run(command).err.find("logigrad: diverged: "), std::string::npos);
}

// The first step leaves the numbers: what is reported is the start, whose loss has not risen.
TEST_F(ProgramTest, FirstStepThatOverflowsDiverges) {
  write("d.csv", IntegerData(37, 3).csv);
  const Json answer =
      train({"d.csv", "--eta", "1e308", "--iterations", "5", "--trace", "t.csv"}, 1);
  EXPECT_EQ(answer.at("stop"), "diverged");
  EXPECT_EQ(answer.at("iterations"), 1);
  EXPECT_EQ(answer.at("w"), Json::parse("[0.0, 0.0, 0.0]"));
  EXPECT_EQ(lines_of(content_of(path("t.csv"))).size(), 2u);
}

// Without a penalty the gradient is bounded and nothing overflows, however large the step.
TEST_F(ProgramTest, LossThatRoseDiverged) {
  write("d.csv", IntegerData(37, 3).csv);
  const Outcome outcome = run({"train", "d.csv", "--eta", "1e6", "--iterations", "10"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("logigrad: diverged: the loss rose from "), std::string::npos);
  EXPECT_NE(outcome.out.find("stopped    diverged after 10 steps"), std::string::npos);
}

TEST_F(ProgramTest, StartThatIsNotFinite) {
  write("d.csv", "1,1e300\n0,1\n");
  write("p", "-1e300 0");
  const Json answer = train({"d.csv", "--parameters", "p", "--eta", "1", "--iterations", "5"}, 1);
  EXPECT_TRUE(answer.at("loss").is_null());
  EXPECT_TRUE(answer.at("gradient_norm").is_null());
  EXPECT_EQ(answer.at("stop"), "diverged");
}

TEST_F(ProgramTest, StepBoundThatOverflows) {
  write("d.csv", "1,1e300\n0,1\n");
  expect_refused({"train", "d.csv", "--eta", "auto", "--iterations", "5"}, "--eta auto: ");
}

TEST_F(ProgramTest, StandardizedColumnsHaveTheSameOptimum) {
  write("d.csv", IntegerData(60, 2).csv);
  const Strings base = {"d.csv", "--eta", "auto", "--iterations", "20000", "--tolerance", "1e-11"};
  Strings standardized = base;
  standardized.push_back("--standardize");
  const Json raw = train(base), scaled = train(standardized);
  EXPECT_EQ(raw.at("stop"), "tolerance");
  EXPECT_EQ(scaled.at("stop"), "tolerance");
  EXPECT_NEAR(scaled.at("loss"), raw.at("loss"), 1e-12 * raw.at("loss").get<double>());
  EXPECT_NEAR(scaled.at("b"), raw.at("b"), 1e-10);
  for (std::size_t j = 0; j < 2; ++j) EXPECT_NEAR(scaled.at("w")[j], raw.at("w")[j], 1e-10);
}

// There and back: no step is taken, so the parameters that start are those that are reported.
TEST_F(ProgramTest, StandardizedStartIsTheStart) {
  write("d.csv", "1,1000.5,5\n0,1001,5\n1,1007,5\n0,1003,5\n");
  write("p", "0.25 -3 2");
  const Outcome outcome = run({"train", "d.csv", "--parameters", "p", "--eta", "1", "--iterations",
                               "0", "--standardize", "--json"});
  const Json answer = outcome.json();
  EXPECT_NEAR(answer.at("w")[0], 0.25, 1e-15);
  EXPECT_EQ(answer.at("w")[1], -3);
  EXPECT_NEAR(answer.at("b"), 2, 1e-12);
  EXPECT_NEAR(answer.at("loss"), eval({"d.csv", "--parameters", "p"}).at("loss"), 1e-11);
  EXPECT_NE(outcome.err.find("1 of 2 columns constant, the first is x_2"), std::string::npos);
}

TEST_F(ProgramTest, ReportedLossIsThatOfTheReportedParameters) {
  write("d.csv", IntegerData(60, 5).csv);
  for (const std::string dtype : {"f32", "f64"}) {
    const Json answer =
        train({"d.csv", "--eta", "auto", "--iterations", "50", "--standardize", "--dtype", dtype});
    std::string parameters;
    for (const Json& w : answer.at("w")) parameters += w.dump() + "\n";
    write("p", parameters + answer.at("b").dump());
    EXPECT_EQ(eval({"d.csv", "--parameters", "p", "--dtype", dtype}).at("loss"), answer.at("loss"));
  }
}

TEST_F(ProgramTest, ShippedData) {
  const std::string wdbc = LOGIGRAD_SOURCE_DIR "/bench/data/wdbc.csv";
  const Strings file = {wdbc, "--header", "--label-column", "last"};
  const Json start = eval(file);
  EXPECT_EQ(start.at("rows"), 569);
  EXPECT_EQ(start.at("cols"), 30);
  EXPECT_NEAR(start.at("loss"), 569 * std::log(2.0), 1e-11);
  EXPECT_EQ(start.at("db"), -(357 - 212) / 2.0);
  Strings training = file;
  training.insert(training.end(), {"--eta", "auto", "--iterations", "200", "--standardize"});
  const double loss = train(training).at("loss");
  EXPECT_LT(loss, 569 * 0.1);  // the classes are all but separable
  EXPECT_GT(loss, 0);
}

}  // namespace
}  // namespace logigrad
