// The same bits from any number of threads where the driver and the bodies do otherwise than for
// small problems: X comes from memory, chunks go to whichever thread is free, and the partials of
// all chunks are more than are held at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "kernels/body.hpp"
#include "kernels/chunks.hpp"
#include "tests/problem_data.hpp"
#include "tests/repeated_memory.hpp"
#include "tests/sanitized.hpp"
#include "tests/visible_order.hpp"

namespace logigrad {
namespace {

// As in kernels/evaluate.cpp, which has them to itself.
constexpr std::size_t kSameThreadBytes = std::size_t{32} << 20;
constexpr std::size_t kWaveBytes = std::size_t{32} << 20;

// Elements of about standard normal size, cheaply: there are millions of them.
template <class T>
void fill(T* to, std::size_t count) {
  std::minstd_rand random(1);
  for (std::size_t i = 0; i < count; ++i)
    to[i] = static_cast<T>(static_cast<double>(random()) * 0x1p-29 - 2);
}

// All of an answer, for comparing bits.
template <class T>
struct Bits {
  std::vector<T> dw;
  T db;
  double loss;

  Bits(const Problem<T>& p, const T* w, const Variant& variant, int threads) : dw(p.cols) {
    loss = loss_gradient(p, w, T(0.1), dw.data(), &db, {&variant, threads, nullptr});
  }
  bool operator==(const Bits& other) const {
    return same_bits(dw, other.dw) && db == other.db && loss == other.loss;
  }
};

// Labels, weights and parameters of a problem whose X is somebody else's.
template <class T>
struct Around {
  std::vector<T> y, weights, w;

  Around(std::size_t rows, std::size_t cols) : y(rows), weights(rows), w(cols) {
    std::minstd_rand random(2);
    for (T& label : y) label = random() / 1024 % 2 ? T(1) : T(-1);
    for (T& weight : weights) weight = static_cast<T>(random() / 1024 % 8) / 4;
    fill(w.data(), cols);
    for (T& value : w) value /= std::sqrt(static_cast<T>(cols));
  }

  void make_order_visible_in(T* x, std::size_t stride, std::size_t first, std::size_t second) {
    make_order_visible(w.size(), w.data(), x + first * stride, &y[first], x + second * stride,
                       &y[second]);
    weights[first] = weights[second] = 1;
  }

  Problem<T> problem(const T* x, std::size_t stride) const {
    return {.x = x,
            .rows = y.size(),
            .cols = w.size(),
            .stride = stride,
            .y = y.data(),
            .weights = weights.data()};
  }
};

template <class T>
void expect_same_for_every_thread_count(const Problem<T>& p, const T* w, const Variant& variant) {
  const Bits<T> want(p, w, variant, 1);
  for (const int threads : {2, 3, 16}) {
    if (is_slow_cpu(10) && threads != 3) continue;
    ASSERT_EQ(planned_threads(p.rows, p.cols, kDtypeOf<T>, threads), threads);
    // Which thread takes which chunk may be another one the next time.
    for (int repetition = 0; repetition < 2; ++repetition) {
      EXPECT_TRUE(Bits<T>(p, w, variant, threads) == want)
          << variant.name() << " of " << p.rows << "x" << p.cols << ": other bits by " << threads
          << " threads than by one";
    }
  }
}

struct Case {
  std::size_t rows, cols, stride;
  bool from_memory, dynamic;
};

// By `column`, `narrow`, and `panel` with and without whole pages.
const Case kCases[] = {{300'011, 28, 28, true, true}, {80'021, 28, 28, true, false},
                       {7501, 301, 301, true, false}, {2101, 1024, 1024, true, false},
                       {40'007, 3, 211, false, true}, {3900, 257, 2200, false, true}};

// One X for all cases of a type, whose first elements they take.
template <class T>
T* x_of_all_cases() {
  static std::vector<T> x = [] {
    std::size_t most = 0;
    for (const Case& c : kCases) most = std::max(most, c.rows * c.stride);
    std::vector<T> result(most);
    fill(result.data(), most);
    return result;
  }();
  return x.data();
}

class BitsOfThreads : public testing::TestWithParam<Variant> {};

TEST_P(BitsOfThreads, FromMemoryAndByWhicheverIsFree) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const Case& c : kCases) {
      if (is_slow_cpu(10) && c.rows * c.cols > 3'000'000) continue;
      // That it is such a case, of either type.
      ASSERT_EQ(c.rows * c.cols * sizeof(T) > kFromMemoryBytes, c.from_memory) << c.rows;
      ASSERT_EQ(c.rows * c.stride * sizeof(T) > kSameThreadBytes, c.dynamic) << c.rows;
      T* const x = x_of_all_cases<T>();
      Around<T> around(c.rows, c.cols);
      const std::size_t early = c.rows / 3, late = 2 * early;
      const std::vector<T> before(x + early * c.stride, x + (late + 1) * c.stride);
      around.make_order_visible_in(x, c.stride, early, late);
      expect_same_for_every_thread_count<T>(around.problem(x, c.stride), around.w.data(),
                                            GetParam());
      // In other cases the pair would stand elsewhere, and not cancel.
      std::copy(before.begin(), before.end(), x + early * c.stride);
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Variant, BitsOfThreads, testing::ValuesIn(runnable_variants()), test_name);

// The driver's affair, whatever the body is. X is 2 GB (float) or 4 of addresses, in the memory of
// 8 MiB. Its blocks of a MiB come in no order and a row is no number of them, so that no two chunks
// are alike.
template <class T>
void check_waves() {
  constexpr std::size_t kBlockBytes = std::size_t{1} << 20, kBlocks = 8, kCols = 65'541;
  constexpr std::size_t kChunks = 68;  // 63 of them in the first wave
  const std::size_t chunk = chunk_rows(10'000, kCols, kDtypeOf<T>);
  const std::size_t rows = (kChunks - 1) * chunk + 5;
  ASSERT_GT(kChunks * kCols * sizeof(double), kWaveBytes) << "one wave holds all";
  std::minstd_rand random(3);
  std::vector<std::size_t> order(rows * kCols * sizeof(T) / kBlockBytes + 1);
  for (std::size_t& block : order) block = random() / 1024 % kBlocks;
  RepeatedMemory memory(kBlockBytes, kBlocks, order);
  fill(static_cast<T*>(memory.distinct()), kBlocks * kBlockBytes / sizeof(T));
  T* const x = static_cast<T*>(const_cast<void*>(memory.repeated()));
  const std::size_t early = 3 * chunk + 1, late = (kChunks - 4) * chunk;
  for (const std::size_t n : {early, late}) {
    for (const std::size_t at : {n * kCols, (n + 1) * kCols - 1})
      memory.own(at * sizeof(T) / kBlockBytes);
  }
  Around<T> around(rows, kCols);
  around.make_order_visible_in(x, kCols, early, late);
  expect_same_for_every_thread_count<T>(around.problem(x, kCols), around.w.data(),
                                        auto_variant(kDtypeOf<T>, rows, kCols));
}

TEST(BitsOfThreads, MoreChunksThanAWaveHolds) {
#if !defined(__OPTIMIZE__)
  GTEST_SKIP() << "half a billion elements take minutes in a build that does not optimise";
#endif
  if (kThreadSanitized) GTEST_SKIP() << "for want of memory: ThreadSanitizer records every element";
  check_waves<float>();
  check_waves<double>();
}

}  // namespace
}  // namespace logigrad
