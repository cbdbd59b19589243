// Gradient descent: the lecture's loop, its step bound and its stops.
#include "logigrad/descend.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

// The largest eigenvalue of X^T X / 4 is known where X is diagonal.
TEST(LipschitzBound, DiagonalData) {
  const double x[] = {3, 0, 0, 0, 2, 0, 0, 0, 1}, y[] = {1, -1, 1};
  Problem<double> p{.x = x, .rows = 3, .cols = 3, .stride = 3, .y = y, .intercept = false};
  EXPECT_GE(lipschitz_bound(p), 9.0 / 4);
  EXPECT_LE(lipschitz_bound(p), 9.0 / 4 * 1.06);
  p.l2 = 2;
  p.reduction = Reduction::kMean;
  EXPECT_NEAR(lipschitz_bound(p), 9.0 / 12 + 2, 9.0 / 12 * 0.06);
}

TEST(LipschitzBound, InterceptAndWeights) {
  const double y[] = {1, -1}, weights[] = {3, 5};
  const Problem<double> p{.rows = 2, .y = y, .weights = weights};
  EXPECT_NEAR(lipschitz_bound(p), 8.0 / 4, 1e-12);  // X is a column of ones: the trace holds
}

TEST(Descend, LossFallsAtEveryStepOfTheSafeSize) {
  ProblemData<double> data({500, 12});
  std::vector<double> w(12, 0.0), losses;
  double b = 0;
  DescendOptions options;
  options.iterations = 10;
  options.callback = [&](const Iteration& i) {
    EXPECT_EQ(i.index, losses.size());
    losses.push_back(i.loss);
    return true;
  };
  const DescendResult result = descend(data.problem, w.data(), &b, options);
  ASSERT_EQ(losses.size(), 11u);
  for (std::size_t i = 1; i < losses.size(); ++i) EXPECT_LT(losses[i], losses[i - 1]);
  EXPECT_EQ(result.stop, Stop::kIterations);
  EXPECT_EQ(result.iterations, 10u);
  EXPECT_EQ(result.loss, losses.back());
}

// One step is w - eta dw, b - eta db.
TEST(Descend, OneStep) {
  ProblemData<double> data({50, 3});
  std::vector<double> w(data.w(), data.w() + 3);
  double b = data.b;
  data.evaluate(nullptr, true);
  descend(data.problem, w.data(), &b, {.eta = 0.25, .iterations = 1});
  for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(w[j], data.w()[j] - 0.25 * data.dw()[j]);
  EXPECT_EQ(b, data.b - 0.25 * *data.db());
}

TEST(Descend, ReachesAKnownOptimum) {
  // Three rows of +1 and one of -1 with the intercept alone: sigmoid(b) = 3/4.
  const double y[] = {1, 1, 1, -1};
  const Problem<double> p{.rows = 4, .y = y};
  double b = 0;
  const DescendResult result =
      descend<double>(p, nullptr, &b, {.iterations = 1000, .tolerance = 1e-13});
  EXPECT_EQ(result.stop, Stop::kTolerance);
  EXPECT_NEAR(b, std::log(3.0), 1e-12);
}

TEST(Descend, CallbackStops) {
  ProblemData<float> data({50, 3});
  float w[3] = {0, 0, 0}, b = 0;
  DescendOptions options;
  options.callback = [](const Iteration& i) { return i.index < 4; };
  const DescendResult result = descend(data.problem, w, &b, options);
  EXPECT_EQ(result.stop, Stop::kCallback);
  EXPECT_EQ(result.iterations, 4u);
}

TEST(Descend, DivergenceStopsWithTheLastFiniteParameters) {
  ProblemData<float> data({50, 3});
  data.problem.l2 = 10;  // |1 - eta l2| = 999: w grows until it overflows
  float w[3] = {1, 1, 1}, b = 0;
  const DescendResult result = descend(data.problem, w, &b, {.eta = 100, .iterations = 1000});
  EXPECT_EQ(result.stop, Stop::kDiverged);
  EXPECT_LT(result.iterations, 1000u);
  EXPECT_TRUE(std::isfinite(result.loss));
  for (const float wj : w) EXPECT_TRUE(std::isfinite(wj));
  float dw[3], db;
  EXPECT_EQ(loss_gradient(data.problem, w, b, dw, &db), result.loss);
}

TEST(Descend, NotFiniteFromTheStart) {
  ProblemData<float> data({50, 3});
  float w[3] = {1e38f, INFINITY, 1}, b = 0;
  const DescendResult result = descend(data.problem, w, &b, {.eta = 1});
  EXPECT_EQ(result.stop, Stop::kDiverged);
  EXPECT_EQ(result.iterations, 0u);
  EXPECT_TRUE(std::isnan(result.loss));
  EXPECT_EQ(w[2], 1) << "the parameters are left as they were";
}

// Half of 3e38 three times is more than a float holds, while the loss is 3 log 2.
TEST(Descend, NotFiniteGradientOfAFiniteLoss) {
  const float x[] = {3e38f, 3e38f, 3e38f}, y[] = {1, 1, 1};
  const Problem<float> p{.x = x, .rows = 3, .cols = 1, .stride = 1, .y = y};
  float w = 0, b = 0;
  const DescendResult result = descend(p, &w, &b, {.eta = 1});
  EXPECT_EQ(result.stop, Stop::kDiverged);
  EXPECT_EQ(result.iterations, 0u);
  EXPECT_EQ(w, 0);
}

