// What is refused and what is not, at the edges: neighbours that only touch, sizes that wrap round,
// the last row, variants that are capped. evaluate_test has the messages.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

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

// Every place of the outputs round the inputs, one array after another: an error if they share an
// element, none if they only touch.
TEST(Places, EveryOverlapIsSeen) {
  constexpr std::size_t kRows = 2, kStride = kCols + 1;
  std::vector<float> memory(40, 1.0f);
  struct Array {
    std::size_t begin, count;
    bool meets(const Array& o) const {
      return begin < o.begin + o.count && o.begin < begin + count;
    }
  };
  const Array x{4, (kRows - 1) * kStride + kCols}, y{16, kRows}, weights{21, kRows}, w{26, kCols};
  const auto at = [&](const Array& array) { return memory.data() + array.begin; };
  const Problem<float> p{.x = at(x),
                         .rows = kRows,
                         .cols = kCols,
                         .stride = kStride,
                         .y = at(y),
                         .weights = at(weights)};
  const std::vector<float> before = memory;
  for (std::size_t i = 0; i + kCols <= memory.size(); ++i) {
    for (std::size_t k = 0; k < memory.size(); ++k) {
      const Array dw{i, kCols}, db{k, 1};
      bool is_wrong = dw.meets(db);
      for (const Array& in : {x, y, weights, w}) is_wrong |= dw.meets(in) || db.meets(in);
      const std::string error = error_of([&] { gradient(p, at(w), 0.0f, at(dw), at(db)); });
      ASSERT_EQ(error != "no error", is_wrong) << "dw " << i << " db " << k << ": " << error;
      if (is_wrong) {
        ASSERT_EQ(memory, before) << "dw " << i << " db " << k;
      }
      memory = before;
    }
  }
}

}  // namespace
}  // namespace logigrad
