// The same bits: for every thread count, every repetition, with and without the loss, and for a row
// wherever it stands.
#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <limits>

#include "tests/problem_data.hpp"
#include "tests/visible_order.hpp"

namespace logigrad {
namespace {

class Bits : public testing::TestWithParam<Variant> {};

TEST_P(Bits, SameForEveryThreadCount) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const Shape& shape : {Shape{20011, 3}, Shape{15001, 28, 1, 1, true}, Shape{2500, 301}}) {
      ProblemData<T> data(shape);
      make_order_visible(data);
      data.evaluate(&GetParam(), true, 1);
      const std::vector<T> dw = data.result();
      const T db = *data.db();
      const double loss = data.loss;
      for (const int threads : {1, 2, 3, 7}) {
        if (is_slow_cpu(10) && threads != 3) continue;
        ASSERT_EQ(planned_threads(shape.rows, shape.cols, kDtypeOf<T>, threads), threads)
            << shape << ": too few chunks to test " << threads << " threads";
        data.evaluate(&GetParam(), true, threads);
        EXPECT_TRUE(same_bits(data.result(), dw)) << shape << " threads " << threads;
        EXPECT_EQ(*data.db(), db) << shape << " threads " << threads;
        EXPECT_EQ(data.loss, loss) << shape << " threads " << threads;
      }
    }
  });
}

TEST_P(Bits, SameGradientWithAndWithoutLoss) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const Shape& shape : {Shape{3001, 37, 0, 1, true},
                               {533, 1},
                               {2101, 4, 1},
                               {300, 28},
                               {40, 300, 3, 1, true},
                               {9, 1100}}) {
      ProblemData<T> data(shape);
      data.evaluate(&GetParam(), true);
      const std::vector<T> dw = data.result();
      const T db = *data.db();
      data.evaluate(&GetParam(), false);
      EXPECT_TRUE(same_bits(data.result(), dw)) << shape;
      EXPECT_EQ(*data.db(), db) << shape;
    }
  });
}

// A row alone gives its coefficient: put among others of weight 0, in every position up to the
// second vector, into the streams and the remainder, it must give the same bits. Of 70 vectors
// `block` puts 41 rows together from lines, and not one row.
TEST_P(Bits, RowKeepsItsBitsWhereverItStands) {
  if (GetParam().body == "autovec") GTEST_SKIP() << "the order of its sums is the compiler's";
  with_type(GetParam(), [&]<class T>(T) {
    const std::size_t lanes = GetParam().lanes;
    for (const std::size_t cols :
         {std::size_t{1}, lanes, 3 * lanes + 1, std::size_t{400}, 70 * lanes + 5, 71 * lanes,
          71 * lanes + 3, 72 * lanes + 1, 74 * lanes + 7}) {
      if (is_slow_cpu(100) && cols > 3 * lanes + 1) continue;
      ProblemData<T> alone({1, cols});
      // The slope of a margin that is large and of the label's sign shows all of the margin's bits.
      for (std::size_t j = 0; j < cols; ++j) alone.w()[j] *= 16;
      alone.evaluate(&GetParam(), true);
      if (std::abs(*alone.db()) > T(0.5)) alone.y()[0] = -alone.y()[0];
      alone.evaluate(&GetParam(), true);
      for (const std::size_t rows : {lanes - 1, lanes, 2 * lanes + 3, std::size_t{41}}) {
        for (std::size_t place = 0; place < rows; ++place) {
          ProblemData<T> data({rows, cols, 0, 0, true}, Fill::kNormal, 3);
          std::vector<T> weights(rows, T(0));
          weights[place] = 1;
          data.problem.weights = weights.data();
          std::copy_n(alone.x(0), cols, data.x(place));
          std::copy_n(alone.w(), cols, data.w());
          data.y()[place] = alone.y()[0];
          data.b = alone.b;
          data.evaluate(&GetParam(), true);
          ASSERT_EQ(*data.db(), *alone.db()) << "row " << place << " of " << rows << "x" << cols;
          ASSERT_EQ(data.result(), alone.result())
              << "row " << place << " of " << rows << "x" << cols;
          ASSERT_EQ(data.loss, alone.loss) << "row " << place << " of " << rows << "x" << cols;
        }
      }
    }
  });
}