TEST(Descend, DivergenceOfBAlone) {
  const float y[] = {1, 1, 1, -1};
  const Problem<float> p{.rows = 4, .y = y};
  float b = 0;
  const DescendResult result = descend<float>(p, nullptr, &b, {.eta = 1e39});
  EXPECT_EQ(result.stop, Stop::kDiverged);
  EXPECT_EQ(b, 0);
  EXPECT_NEAR(result.loss, 4 * std::log(2.0), 1e-6);
}

TEST(Descend, NothingToDescend) {
  const Problem<double> p{.cols = 1, .stride = 1};
  double w = 2, b = 3;
  const DescendResult result = descend(p, &w, &b, {});
  EXPECT_EQ(result.stop, Stop::kTolerance) << "a gradient of 0 is at the tolerance of 0";
  EXPECT_EQ(result.iterations, 0u);
  EXPECT_EQ(result.eta, 1);
  EXPECT_EQ(w, 2);
}

TEST(Descend, WithoutIntercept) {
  ProblemData<double> data({50, 3});
  data.problem.intercept = false;
  double w[3] = {0, 0, 0};
  EXPECT_EQ(descend<double>(data.problem, w, nullptr, {.iterations = 5}).stop, Stop::kIterations);
  EXPECT_NE(w[0], 0);
}

TEST(Descend, NoAutomaticStepForInfiniteData) {
  for (const double bad : std::initializer_list<double>{INFINITY, NAN, 1e200}) {
    ProblemData<double> data({5, 1});
    data.x(2)[0] = bad;
    double w = 0, b = 0;
    EXPECT_THROW(descend(data.problem, &w, &b, {}), std::invalid_argument) << bad;
  }
}

TEST(Descend, BadOptions) {
  ProblemData<double> data({5, 1});
  double w = 0, b = 0;
  EXPECT_THROW(descend(data.problem, &w, &b, {.eta = -1}), std::invalid_argument);
  EXPECT_THROW(descend(data.problem, &w, &b, {.eta = NAN}), std::invalid_argument);
  EXPECT_THROW(descend(data.problem, &w, &b, {.eta = INFINITY}), std::invalid_argument);
  EXPECT_THROW(descend(data.problem, &w, &b, {.tolerance = -1}), std::invalid_argument);
  EXPECT_THROW(descend<double>(data.problem, &w, nullptr, {}), std::invalid_argument);
}

// The lecture's setting: a hundred points of two Gaussians with means -1 and +1, w ~ N(0, 1), b =
// 0, eta = 0.1. Columns and parameters are floats, so that both types start from the same numbers.
struct Lecture {
  std::vector<double> x, y;
  double w[2];

  Lecture() {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    for (int n = 0; n < 100; ++n) {
      y.push_back(n % 2 ? 1 : -1);
      for (int j = 0; j < 2; ++j) x.push_back(normal(random) + static_cast<float>(y.back()));
    }
    for (double& wj : w) wj = normal(random);
  }
  template <class T>
  Problem<T> problem(const T* columns, const T* labels) const {
    return {.x = columns, .rows = 100, .cols = 2, .stride = 2, .y = labels};
  }
};

constexpr std::size_t kLectureSteps = 1000;
constexpr double kLectureEta = 0.1;

// The losses of the same loop with the reference's gradient.
std::vector<double> reference_losses(const Lecture& lecture) {
  const Problem<double> p = lecture.problem(lecture.x.data(), lecture.y.data());
  double w[] = {lecture.w[0], lecture.w[1]}, b = 0;
  std::vector<double> losses;
  for (std::size_t i = 0; i <= kLectureSteps; ++i) {
    const Reference at = reference(p, w, b);
    losses.push_back(at.loss);
    for (std::size_t j = 0; j < 2; ++j) w[j] -= kLectureEta * at.dw[j];
    b -= kLectureEta * at.db;
  }
  return losses;
}

class DescendVariant : public testing::TestWithParam<Variant> {};

TEST_P(DescendVariant, StaysWithTheReferenceForAThousandSteps) {
  static const Lecture lecture;
  static const std::vector<double> want = reference_losses(lecture);
  ASSERT_LT(want.back(), 0.5 * want.front()) << "nothing was learned";
  with_type(GetParam(), [&]<class T>(T) {
    const std::vector<T> x(lecture.x.begin(), lecture.x.end());
    const std::vector<T> y(lecture.y.begin(), lecture.y.end());
    T w[] = {static_cast<T>(lecture.w[0]), static_cast<T>(lecture.w[1])}, b = 0;
    const double limit = sizeof(T) == 4 ? 1e-4 : 1e-11;
    std::size_t compared = 0;
    DescendOptions options{.eta = kLectureEta, .iterations = kLectureSteps};
    options.evaluation.variant = &GetParam();
    options.callback = [&](const Iteration& i) {
      EXPECT_LE(std::abs(i.loss - want[i.index]), limit * want[i.index]) << "step " << i.index;
      ++compared;
      return !testing::Test::HasFailure();
    };
    const DescendResult result = descend(lecture.problem(x.data(), y.data()), w, &b, options);
    EXPECT_LE(std::abs(result.loss - want.back()), limit * want.back());
    EXPECT_GE(compared, kLectureSteps);
  });
}

INSTANTIATE_TEST_SUITE_P(Variant, DescendVariant, testing::ValuesIn(runnable_variants()),
                         test_name);

}  // namespace
}  // namespace logigrad
