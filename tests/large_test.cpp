// Large N: the bound and the exact test to 1e8 rows, on data that do what random data do not, and
// sizes that no 32-bit index holds. As a test it takes a hundredth of the rows, and auto alone for
// the sizes; LOGIGRAD_LONG=1 (tools/test.sh --long) takes all rows, and every variant.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/problem_data.hpp"
#include "tests/repeated_rows.hpp"

namespace logigrad {
namespace {

bool is_long() { return std::getenv("LOGIGRAD_LONG") != nullptr; }

template <class T>
std::vector<Variant> variants_of() {
  std::vector<Variant> result;
  for (const Variant& variant : runnable_variants()) {
    if (variant.dtype == kDtypeOf<T>) result.push_back(variant);
  }
  return result;
}

// Rows, the parameters, and one answer.
template <class T>
struct Large {
  RepeatedRows<T> rows;
  std::vector<T> w, dw;
  T b = 0, db = 0;
  double loss = 0;

  Large(std::size_t n, std::size_t cols, std::size_t block_rows, std::size_t blocks,
        const std::vector<std::size_t>& order)
      : rows(n, cols, block_rows, blocks, order), w(cols), dw(cols) {}

  Answer<T> evaluate(const Variant& variant, bool want_loss) {
    Options options;
    options.variant = &variant;
    const Problem<T> problem = rows.problem();
    if (want_loss)
      loss = loss_gradient(problem, w.data(), b, dw.data(), &db, options);
    else
      gradient(problem, w.data(), b, dw.data(), &db, options);
    return {dw.data(), &db, want_loss ? &loss : nullptr};
  }
};

// What random data hide: the last block occurs once, in the middle, all others go round and round.
constexpr std::size_t kBlockRows = 4096, kBlocks = 8;

std::vector<std::size_t> round_and_round(std::size_t n) {
  std::vector<std::size_t> order((n + kBlockRows - 1) / kBlockRows);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i % (kBlocks - 1);
  order[order.size() / 2] = kBlocks - 1;
  return order;
}

enum class Kind { kRandom, kConstant, kCancelling, kSeparable, kOneHugeRow };
constexpr std::pair<Kind, const char*> kKinds[] = {{Kind::kRandom, "random"},
                                                   {Kind::kConstant, "constant"},
                                                   {Kind::kCancelling, "cancelling"},
                                                   {Kind::kSeparable, "separable"},
                                                   {Kind::kOneHugeRow, "one huge row"}};

template <class T>
void fill(Large<T>& data, std::size_t cols, Kind kind) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  for (T& value : data.w) value = static_cast<T>(kind == Kind::kSeparable ? 20 : normal(random));
  data.b = T(0.1);
  const std::size_t count = data.rows.distinct_rows();
  for (std::size_t n = 0; n < count; ++n) {
    T* x = data.rows.x(n);
    T& y = data.rows.y()[n];
    y = normal(random) < 0 ? T(-1) : T(1);
    double margin = 0;
    for (std::size_t j = 0; j < cols; ++j) {
      x[j] = static_cast<T>(kind == Kind::kConstant ? 0.1 : normal(random));
      margin += static_cast<double>(x[j]) * static_cast<double>(data.w[j]);
    }
    if (kind == Kind::kConstant) y = T(1);
    if (kind == Kind::kSeparable) y = margin < 0 ? T(-1) : T(1);
    // The row before with the other label: at small margins the two cancel but for a little.
    if (kind == Kind::kCancelling && n % 2 == 1) {
      std::copy_n(data.rows.x(n - 1), cols, x);
      y = -data.rows.y()[n - 1];
    }
  }
  if (kind == Kind::kCancelling) {
    for (T& value : data.w) value *= T(1e-4);
  }
  if (kind == Kind::kOneHugeRow) {  // on the wrong side, so that its coefficient is 1
    T* x = data.rows.x(count - 100);
    for (std::size_t j = 0; j < cols; ++j) x[j] *= T(1e6);
    data.rows.y()[count - 100] = x[0] * data.w[0] > 0 ? T(-1) : T(1);
  }
}

template <class T>
void expect_bounds(std::size_t n, std::size_t cols) {
  for (const auto& [kind, name] : kKinds) {
    Large<T> data(n, cols, kBlockRows, kBlocks, round_and_round(n));
    fill(data, cols, kind);
    Judge<T> judge(data.rows.weighted(), data.w.data(), data.b);
    double worst = 0;
    for (const Variant& variant : variants_of<T>()) {
      const Verdict verdict = judge.check(data.evaluate(variant, true), variant.margin_depth(cols));
      EXPECT_TRUE(verdict.ok()) << variant.name() << ", " << name << " data of " << n << "x" << cols
                                << ": " << verdict.where << " is off by " << verdict.error_of_bound
                                << " of its bound";
      worst = std::max(worst, verdict.error_of_bound);
    }
    std::printf("%zux%zu %s, %s data: %.2g of the bound\n", n, cols, sizeof(T) == 4 ? "f32" : "f64",
                name, worst);
    EXPECT_GT(worst, 0) << "an error of exactly 0 everywhere: nothing was compared";
  }
}

// Whole numbers within [-8, 8], and parameters of 0.
template <class T>
void fill_exactly(Large<T>& data, std::size_t cols) {
  std::mt19937 random(1);
  for (std::size_t n = 0; n < data.rows.distinct_rows(); ++n) {
    T* x = data.rows.x(n);
    for (std::size_t j = 0; j < cols; ++j)
      x[j] = static_cast<T>(static_cast<int>(random() % 17) - 8);
    data.rows.y()[n] = random() % 3 == 0 ? T(-1) : T(1);
  }
}

// The gradient to the bit, with and without the loss, and the loss within its bound.
template <class T>
void expect_exact(Large<T>& data, std::size_t cols, const std::vector<Variant>& variants) {
  fill_exactly(data, cols);
  const ExactTest<T> exact(data.rows.weighted());
  Judge<T> judge(data.rows.weighted(), data.w.data(), data.b);
  for (const Variant& variant : variants) {
    SCOPED_TRACE(variant.name() + " of " + std::to_string(data.rows.problem().rows) + "x" +
                 std::to_string(cols));
    EXPECT_EQ(exact.check(data.evaluate(variant, false)), "");
    const Answer<T> answer = data.evaluate(variant, true);
    EXPECT_EQ(exact.check({answer.dw, answer.db, nullptr}), "") << "with the loss";
    const Verdict verdict = judge.check(answer, variant.margin_depth(cols));
    EXPECT_TRUE(verdict.ok()) << verdict.where << " is off by " << verdict.error_of_bound
                              << " of its bound";
  }
}

template <class T>
void check_many_rows() {
  const std::size_t divisor = is_long() ? 1 : 100;
  for (const auto& [rows, cols] :
       {std::pair<std::size_t, std::size_t>{100'000'003, 1}, {100'000'003, 2}, {20'000'003, 28}}) {
    const std::size_t n = rows / divisor;
    expect_bounds<T>(n, cols);
    Large<T> data(n, cols, kBlockRows, kBlocks, round_and_round(n));
    expect_exact(data, cols, variants_of<T>());
  }
}

TEST(Large, ManyRowsInFloat) { check_many_rows<float>(); }
TEST(Large, ManyRowsInDouble) { check_many_rows<double>(); }

// A block whose length shares no power of two with 2^32 beyond 1024: an index that lost its upper
// half does not find the same row by chance.
template <class T>
void check_index(std::size_t n, std::size_t cols, std::size_t block_rows) {
  Large<T> data(n, cols, block_rows, 1,
                std::vector<std::size_t>((n + block_rows - 1) / block_rows));
  std::vector<Variant> variants = variants_of<T>();
  if (!is_long()) variants = {auto_variant(kDtypeOf<T>, n, cols)};
  expect_exact(data, cols, variants);
}

constexpr std::size_t kMoreRowsThanAnIndex = (std::size_t{1} << 31) + 1;

TEST(Large, MoreRowsThanA32BitIndexInFloat) {
  check_index<float>(kMoreRowsThanAnIndex, 1, 1021 * 1024);
}
TEST(Large, MoreRowsThanA32BitIndexInDouble) {
  check_index<double>(kMoreRowsThanAnIndex, 1, 1021 * 1024);
}
TEST(Large, MoreElementsThanA32BitIndexInFloat) { check_index<float>(70'000, 70'000, 1024); }
TEST(Large, MoreElementsThanA32BitIndexInDouble) { check_index<double>(70'000, 70'000, 1024); }

}  // namespace
}  // namespace logigrad
