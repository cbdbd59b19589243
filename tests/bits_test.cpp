// The same bits: for every thread count, every repetition, with and without the loss, and for a row
// wherever it stands.
#include <gtest/gtest.h>
#include <omp.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <random>

#include "kernels/registry.hpp"
#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

class Bits : public testing::TestWithParam<Variant> {};

TEST_P(Bits, SameForEveryThreadCount) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const Shape& shape : {Shape{20011, 3}, Shape{15001, 28, 1, 1, true}, Shape{2500, 301}}) {
      ProblemData<T> data(shape);
      data.evaluate(&GetParam(), true, 1);
      const std::vector<T> dw = data.result();
      const T db = *data.db();
      const double loss = data.loss;
      for (const int threads : {1, 2, 3, 7}) {
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
    ProblemData<T> data({3001, 37, 0, 1, true});
    data.evaluate(&GetParam(), true);
    const std::vector<T> dw = data.result();
    const T db = *data.db();
    data.evaluate(&GetParam(), false);
    EXPECT_TRUE(same_bits(data.result(), dw));
    EXPECT_EQ(*data.db(), db);
  });
}

// A row alone gives its coefficient: put among others of weight 0, in every position up to the
// second vector, into the streams and the remainder, it must give the same bits.
TEST_P(Bits, RowKeepsItsBitsWhereverItStands) {
  if (GetParam().body == "autovec") GTEST_SKIP() << "the order of its sums is the compiler's";
  with_type(GetParam(), [&]<class T>(T) {
    const std::size_t lanes = GetParam().lanes;
    for (const std::size_t cols :
         {std::size_t{1}, lanes, 3 * lanes + 1, std::size_t{400}, std::size_t{1100}}) {
      ProblemData<T> alone({1, cols});
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

TEST_P(Bits, AlignmentAndStrideChangeNothing) {
  if (GetParam().body == "autovec") GTEST_SKIP() << "the order of its sums is the compiler's";
  with_type(GetParam(), [&]<class T>(T) {
    for (const std::size_t cols : {1u, 2u, 3u, 4u, 5u, 8u, 13u, 16u, 29u, 45u, 130u, 300u}) {
      for (const std::size_t rows : {7u, 48u, 533u}) {
        ProblemData<T> plain({rows, cols});
        plain.evaluate(&GetParam(), true);
        for (const std::size_t padding : {0u, 1u, 5u}) {
          for (const std::size_t offset : {1u, 3u}) {
            ProblemData<T> moved({rows, cols, padding, offset});
            moved.evaluate(&GetParam(), true);
            EXPECT_TRUE(same_bits(moved.result(), plain.result()))
                << rows << 'x' << cols << " padding " << padding << " offset " << offset;
            EXPECT_EQ(moved.loss, plain.loss);
          }
        }
      }
    }
  });
}

// Address space for X with rows far apart, of which only the pages that are written take memory.
class FarMemory {
 public:
  // The last of a vector of rows is then beyond what 32 bits can count in floats.
  static constexpr std::size_t kBytes = (std::size_t{4} << 32) + (4 << 20);

  FarMemory()
      : at_(mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  ~FarMemory() {
    if (ok()) munmap(at_, kBytes);
  }
  FarMemory(const FarMemory&) = delete;
  FarMemory& operator=(const FarMemory&) = delete;

  bool ok() const { return at_ != MAP_FAILED; }
  template <class T>
  T* begin() const {
    return static_cast<T*>(at_);
  }

 private:
  void* at_;
};

TEST_P(Bits, RowsFarApartChangeNothing) {
  if (GetParam().body == "autovec") GTEST_SKIP() << "the order of its sums is the compiler's";
  const FarMemory memory;
  if (!memory.ok()) GTEST_SKIP() << "no " << FarMemory::kBytes << " bytes of address space";
  with_type(GetParam(), [&]<class T>(T) {
    const std::size_t rows = std::max<std::size_t>(2, GetParam().lanes), cols = 3;
    ProblemData<T> data({rows, cols});
    data.evaluate(&GetParam(), true);
    const std::vector<T> dw = data.result();
    const std::size_t stride = (FarMemory::kBytes / sizeof(T) - cols) / (rows - 1);
    T* const x = memory.begin<T>();
    for (std::size_t n = 0; n < rows; ++n) std::copy_n(data.x(n), cols, x + n * stride);
    data.problem.x = x;
    data.problem.stride = stride;
    data.evaluate(&GetParam(), true);
    EXPECT_TRUE(same_bits(data.result(), dw));
  });
}

// What is far apart is not more: a stride must not change bits by making a body believe that X
// comes from memory.
TEST_P(Bits, GapsDoNotDecideWhatComesFromMemory) {
  if (GetParam().body == "autovec") GTEST_SKIP() << "the order of its sums is the compiler's";
  with_type(GetParam(), [&]<class T>(T) {
    constexpr std::size_t kRows = 700, kCols = 28;
    const std::size_t stride = kFromMemoryBytes / sizeof(T) / kRows + 1;
    ProblemData<T> data({kRows, kCols});
    data.evaluate(&GetParam(), true);
    const std::vector<T> dw = data.result();
    std::vector<T> x(kRows * stride);
    for (std::size_t n = 0; n < kRows; ++n) std::copy_n(data.x(n), kCols, &x[n * stride]);
    data.problem.x = x.data();
    data.problem.stride = stride;
    data.evaluate(&GetParam(), true);
    EXPECT_TRUE(same_bits(data.result(), dw));
  });
}

// A body may take its rows in another order if X comes from memory. Margins of at least 1000 and
// whole numbers make sums that are exact in any order, and no row may change its label or weight.
TEST_P(Bits, RowsFromMemoryAreTheSame) {
  with_type(GetParam(), [&]<class T>(T) {
    const BodyEntry<T>& body = body_of<T>(GetParam());
    for (const std::size_t cols : {1u, 2u, 3u, 5u, 8u, 9u, 16u, 28u, 50u, 64u, 300u, 784u, 1024u}) {
      for (const std::size_t rows : {1u, 9u, 45u, 300u, 2048u}) {
        if (rows * cols > 100'000) continue;
        std::mt19937 random(static_cast<unsigned>(rows * cols));
        const auto below = [&](unsigned n) { return static_cast<T>(random() % n); };
        const std::size_t stride = cols + rows % 2;
        std::vector<T> x(rows * stride), y(rows), weights(rows), w(cols);
        w[cols / 2] = 1000;
        for (T& value : x) value = 1 + below(8);
        for (std::size_t n = 0; n < rows; ++n) {
          y[n] = 2 * below(2) - 1;
          weights[n] = below(4);
          x[n * stride + cols / 2] *= 2 * below(2) - 1;
        }
        Workspace scratch;
        T* memory = reinterpret_cast<T*>(scratch.reserve((body.scratch(cols) + 1) * sizeof(T)));
        std::vector<double> sums[2];
        for (const bool from_memory : {false, true}) {
          sums[from_memory].assign(cols + 2, 0);
          body.gradient(
              {x.data(), rows, cols, stride, y.data(), weights.data(), w.data(), T(0), from_memory},
              memory, sums[from_memory].data());
        }
        EXPECT_EQ(sums[false], sums[true]) << rows << " x " << cols;
        double db = 0;
        for (std::size_t n = 0; n < rows; ++n)
          if (y[n] * x[n * stride + cols / 2] < 0) db -= weights[n] * y[n];
        EXPECT_EQ(sums[true][cols], db) << rows << " x " << cols;
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
