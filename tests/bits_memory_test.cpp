// The same bits wherever X is: rows far apart, and rows that come from memory.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <random>

#include "kernels/registry.hpp"
#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

class BitsInMemory : public testing::TestWithParam<Variant> {};

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

TEST_P(BitsInMemory, RowsFarApartChangeNothing) {
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
TEST_P(BitsInMemory, GapsDoNotDecideWhatComesFromMemory) {
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
TEST_P(BitsInMemory, RowsFromMemoryAreTheSame) {
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

INSTANTIATE_TEST_SUITE_P(Variant, BitsInMemory, testing::ValuesIn(runnable_variants()), test_name);

}  // namespace
}  // namespace logigrad
