// The numeric contract, for every variant this CPU runs: the error bound and the exact test, over
// sizes taken from the lane count, misaligned bases, padded rows and both drivers.
//
// The list of variants is the registry's; variant_coverage.hpp sees that all were tested.
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "tests/problem_data.hpp"
#include "tests/variant_coverage.hpp"

namespace logigrad {
namespace {

// Those of a test, of which a slow CPU goes through what is small enough.
class Shapes {
 public:
  bool too_large(const Shape& shape) {
    const std::size_t elements = shape.rows * shape.cols;
    const bool too_large = elements > (is_slow_cpu(100)  ? 6'200
                                       : is_slow_cpu(10) ? 400'000
                                                         : std::numeric_limits<std::size_t>::max());
    ++(too_large ? left_out_ : taken_);
    return too_large;
  }
  bool only_left_out() const { return left_out_ > 0 && taken_ == 0; }

 private:
  int left_out_ = 0, taken_ = 0;
};

class Contract : public testing::TestWithParam<Variant> {
 protected:
  void TearDown() override {
    EXPECT_FALSE(shapes_.only_left_out()) << "every shape of the test is too large";
    tested_variants().insert(GetParam().name());
  }
  Shapes shapes_;
};

// 0, 1, around the lanes, around whole registers and beyond those that stay in registers.
std::set<std::size_t> columns_for(std::size_t lanes) {
  std::set<std::size_t> sizes{0, 1, 2, 3, 5, 30};
  for (const std::size_t vectors : {1u, 2u, 3u, 4u, 5u, 8u, 9u}) {
    for (const std::size_t extra : {0u, 1u, 2u}) sizes.insert(vectors * lanes - 1 + extra);
  }
  return sizes;
}

// 0, 1, around the lanes, the eight streams, a flush of 256 rows, and a chunk of 2048.
std::set<std::size_t> rows_for(std::size_t lanes) {
  std::set<std::size_t> sizes{0,   1,   2,   7,    8,    9,    63,   65,
                              255, 256, 257, 1031, 2047, 2048, 2049, 4999};
  for (const std::size_t extra : {0u, 1u, 2u}) {
    sizes.insert(lanes - 1 + extra);
    sizes.insert(4 * lanes - 1 + extra);
  }
  return sizes;
}

template <class T>
struct BoundCase {
  BoundCase(const Shape& shape, unsigned seed)
      : data(shape, Fill::kNormal, seed), judge(data.problem, data.w(), data.b) {}
  ProblemData<T> data;
  Judge<T> judge;
};

template <class T>
struct ExactCase {
  ExactCase(const Shape& shape, unsigned seed)
      : data(shape, Fill::kInteger, seed), exact(data.problem) {}
  ProblemData<T> data;
  ExactTest<T> exact;
};

// One for all variants: to make it takes ten times as long as to evaluate it.
template <class Case>
Case& shared(const Shape& shape, unsigned seed) {
  static std::map<std::tuple<std::size_t, std::size_t, unsigned>, Case> known;
  return known.try_emplace({shape.rows, shape.cols, seed}, shape, seed).first->second;
}

template <class T>
void expect_within_bound(const Variant& variant, const Shape& shape, unsigned seed) {
  auto& [data, judge] = shared<BoundCase<T>>(shape, seed);
  for (const bool want_loss : {false, true}) {
    for (const int threads : {1, 3}) {
      data.evaluate(&variant, want_loss, threads);
      const Verdict verdict = judge.check(data.answer(want_loss), variant.margin_depth(shape.cols));
      EXPECT_TRUE(verdict.ok()) << shape << " threads " << threads << ": " << verdict.where
                                << " is off by " << verdict.error_of_bound << " of its bound";
      EXPECT_TRUE(data.intact()) << shape << ": something beside the outputs was written";
    }
  }
}

TEST_P(Contract, BoundOverColumns) {
  with_type(GetParam(), [&]<class T>(T) {
    unsigned seed = 0;
    for (const std::size_t cols : columns_for(GetParam().lanes)) {
      for (const std::size_t rows : {std::size_t{37}, std::size_t{300}}) {
        ++seed;
        const Shape shape{rows, cols, seed % 3, seed % 2, seed % 4 == 0};
        if (!shapes_.too_large(shape)) expect_within_bound<T>(GetParam(), shape, seed);
      }
    }
  });
}

TEST_P(Contract, BoundOverRows) {
  with_type(GetParam(), [&]<class T>(T) {
    unsigned seed = 100;
    for (const std::size_t rows : rows_for(GetParam().lanes)) {
      for (const std::size_t cols : {std::size_t{3}, GetParam().lanes * 2 + 1}) {
        ++seed;
        const Shape shape{rows, cols, seed % 3, seed % 2, seed % 4 == 0};
        if (!shapes_.too_large(shape)) expect_within_bound<T>(GetParam(), shape, seed);
      }
    }
  });
}

// Bodies take long rows in other groups than short ones, and fetch ahead beyond 8 MiB of X.
TEST_P(Contract, BoundOfWideRows) {
  with_type(GetParam(), [&]<class T>(T) {
    unsigned seed = 200;
    for (const Shape& shape : {Shape{150, 1000, 1, 1},
                               {5, 5000, 0, 1, true},
                               {37, 200},
                               {270, 500, 3},
                               {271, 1300, 0, 1, true},
                               {7501, 301},
                               {2101, 1101},
                               {258, 1024},  // whole pages
                               {511, 512, 1},
                               {3, 1301, 0, 1, true},  // and what is not too large anywhere
                               {4, 1024},
                               {2, 2048}}) {
      ++seed;
      if (!shapes_.too_large(shape)) expect_within_bound<T>(GetParam(), shape, seed);
    }
  });
}

TEST_P(Contract, BoundOfEveryObjective) {
  with_type(GetParam(), [&]<class T>(T) {
    for (int bits = 0; bits < 16; ++bits) {
      ProblemData<T> data({211, 19, 2, 1, (bits & 1) != 0}, Fill::kNormal, 7);
      data.problem.intercept = (bits & 2) != 0;
      data.problem.reduction = (bits & 4) != 0 ? Reduction::kMean : Reduction::kSum;
      data.problem.l2 = (bits & 8) != 0 ? 0.7 : 0;
      data.evaluate(&GetParam(), true);
      const Verdict verdict = Judge<T>(data.problem, data.w(), data.b)
                                  .check(data.answer(true), GetParam().margin_depth(19));
      EXPECT_TRUE(verdict.ok()) << "objective " << bits << ": " << verdict.where << " is off by "
                                << verdict.error_of_bound << " of its bound";
      EXPECT_TRUE(data.intact());
    }
  });
}

TEST_P(Contract, BoundWithLargeMargins) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const double scale : {10.0, 100.0, 1e4}) {  // both tails, and far beyond them
      ProblemData<T> data({300, 21}, Fill::kNormal, 11);
      for (std::size_t j = 0; j < 21; ++j) data.w()[j] *= static_cast<T>(scale);
      Judge<T> judge(data.problem, data.w(), data.b);
      data.evaluate(&GetParam(), true);
      const Verdict verdict = judge.check(data.answer(true), GetParam().margin_depth(21));
      EXPECT_TRUE(verdict.ok()) << "scale " << scale << ": " << verdict.where << " is off by "
                                << verdict.error_of_bound << " of its bound";
    }
  });
}

TEST_P(Contract, ExactWithZeroParameters) {
  with_type(GetParam(), [&]<class T>(T) {
    std::vector<Shape> shapes{{100003, 1},  {60001, 2, 1, 1}, {20011, 28, 3, 1}, {3001, 130},
                              {2101, 1101}, {256, 1024},      {257, 1024},       {2048, 512},
                              {2051, 2},    {4, 1024}};
    for (const std::size_t rows : rows_for(GetParam().lanes)) {
      shapes.push_back({rows, 2 * GetParam().lanes + 3, 1, 1});
    }
    for (const Shape& shape : shapes) {
      if (shapes_.too_large(shape)) continue;
      auto& [data, exact] = shared<ExactCase<T>>(shape, 1);
      for (const bool want_loss : {false, true}) {
        data.evaluate(&GetParam(), want_loss, want_loss ? 2 : 1);
        EXPECT_EQ(exact.check(data.answer(false)), "") << shape;
      }
      EXPECT_TRUE(data.intact()) << shape;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Variant, Contract, testing::ValuesIn(runnable_variants()), test_name);

[[maybe_unused]] const auto* coverage = testing::AddGlobalTestEnvironment(new Coverage);

}  // namespace
}  // namespace logigrad
