// At most 256 terms in one accumulator of T before they are added to the double partial: held for
// every way in which a body keeps its accumulators, which is a question of D.
//
// Equal terms make additions all round the same way: an accumulator that is not flushed after 256
// terms shows, where random data hide it. Of 64 numbers the worst leaves a quarter of the bound
// after 256 roundings; 512 in one accumulator leave half, 1024 nine tenths. Bodies are called
// without the driver, which gives wide rows in chunks so short that no flush is ever due.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <vector>

#include "kernels/registry.hpp"
#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

constexpr std::size_t kNumbers = 64;
constexpr double kMost = 0.3;  // of the bound

class Flush : public testing::TestWithParam<Variant> {};

// Rows that are all alike, and w = 0: a row's slope is s / 2, its loss s log(2).
template <class T>
class EqualRows {
 public:
  EqualRows(const BodyEntry<T>& body, std::size_t cols)
      : body_(body),
        x_(kMaxChunkRows * cols),
        ones_(kMaxChunkRows, T(-1)),
        s_(kMaxChunkRows),
        w_(cols) {}

  void set(const std::vector<T>& row, T weight) {
    for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = row[i % row.size()];
    std::fill(s_.begin(), s_.end(), weight);
  }

  // The largest error of an output, as a fraction of what 264 + 8 roundings can be off.
  double error(bool want_loss, bool from_memory) {
    const std::size_t cols = w_.size();
    std::vector<double> sums(cols + 2);
    T* const scratch =
        reinterpret_cast<T*>(workspace_.reserve((body_.scratch(cols) + 1) * sizeof(T)));
    (want_loss ? body_.loss_gradient : body_.gradient)(
        {x_.data(), kMaxChunkRows, cols, cols, ones_.data(), s_.data(), w_.data(), T(0),
         from_memory},
        scratch, sums.data());
    double worst = 0;
    const auto compare = [&](double got, double want) {
      const double off = std::abs(got / want - 1) / (272 * 0.5 * std::numeric_limits<T>::epsilon());
      worst = std::isnan(off) ? INFINITY : std::max(worst, off);
    };
    const double slope = static_cast<double>(s_[0]) / 2;
    for (std::size_t j = 0; j < cols; ++j)
      compare(sums[j], kMaxChunkRows * slope * static_cast<double>(x_[j]));
    compare(sums[cols], kMaxChunkRows * slope);
    if (want_loss) compare(sums[cols + 1], kMaxChunkRows * 2 * slope * std::log(2.0));
    return worst;
  }

 private:
  const BodyEntry<T>& body_;
  std::vector<T> x_, ones_, s_, w_;
  Workspace workspace_;
};

TEST_P(Flush, After256Terms) {
  with_type(GetParam(), [&]<class T>(T) {
    const std::size_t lanes = GetParam().lanes;
    std::mt19937 random(1);
    std::uniform_real_distribution<double> uniform(1, 2);
    // Of rows of 1 KiB a block has 24, which do not divide 256.
    for (const std::size_t cols :
         std::set<std::size_t>{1, 2, 3, 5, lanes, lanes + 1, 2 * lanes, 4 * lanes, 8 * lanes,
                               9 * lanes, 1024 / sizeof(T), 300}) {
      EqualRows<T> rows(body_of<T>(GetParam()), cols);
      std::vector<T> row(cols);
      // Each column has a term of its own; db and the loss have but one a time.
      double worst[2][2] = {};
      const std::size_t numbers = is_slow_cpu(10) ? 24 : kNumbers;
      for (std::size_t i = 0; i < numbers; i += std::min(cols, std::size_t{24})) {
        for (T& value : row) value = static_cast<T>(uniform(random));
        rows.set(row, static_cast<T>(uniform(random)));
        for (const bool want_loss : {false, true}) {
          for (const bool from_memory : {false, true}) {
            double& most = worst[want_loss][from_memory];
            most = std::max(most, rows.error(want_loss, from_memory));
          }
        }
      }
      for (const bool want_loss : {false, true}) {
        for (const bool from_memory : {false, true}) {
          const double most = worst[want_loss][from_memory];
          EXPECT_LE(most, kMost) << "D = " << cols << (want_loss ? ", with the loss" : "")
                                 << (from_memory ? ", from memory" : "");
        }
      }
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Variant, Flush, testing::ValuesIn(runnable_variants()), test_name);

}  // namespace
}  // namespace logigrad
