// What is refused and what is not, at the edges: neighbours that only touch, sizes that wrap round,
// the last row, variants that are capped. evaluate_test has the messages.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

template <class F>
std::string error_of(const F& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

constexpr std::size_t kCols = 4;

// One row, w, dw and db at places in one array.
std::string error_with_places(std::size_t w, std::size_t dw, std::size_t db) {
  float memory[20] = {};
  const float x[kCols] = {}, y[] = {1};
  const Problem<float> p{.x = x, .rows = 1, .cols = kCols, .stride = kCols, .y = y};
  return error_of([&] { loss_gradient(p, memory + w, 0.0f, memory + dw, memory + db); });
}

TEST(Overlap, NeighboursMayTouch) {
  EXPECT_EQ(error_with_places(0, 4, 8), "no error");
  EXPECT_EQ(error_with_places(5, 1, 0), "no error");
  EXPECT_EQ(error_with_places(4, 0, 8), "no error");
}

TEST(Overlap, OfOneElementFromEitherSide) {
  EXPECT_EQ(error_with_places(0, 3, 10), "dw: overlaps w");
  EXPECT_EQ(error_with_places(3, 0, 10), "dw: overlaps w");
  EXPECT_EQ(error_with_places(0, 4, 3), "db: overlaps w");
  EXPECT_EQ(error_with_places(0, 4, 7), "db: overlaps dw");
}

TEST(Overlap, WithTheLastElementOfX) {
  float x[2 * kCols] = {};
  float w[kCols] = {}, dw[kCols];
  const float y[] = {1, 1};
  const Problem<float> p{.x = x, .rows = 2, .cols = kCols, .stride = kCols, .y = y};
  EXPECT_EQ(error_of([&] { loss_gradient(p, w, 0.0f, dw, x + 7); }), "db: overlaps x");
}

TEST(Sizes, ThatWrapRound) {
  float x[16] = {}, w[kCols] = {}, dw[kCols], db;
  const float y[] = {1};
  // 4 (SIZE_MAX / 4 + 2) is 4 again.
  const Problem<float> p{
      .x = x, .rows = SIZE_MAX / kCols + 2, .cols = kCols, .stride = kCols, .y = y};
  EXPECT_NE(error_of([&] { loss_gradient(p, w, 0.0f, dw, &db); }).find("exceed the address space"),
            std::string::npos);
}

TEST(L2, MustBeFinite) {
  ProblemData<double> data({3, 2});
  data.problem.l2 = std::numeric_limits<double>::infinity();
  EXPECT_EQ(error_of([&] { data.evaluate(nullptr, true); }),
            "l2: found inf, expected a finite number >= 0");
}

TEST(Db, IsNotWantedWithoutAnIntercept) {
  ProblemData<double> data({30, 2});
  data.problem.intercept = false;
  std::vector<double> dw(2);
  EXPECT_EQ(
      error_of([&] { loss_gradient<double>(data.problem, data.w(), 0.0, dw.data(), nullptr); }),
      "no error");
  data.evaluate(nullptr, true);
  EXPECT_EQ(data.result(), dw);
}

TEST(Checked, LooksAtTheLastRowAndAtNanWeights) {
  ProblemData<double> data({10, 2, 0, 0, true});
  data.weights()[9] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(error_of([&] { data.problem.checked(); }).rfind("weights: found nan in row 9", 0), 0u);
  data.weights()[9] = 1;
  data.y()[9] = -2;
  EXPECT_EQ(error_of([&] { data.problem.checked(); }).rfind("y: found -2.000000 in row 9", 0), 0u);
}

TEST(Variants, ThatAreCappedAreRefused) {
  ProblemData<double> data({10, 2});
  const Variant& panel = find_variant("panel", Dtype::kF64, 1, 1);
  cap_isa("generic");
  EXPECT_EQ(error_of([&] { data.evaluate(&panel, true); }),
            "variant: " + panel.name() + " cannot run here: capped at generic");
  cap_isa("");
  EXPECT_EQ(error_of([&] { data.evaluate(&panel, true); }), "no error");
}

}  // namespace
}  // namespace logigrad