// A body may see a row twice, once masked; then 0 times infinity must not add a NaN.
TEST_P(Bits, AnInfiniteElementGivesTheSameWhereverItStands) {
  with_type(GetParam(), [&]<class T>(T) {
    constexpr T kInfinity = std::numeric_limits<T>::infinity();
    for (const std::size_t cols : {1u, 2u, 4u, 8u, 28u, 300u}) {
      for (const std::size_t rows : {GetParam().lanes - 1, 2 * GetParam().lanes + 3}) {
        for (std::size_t place = 0; place < rows; ++place) {
          ProblemData<T> data({rows, cols});
          data.w()[0] = 1;
          data.x(place)[0] = -data.y()[place] * kInfinity;  // the slope's limit is not 0
          data.evaluate(&GetParam(), false);
          ASSERT_EQ(data.dw()[0], kInfinity) << "row " << place << " of " << rows << "x" << cols;
        }
      }
    }
  });
}

// Sums of few rows may go to the caller without the double that a mean is divided in. Means of two
// to the k rows are the sums' bits with another exponent.
TEST_P(Bits, SumsOfFewRowsAreTheirMeansTimesTheRows) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const std::size_t cols : {3u, 65u, 300u, 1024u}) {
      for (const std::size_t rows : {1u, 2u, 4u, 64u, 128u, 256u, 512u}) {
        if (rows > 128 && cols > 300) continue;
        ProblemData<T> data({rows, cols, 1, 1});
        data.evaluate(&GetParam(), true);
        const std::vector<T> sums = data.result();
        const T db = *data.db();
        const double loss = data.loss;
        data.problem.reduction = Reduction::kMean;
        data.evaluate(&GetParam(), true);
        std::vector<T> means = data.result();
        for (T& mean : means) mean *= static_cast<T>(rows);
        EXPECT_TRUE(same_bits(sums, means)) << rows << 'x' << cols;
        EXPECT_EQ(db, *data.db() * static_cast<T>(rows)) << rows << 'x' << cols;
        EXPECT_EQ(loss, data.loss * static_cast<double>(rows)) << rows << 'x' << cols;
        EXPECT_TRUE(data.intact()) << rows << 'x' << cols;
      }
    }
  });
}

// A double that starts at 0 makes 0 of a -0 that is added; sums without a double have to as well.
TEST_P(Bits, ASumThatUnderflowsIsNotMinusZero) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const std::size_t cols : {3u, 65u, 1024u}) {
      ProblemData<T> data({1, cols}, Fill::kInteger);  // w = 0: half of x
      data.x(0)[2] = data.y()[0] * std::numeric_limits<T>::denorm_min();
      data.evaluate(&GetParam(), true);
      EXPECT_EQ(data.dw()[2], 0) << cols;
      EXPECT_FALSE(std::signbit(data.dw()[2])) << cols;
    }
  });
}

TEST_P(Bits, AlignmentAndStrideChangeNothing) {
  with_type(GetParam(), [&]<class T>(T) {
    // `block` puts rows of three vectors or more together from lines, if they are not aligned.
    for (const std::size_t cols :
         {1u, 2u, 3u, 4u, 5u, 8u, 13u, 16u, 29u, 45u, 48u, 64u, 130u, 160u, 240u, 300u, 1101u}) {
      for (const std::size_t rows : {7u, 48u, 533u, 1040u}) {
        if (rows > 533 && cols > 2) continue;  // they are for column's flushes, where AVX2 is used
        if (cols > 300 && (GetParam().body != "block" || is_slow_cpu(100))) continue;
        ProblemData<T> plain({rows, cols});
        plain.evaluate(&GetParam(), true);
        for (const std::size_t padding : {0u, 1u, 5u}) {
          for (const std::size_t offset : {1u, 3u}) {
            ProblemData<T> moved({rows, cols, padding, offset});
            moved.evaluate(&GetParam(), true);
            EXPECT_TRUE(same_bits(moved.result(), plain.result()))
                << rows << 'x' << cols << " padding " << padding << " offset " << offset;
            EXPECT_EQ(*moved.db(), *plain.db());
            EXPECT_EQ(moved.loss, plain.loss);
          }
        }
      }
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Variant, Bits, testing::ValuesIn(runnable_variants()), test_name);

TEST(BitsOfCalls, NestedInAParallelRegion) {
  ProblemData<float> data({20011, 28});
  data.evaluate(nullptr, true, 2);
  const std::vector<float> dw = data.result();
#pragma omp parallel num_threads(2)
  {
#pragma omp single
    data.evaluate(nullptr, true, 2);
  }
  EXPECT_TRUE(same_bits(data.result(), dw));
}

}  // namespace
}  // namespace logigrad
