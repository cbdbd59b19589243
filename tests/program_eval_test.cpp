// logigrad eval against answers in closed form, so that nothing here trusts the library.
//
// At w = 0, b = 0 on integers: loss = N ln 2, dw = -1/2 sum y x, db = -(N+ - N-)/2.
#include <cmath>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/program_fixture.hpp"

namespace logigrad {
namespace {

// 264 u: at most so many roundings in the type between a term and the sum (README, the contract).
double tolerance_of(const Json& answer) {
  return 264 * std::ldexp(1.0, answer.at("dtype") == "f32" ? -24 : -53);
}

void expect_answer(const Json& answer, double loss, const std::vector<double>& gradient,
                   double divisor = 1) {
  const std::string name = answer.at("variant");
  EXPECT_NEAR(answer.at("loss"), loss / divisor, tolerance_of(answer) * loss / divisor) << name;
  ASSERT_EQ(answer.at("dw").size() + 1, gradient.size()) << name;
  for (std::size_t j = 0; j < gradient.size(); ++j) {
    const double got = j + 1 < gradient.size() ? answer.at("dw")[j] : answer.at("db");
    const double want = gradient[j] / divisor;
    if (divisor == 1) {
      EXPECT_EQ(got, want) << name << " column " << j;
    } else {
      EXPECT_NEAR(got, want, tolerance_of(answer) * std::abs(want)) << name << " column " << j;
    }
  }
}

TEST_F(ProgramTest, EveryVariantGivesTheKnownAnswer) {
  std::size_t tested = 0;
  for (const auto& [rows, cols] : {std::pair{37, 3}, {203, 41}}) {
    const IntegerData data(static_cast<std::size_t>(rows), static_cast<std::size_t>(cols));
    write("d.csv", data.csv);
    write("weights", data.weights);
    for (const Json& variant : run({"variants", "--json"}).json()) {
      if (!variant.at("runnable")) continue;
      ++tested;
      const std::string name = variant.at("name"), dtype = variant.at("dtype");
      const Strings base = {"d.csv", "--variant", name, "--dtype", dtype};
      const Json plain = eval(base);
      EXPECT_EQ(plain.at("variant"), name);
      EXPECT_EQ(plain.at("rows"), data.rows);
      EXPECT_EQ(plain.at("cols"), data.cols);
      expect_answer(plain, static_cast<double>(rows) * std::log(2.0), data.half_sum);
      Strings weighted = base;
      weighted.insert(weighted.end(), {"--sample-weights", "weights", "--mean"});
      expect_answer(eval(weighted), data.weight_sum * std::log(2.0), data.weighted_half_sum,
                    data.weight_sum);
    }
  }
  EXPECT_GE(tested, 8u);  // naive and fused, two types, two shapes: the least any CPU runs
}

// With x = 0 the margin is b = ln 3: sigmoid(b) = 3/4, three rows of +1 and one of -1.
TEST_F(ProgramTest, ParametersAndPenalty) {
  write("d.csv", "1,0,0\n1,0,0\n1,0,0\n0,0,0\n");
  write("p", "2 -4\n1.0986122886681098");
  const double loss = 3 * std::log(4.0 / 3) + std::log(4.0);
  const Json plain = eval({"d.csv", "--parameters", "p"});
  EXPECT_NEAR(plain.at("loss"), loss, 1e-14);
  EXPECT_NEAR(plain.at("db"), 0, 1e-15);
  EXPECT_EQ(plain.at("dw"), Json::parse("[0.0, 0.0]"));
  const Json penalised = eval({"d.csv", "--parameters", "p", "--l2", "0.5"});
  EXPECT_NEAR(penalised.at("loss"), loss + 0.25 * 20, 1e-14);
  EXPECT_EQ(penalised.at("dw"), Json::parse("[1.0, -2.0]"));
  EXPECT_EQ(penalised.at("l2"), 0.5);
  const Json mean = eval({"d.csv", "--parameters", "p", "--l2", "0.5", "--mean"});
  EXPECT_NEAR(mean.at("loss"), loss / 4 + 0.25 * 20, 1e-14);
  EXPECT_EQ(mean.at("mean"), true);
}

TEST_F(ProgramTest, WithoutIntercept) {
  write("d.csv", "1,2\n0,1\n0,1\n");
  write("p", "0\n");
  const Json answer = eval({"d.csv", "--parameters", "p", "--no-intercept"});
  EXPECT_EQ(answer.at("dw")[0], 0);
  EXPECT_FALSE(answer.contains("db"));
  EXPECT_EQ(answer.at("intercept"), false);
}

TEST_F(ProgramTest, LabelsAndColumns) {
  write("d.csv", "x,class,z\n1,cat,4\n3,dog,9\n");
  const Strings base = {"d.csv", "--header", "--label-column"};
  const auto dw = [&](const Strings& more) {
    Strings all = base;
    all.insert(all.end(), more.begin(), more.end());
    return eval(all).at("dw");
  };
  EXPECT_EQ(dw({"class"}), Json::parse("[-1.0, -2.5]"));
  EXPECT_EQ(eval({"d.csv", "--header", "--label-column", "class"}).at("features"),
            Json({"x", "z"}));
  EXPECT_EQ(dw({"1"}), Json::parse("[-1.0, -2.5]"));
  EXPECT_EQ(dw({"1", "--positive", "cat"}), Json::parse("[1.0, 2.5]"));
  write("n.csv", "-1,5\n2,5\n");
  EXPECT_EQ(eval({"n.csv"}).at("positive_label"), "2");
  EXPECT_EQ(eval({"n.csv", "--positive", "-1"}).at("positive_label"), "-1");
  EXPECT_EQ(eval({"n.csv", "--positive=-1"}).at("negative_label"), "2");
}

TEST_F(ProgramTest, LabelsThatAreNotUtf8AreRepairedInJson) {
  write("d.csv", "caf\xE9,1\nth\xE9,2\n");
  EXPECT_EQ(eval({"d.csv"}).at("positive_label"), "th\xEF\xBF\xBD");
}

TEST_F(ProgramTest, ThreadsDoNotChangeTheAnswer) {
  const IntegerData data(20000, 30);  // enough for several threads by default
  write("d.csv", data.csv);
  write("p", [] {
    std::string text;
    for (int j = 0; j <= 30; ++j) text += std::to_string(0.1 * (j % 7) - 0.3) + " ";
    return text;
  }());
  const Json serial = eval({"d.csv", "--parameters", "p", "--threads", "1"});
  EXPECT_EQ(serial.at("threads"), 1);
  for (const std::string threads : {"2", "3"}) {
    const Json parallel = eval({"d.csv", "--parameters", "p", "--threads", threads});
    EXPECT_EQ(parallel.at("threads"), std::stoi(threads));
    for (const char* field : {"loss", "db", "dw"}) EXPECT_EQ(parallel.at(field), serial.at(field));
  }
  EXPECT_EQ(eval({"d.csv"}, {"OMP_NUM_THREADS=2"}).at("threads"), 2);
  EXPECT_EQ(eval({"d.csv"}, {"OMP_NUM_THREADS=1"}).at("threads"), 1);
}

TEST_F(ProgramTest, TypeFollowsTheVariantName) {
  write("d.csv", "1,0.1\n0,3\n");
  EXPECT_EQ(eval({"d.csv"}).at("dtype"), "f64");
  EXPECT_EQ(eval({"d.csv", "--dtype", "f32"}).at("dtype"), "f32");
  EXPECT_EQ(eval({"d.csv", "--variant", "naive/generic/f32"}).at("dtype"), "f32");
  EXPECT_EQ(eval({"d.csv", "--variant", "naive"}).at("variant"), "naive/generic/f64");
  EXPECT_EQ(eval({"d.csv", "--variant", "naive/generic"}).at("variant"), "naive/generic/f64");
}

// 0.1 has no end in binary: in text the digits of the type, in JSON those of the equal double.
TEST_F(ProgramTest, DigitsGiveTheValueBack) {
  write("d.csv", "1,-0.2,0\n0,0,0.2\n");
  const auto text = run({"eval", "d.csv", "--dtype", "f32"}).out;
  EXPECT_NE(text.find("dw         0.1  x_1\n"), std::string::npos) << text;
  EXPECT_EQ(eval({"d.csv", "--dtype", "f32"}).at("dw")[0], static_cast<double>(0.1f));
  EXPECT_EQ(eval({"d.csv"}).at("dw")[0], 0.1);
  EXPECT_NE(text.find("loss       " + Json(eval({"d.csv", "--dtype", "f32"}).at("loss")).dump()),
            std::string::npos)
      << text;
}

TEST_F(ProgramTest, AnswerThatIsNotFinite) {
  write("d.csv", "1,1e300\n0,1\n");
  write("p", "-1e300 0");
  const Outcome outcome = run({"eval", "d.csv", "--parameters", "p", "--json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(outcome.json().at("loss").is_null());
  EXPECT_NE(outcome.err.find("not finite"), std::string::npos);
}

TEST_F(ProgramTest, TextNamesTheObjectiveAndTheColumns) {
  write("d.csv", "label,width,height\n1,2,3\n0,5,7\n");
  write("weights", "1\n2\n");
  const std::string text = run({"eval", "d.csv", "--header", "--sample-weights", "weights"}).out;
  EXPECT_NE(text.find("sum over the rows with the weights of weights"), std::string::npos) << text;
  EXPECT_NE(text.find("x_2 'height'"), std::string::npos) << text;
}

// More than the 64 KiB that are written at once.
TEST_F(ProgramTest, LongTraceIsWhole) {
  write("d.csv", "1,1\n0,2\n1,3\n");
  const int status =
      run({"train", "d.csv", "--eta", "0.01", "--iterations", "3000", "--trace", "t"}).status;
  ASSERT_EQ(status, 0);
  std::istringstream lines(content_of(path("t")));
  std::string line;
  std::getline(lines, line);
  for (int i = 0; i <= 3000; ++i) {
    ASSERT_TRUE(std::getline(lines, line));
    ASSERT_EQ(line.rfind(std::to_string(i) + ",", 0), 0u) << line;
  }
  EXPECT_FALSE(std::getline(lines, line));
}

TEST_F(ProgramTest, NoStandardDeviation) {
  write("d.csv", "1,1,1e200\n0,2,-1e200\n");
  expect_refused({"train", "d.csv", "--eta", "auto", "--iterations", "1", "--standardize"},
                 "x_2 has a standard deviation of inf");
}

}  // namespace
}  // namespace logigrad
