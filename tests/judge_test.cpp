// The judges are judged: every broken body must be caught, by the bound or by the exact test, and
// the good body they are made from must pass.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/broken_bodies.hpp"
#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

template <class T>
Verdict judge_bound(ProblemData<T>& data, const Variant& variant) {
  data.evaluate(&variant, true);
  return Judge<T>(data.problem, data.w(), data.b)
      .check(data.answer(true), variant.margin_depth(data.problem.cols));
}

template <class T>
void expect_all_caught_by_bound() {
  ProblemData<T> data({97, 13, 1, 1, false});
  const Verdict good = judge_bound(data, broken_variant<T, Fault::kNone>());
  EXPECT_TRUE(good.ok()) << good.where;
  for (const auto& [fault, variant] : broken_variants<T>()) {
    const Verdict verdict = judge_bound(data, variant);
    EXPECT_FALSE(verdict.ok()) << name_of(fault) << " passed the bound";
    EXPECT_GT(verdict.error_of_bound, 2) << name_of(fault) << " was caught by luck";
  }
}

TEST(Judge, BoundCatchesEveryFaultInFloat) { expect_all_caught_by_bound<float>(); }
TEST(Judge, BoundCatchesEveryFaultInDouble) { expect_all_caught_by_bound<double>(); }

// Where the bound is too wide to see one row of many, the exact test does.
TEST(Judge, ExactTestCatchesOneRowOfMany) {
  ProblemData<float> data({1'000'003, 2}, Fill::kInteger);
  const ExactTest<float> exact(data.problem);
  for (const auto& [fault, variant] : broken_variants<float>()) {
    if (fault == Fault::kLossWithoutLastRow) continue;  // the exact test is of the gradient
    data.evaluate(&variant, true);
    EXPECT_NE(exact.check(data.answer(false)), "") << name_of(fault);
  }
  const Variant good = broken_variant<float, Fault::kNone>();
  data.evaluate(&good, true);
  EXPECT_EQ(exact.check(data.answer(false)), "");
}

TEST(Judge, NanAndInfinityFail) {
  ProblemData<double> data({5, 2});
  data.evaluate(nullptr, true);
  Judge<double> judge(data.problem, data.w(), data.b);
  const auto fraction = [&](double value) {
    double dw[2] = {data.dw()[0], value};
    return judge.check({dw, data.db(), &data.loss}, 4).error_of_bound;
  };
  EXPECT_LE(fraction(data.dw()[1]), 1);
  EXPECT_TRUE(std::isinf(fraction(std::nan(""))));
  EXPECT_TRUE(std::isinf(fraction(INFINITY)));
  const double nan_loss = std::nan("");
  EXPECT_FALSE(judge.check({data.dw(), data.db(), &nan_loss}, 4).ok());
}

TEST(Judge, NamesTheWorstOutput) {
  ProblemData<double> data({40, 3});
  data.evaluate(nullptr, true);
  Judge<double> judge(data.problem, data.w(), data.b);
  data.dw()[2] += 1;
  EXPECT_EQ(judge.check(data.answer(true), 5).where, "dw[2]");
  data.dw()[2] -= 1;
  data.loss += 1e-3;
  EXPECT_EQ(judge.check(data.answer(true), 5).where, "loss");
}

// Bounds must be tight enough to mean something: a change of 3 bound widths is seen, half is not,
// and 1 % is many.
TEST(Judge, BoundIsProportionate) {
  ProblemData<float> data({1000, 4});
  data.evaluate(nullptr, true);
  Judge<float> judge(data.problem, data.w(), data.b);
  const double want = judge.expected().dw[0];
  const auto fraction = [&](double error) {
    data.dw()[0] = static_cast<float>(want + error);
    return judge.check(data.answer(false), 6).error_of_bound;
  };
  const double one_percent = 1e-2 * std::abs(want);
  const double bound = one_percent / fraction(one_percent);
  EXPECT_LT(bound, one_percent / 10);
  EXPECT_NEAR(fraction(3 * bound), 3, 0.05);
  EXPECT_NEAR(fraction(-bound / 2), 0.5, 0.05);
}

