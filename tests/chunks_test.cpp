// How many rows a chunk has, and how many threads share the chunks.
#include "kernels/chunks.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>

#include "logigrad/evaluate.hpp"

namespace logigrad {
namespace {

TEST(Threads, SmallProblemsStaySerial) {
  EXPECT_EQ(planned_threads(100, 2, Dtype::kF32, 0), 1);
  EXPECT_EQ(planned_threads(100, 2, Dtype::kF32, 5), 1) << "one chunk";
  EXPECT_EQ(planned_threads(2100, 1, Dtype::kF32, 0), 1) << "two chunks, but little work";
  EXPECT_EQ(planned_threads(2100, 1, Dtype::kF32, 2), 2) << "asked for";
  EXPECT_EQ(planned_threads(1'000'000, 100, Dtype::kF32, 0), omp_get_max_threads());
  EXPECT_EQ(planned_threads(1'000'000, 100, Dtype::kF32, 5), 5);
}

TEST(Threads, ByDefaultWhereTheyPay) {
  constexpr std::size_t kSaved = 2048 * 24;  // 2.9 us
  EXPECT_TRUE(threads_pay(kSaved, Dtype::kF32, 1.5e-6));
  EXPECT_FALSE(threads_pay(kSaved, Dtype::kF32, 2.5e-6));
  EXPECT_TRUE(threads_pay(kSaved, Dtype::kF64, 3e-6));
  EXPECT_FALSE(threads_pay(kSaved, Dtype::kF64, 5e-6));
  const int threads = planned_threads(4096, 16, Dtype::kF32, 0);
  EXPECT_TRUE(threads == 1 || threads == std::min(2, omp_get_max_threads())) << threads;
  EXPECT_EQ(planned_threads(4096, 16, Dtype::kF32, 0), threads) << "measured once";
}

TEST(Threads, OfWhichTheBusiestHasTheRest) {
  EXPECT_EQ(busiest_rows(2100, 28, Dtype::kF32, 2), 2048u) << "chunks of 2048 rows and of 52";
  EXPECT_EQ(busiest_rows(4096, 28, Dtype::kF32, 2), 2048u);
  EXPECT_EQ(busiest_rows(100, 28, Dtype::kF32, 2), 100u);
  EXPECT_EQ(busiest_rows(100 * 2048, 28, Dtype::kF32, 3), 34 * 2048u);
  EXPECT_EQ(planned_threads(2100, 300'000, Dtype::kF32, 0), std::min(17, omp_get_max_threads()));
}

TEST(Chunks, HaveAtMostEightFlushes) {
  for (const std::size_t cols : {0u, 1u, 28u, 1000u, 100000u}) {
    for (const Dtype dtype : {Dtype::kF32, Dtype::kF64}) {
      for (const std::size_t rows : {0u, 1u, 300u, 5000u, 100000u}) {
        EXPECT_LE(chunk_rows(rows, cols, dtype), 2048u);
        EXPECT_GE(chunk_rows(rows, cols, dtype), 128u);
      }
    }
  }
}

TEST(Chunks, FewAreAsManyForEveryThread) {
  const auto chunks = [](std::size_t rows, std::size_t cols) {
    const std::size_t each = chunk_rows(rows, cols, Dtype::kF32);
    return (rows + each - 1) / each;
  };
  EXPECT_EQ(chunks(2048, 28), 1u);
  EXPECT_EQ(chunks(4096, 28), 2u);
  EXPECT_EQ(chunks(5000, 28), 4u);
  EXPECT_EQ(chunks(9362, 28), 8u);
  EXPECT_EQ(chunks(1500, 256), 4u);
  EXPECT_EQ(chunks(100 * 2048, 28), 100u) << "the last one no longer matters";
}

}  // namespace
}  // namespace logigrad
