// Against answers that others have published: the low birth weight data at the coefficients that
// Stata and R print. There the gradient is nearly 0, a sum of 189 terms that cancel, so a variant
// is compared with the reference, within the bound; the reference with what is published.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/problem_data.hpp"
#include "tools/dataset/dataset.hpp"

namespace logigrad {
namespace {

const std::string kDirectory = std::string(LOGIGRAD_SOURCE_DIR) + "/tests/data/";

// The published log likelihood has 13 digits behind the point.
constexpr double kLoss = 100.7239955662511;

template <class T>
struct Published {
  std::vector<T> x, y, w;
  T b;
  Problem<T> problem;

  Published() {
    const Dataset data = load_dataset(kDirectory + "lbw.csv", {.header = true});
    std::vector<double> parameters = load_numbers(kDirectory + "lbw.parameters");
    check_count("lbw.parameters", parameters.size(), data.cols + 1, "coefficients");
    b = static_cast<T>(parameters.back());
    parameters.pop_back();
    x.assign(data.x.begin(), data.x.end());
    y.assign(data.y.begin(), data.y.end());
    w.assign(parameters.begin(), parameters.end());
    problem = {
        .x = x.data(), .rows = data.rows, .cols = data.cols, .stride = data.cols, .y = y.data()};
  }
};

TEST(Published, TheReferenceFindsTheOptimumWhereStataDoes) {
  const Published<double> lbw;
  const Reference at = reference(lbw.problem, lbw.w.data(), lbw.b);
  EXPECT_NEAR(at.loss, kLoss, 1e-12);
  EXPECT_LT(std::abs(at.db), 1e-9);
  for (const double value : at.dw) EXPECT_LT(std::abs(value), 2e-8);
  EXPECT_GT(std::abs(at.dw[1]), 1e-9) << "lwt: 13 digits leave something";
}

class PublishedVariant : public testing::TestWithParam<Variant> {};

TEST_P(PublishedVariant, StaysWithTheReferenceWhereTheGradientVanishes) {
  with_type(GetParam(), [&]<class T>(T) {
    const Published<T> lbw;
    std::vector<T> dw(lbw.w.size());
    T db;
    Options options;
    options.variant = &GetParam();
    const double loss = loss_gradient(lbw.problem, lbw.w.data(), lbw.b, dw.data(), &db, options);
    const Verdict verdict = Judge<T>(lbw.problem, lbw.w.data(), lbw.b)
                                .check({dw.data(), &db, &loss}, GetParam().margin_depth(dw.size()));
    EXPECT_TRUE(verdict.ok()) << verdict.where << " is off by " << verdict.error_of_bound
                              << " of its bound";
    EXPECT_NEAR(loss, kLoss, sizeof(T) == 4 ? 1e-3 : 1e-11);
  });
}

INSTANTIATE_TEST_SUITE_P(Variant, PublishedVariant, testing::ValuesIn(runnable_variants()),
                         test_name);

}  // namespace
}  // namespace logigrad
