// The merge of the chunks: what is rounded away is kept, infinities stay, and no chunk is left out
// where the partials of all are more than are held at once.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/merger.hpp"
#include "tests/problem_data.hpp"
#include "tests/repeated_memory.hpp"
#include "tests/sanitized.hpp"

namespace logigrad {
namespace {

// At w = 0 the slope of a row of label -1 is 1/2. In chunks of their own, the middle one vanishes
// beside the others unless it is kept.
TEST(Merge, KeepsWhatIsRoundedAway) {
  constexpr std::size_t kRows = 6000;
  const std::size_t chunk = chunk_rows(kRows, 1, Dtype::kF64);
  ASSERT_GT(kRows, 2 * chunk);
  std::vector<double> x(kRows, 0.0), y(kRows, -1.0);
  const double w = 0;
  const Problem<double> p{.x = x.data(), .rows = kRows, .cols = 1, .stride = 1, .y = y.data()};
  Workspace workspace;
  for (const double sign : {1.0, -1.0}) {
    x[0] = sign * 0x1p61;
    x[chunk] = 6;
    x[2 * chunk] = sign * -0x1p61;
    for (const int threads : {1, 3}) {
      double dw = 0, db = 0;
      gradient(p, &w, 0.0, &dw, &db, {nullptr, threads, &workspace});
      EXPECT_EQ(dw, 3) << threads << " threads";
    }
  }
  // Whichever of the two is the larger: the other order loses the low part of another term.
  x[0] = 6;
  x[chunk] = 0x1p61;
  x[2 * chunk] = -0x1p61;
  double dw = 0, db = 0;
  gradient(p, &w, 0.0, &dw, &db, {nullptr, 1, &workspace});
  EXPECT_EQ(dw, 3);
}

TEST(Merge, InfinityOfAChunkStaysInfinite) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double value : {kInfinity, -kInfinity}) {
    ProblemData<double> data({5000, 3});
    data.w()[1] = 1;
    data.x(3000)[1] = value;
    data.y()[3000] = value > 0 ? -1 : 1;  // the slope's limit is not 0
    for (const int threads : {1, 2}) {
      data.evaluate(nullptr, true, threads);
      EXPECT_EQ(data.loss, kInfinity);
      EXPECT_EQ(data.dw()[1], kInfinity);
      EXPECT_TRUE(std::isfinite(data.dw()[0]));
    }
  }
}

// Partials of 32 MiB are held at once, four of 2^20 columns: of six chunks the last two are another
// wave. X has 2.7 GB of addresses, and the memory of the rows that are not zeros.
TEST(Merge, EveryChunkOfEveryWaveCounts) {
  if (kThreadSanitized) GTEST_SKIP() << "for want of memory: ThreadSanitizer records every element";
  constexpr std::size_t kCols = std::size_t{1} << 20;
  const std::size_t chunk = chunk_rows(1000, kCols, Dtype::kF32), rows = 5 * chunk + 3;
  RepeatedMemory x(kCols * sizeof(float), 1, std::vector<std::size_t>(rows));
  const auto own_row = [&](std::size_t n) { return static_cast<float*>(x.own(n)); };
  for (std::size_t i = 0; i < 6; ++i) {
    float* const row = own_row(i * chunk);
    row[1] = row[kCols - 1] = static_cast<float>(1 << i);
  }
  own_row(rows - 1)[0] = 64;
  const std::vector<float> y(rows, 1.0f), w(kCols, 0.0f);
  const Problem<float> p{.x = static_cast<const float*>(x.repeated()),
                         .rows = rows,
                         .cols = kCols,
                         .stride = kCols,
                         .y = y.data()};
  ASSERT_EQ(planned_threads(rows, kCols, Dtype::kF32, 2), 2);
  std::vector<float> dw(kCols);
  float db = 0;
  gradient(p, w.data(), 0.0f, dw.data(), &db, {nullptr, 2, nullptr});
  EXPECT_EQ(dw[1], -0.5f * 63);
  EXPECT_EQ(dw[kCols - 1], -0.5f * 63);
  EXPECT_EQ(dw[0], -0.5f * 64);
  EXPECT_EQ(dw[2], 0);
  EXPECT_EQ(db, -0.5f * static_cast<float>(rows));
}

}  // namespace
}  // namespace logigrad