// The reference against answers that need no program.
TEST(Reference, KnownAnswers) {
  const double x[] = {1, -2}, y[] = {1, -1}, w[] = {0};
  Problem<double> p{.x = x, .rows = 2, .cols = 1, .stride = 1, .y = y};
  const Reference zero = reference(p, w, 0.0);
  EXPECT_EQ(zero.loss, 2 * std::numbers::ln2);
  EXPECT_EQ(zero.dw[0], -1.5);
  EXPECT_EQ(zero.db, 0);
  // One row, margin log 3: sigmoid(-z) = 1/4, loss = log(4/3).
  const double ln3 = std::log(3.0);
  p.rows = 1;
  const Reference quarter = reference(p, &ln3, 0.0);
  EXPECT_NEAR(quarter.dw[0], -0.25, 1e-16);
  EXPECT_NEAR(quarter.loss, std::log(4.0 / 3.0), 1e-16);
  EXPECT_NEAR(quarter.db, -0.25, 1e-16);
}

// Terms that cancel in double but not in double-double.
TEST(Reference, CancellingMargin) {
  const double x[] = {1e17, 1, -1e17}, y[] = {1}, w[] = {1, 0.5, 1};
  const Problem<double> p{.x = x, .rows = 1, .cols = 3, .stride = 3, .y = y};
  EXPECT_NEAR(reference(p, w, 0.0).db, -1 / (1 + std::exp(0.5)), 1e-15);
}

// A product whose low part is the margin.
TEST(Reference, ProductsKeepTheirLowPart) {
  const double x[] = {(1 + 0x1p-30) * 0x1p40, -(0x1p60 + 0x1p31)}, y[] = {1};
  const double w[] = {(1 + 0x1p-30) * 0x1p20, 1};
  const Problem<double> p{.x = x, .rows = 1, .cols = 2, .stride = 2, .y = y};
  EXPECT_NEAR(reference(p, w, 0.0).db, -1 / (1 + std::exp(1.0)), 1e-15);
}

// sigmoid(z) + sigmoid(-z) - 1 by three rows: what is left is far below a rounding to double.
TEST(Reference, SlopesHaveMoreDigitsThanDouble) {
  for (const double z : {0.3, 0.7, 1.1, 2.9}) {
    const double x[] = {z, 1, z, -1, 0, -2}, y[] = {-1, 1, -1}, w[] = {1, 0};
    const Problem<double> p{.x = x, .rows = 3, .cols = 2, .stride = 2, .y = y};
    EXPECT_LT(std::abs(reference(p, w, 0.0).dw[1]), 3e-19) << z;
  }
}

// A margin between two doubles.
TEST(Reference, MarginsHaveMoreDigitsThanDouble) {
  const double x[] = {40, 0x1p-49}, y[] = {1}, w[] = {1, 1};
  const Problem<double> p{.x = x, .rows = 1, .cols = 2, .stride = 2, .y = y};
  const long double e = std::exp(-40.0L - 0x1p-49L);
  const double want = static_cast<double>(-e / (1 + e));
  EXPECT_NEAR(reference(p, w, 0.0).db / want, 1, 3e-16);
}

// The sum is 2^24 + 1, which no float is.
TEST(ExactTest, ExpectsWhatTheTypeCanHold) {
  constexpr std::size_t kRows = (std::size_t{1} << 22) + 1;
  std::vector<float> x(kRows, 8.0f), y(kRows, -1.0f);
  x.back() = 2;
  const Problem<float> p{.x = x.data(), .rows = kRows, .cols = 1, .stride = 1, .y = y.data()};
  float dw = 0x1p24f;
  EXPECT_EQ(ExactTest<float>(p).check({&dw}), "");
  dw = std::nextafter(dw, 0.0f);
  EXPECT_EQ(ExactTest<float>(p).check({&dw}).rfind("dw[0]: found 16777215, expected 16777216", 0),
            0u);
}

}  // namespace
}  // namespace logigrad
