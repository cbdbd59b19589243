// Infinities and +-1e30, to the bit. The error bound has nothing to say of infinite margins, and
// allows a slope to be anything where |w| |x| is 1e30; but a margin like that gives exactly the
// slope 0 or -s y, so that with whole numbers in X the sums are whole numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

class ExactEdges : public testing::TestWithParam<Variant> {};

// Around the lanes; where rows are short, also around a chunk.
std::set<std::size_t> rows_for(std::size_t lanes, std::size_t cols) {
  std::set<std::size_t> rows{1, lanes + 5};
  if (cols < 300) rows.insert({std::max<std::size_t>(lanes, 2) - 1, lanes, lanes + 1, 67});
  if (cols <= 2) rows.insert(2049);
  if (cols <= 2 && !is_slow_cpu(10)) rows.insert({2047, 2048});
  return rows;
}

std::set<std::size_t> cols_for(std::size_t lanes) {
  return {1, 2, lanes, lanes + 1, 8 * lanes, 28, 300, 1024};
}

// Whole numbers in X, w = 0, weights 1 and, if `weighted`, for every third row 0.
template <class T>
struct Whole : ProblemData<T> {
  Whole(std::size_t rows, std::size_t cols, bool weighted)
      : ProblemData<T>({rows, cols, 1, 1, weighted}, Fill::kInteger, 5) {
    for (std::size_t n = 0; n < rows; ++n)
      this->weights()[n] = weighted && n % 3 == 1 ? T(0) : T(1);
  }
  double weight(std::size_t n) {
    return this->problem.weights ? static_cast<double>(this->weights()[n]) : 1;
  }
};

// dw and, behind it, db: of the variant that was run, and of the reference.
template <class T>
std::vector<double> gradient_of(Whole<T>& data) {
  const std::vector<T> dw = data.result();
  std::vector<double> gradient(dw.begin(), dw.end());
  gradient.push_back(static_cast<double>(*data.db()));
  return gradient;
}
std::vector<double> gradient_of(const Reference& reference) {
  std::vector<double> gradient = reference.dw;
  gradient.push_back(reference.db);
  return gradient;
}

// The gradient whose row n has slope -s y c(n); `skipped` is a column that is looked at elsewhere.
template <class T, class Sigmoid>
void expect_sums(Whole<T>& data, const std::vector<double>& got, const Sigmoid& c,
                 std::size_t skipped, const std::string& what) {
  std::vector<double> want(data.problem.cols + 1);
  for (std::size_t n = 0; n < data.problem.rows; ++n) {
    const double slope = -data.weight(n) * static_cast<double>(data.y()[n]) * c(n);
    if (slope == 0) continue;
    for (std::size_t j = 0; j < data.problem.cols; ++j) {
      if (j != skipped) want[j] += slope * static_cast<double>(data.x(n)[j]);
    }
    want.back() += slope;
  }
  for (std::size_t j = 0; j <= data.problem.cols; ++j) {
    if (j == skipped) continue;
    ASSERT_EQ(got[j], want[j]) << what << ": " << (j < data.problem.cols ? "dw " : "db ") << j;
  }
}

// NaN equals NaN; a number may be off by the sum of up to N terms, N <= 2049, 256 of them in T.
template <class T>
void expect_loss(double got, double want, const std::string& what) {
  if (!std::isfinite(want) || want == 0) {
    ASSERT_TRUE(std::isnan(want) ? std::isnan(got) : got == want) << what << ": loss " << got;
  } else {
    constexpr double kMost = (264 + 8) * 0.51 * std::numeric_limits<T>::epsilon();
    ASSERT_NEAR(got, want, kMost * want) << what << ": loss";
  }
}

// The reference is held to the same, once for each type.
bool has_the_reference_along(const Variant& variant) { return variant.body == "naive"; }

// All margins are `margin(n)`, infinite or so large that a slope is 0 or -s y.
template <class T, class Margin>
void expect_saturated(Whole<T>& data, const Variant& variant, const Margin& margin,
                      const std::string& what) {
  long double loss = 0;  // in double it would be as far off as what it is for
  for (std::size_t n = 0; n < data.problem.rows; ++n)
    loss += data.weight(n) * std::max(0.0, -static_cast<double>(data.y()[n]) * margin(n));
  const auto is_wrong = [&](std::size_t n) { return data.y()[n] * margin(n) < 0 ? 1.0 : 0.0; };
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  for (const bool want_loss : {true, false}) {
    data.evaluate(&variant, want_loss, want_loss ? 1 : 2);
    expect_sums(data, gradient_of(data), is_wrong, kNone, what);
  }
  expect_loss<T>(data.loss, static_cast<double>(loss), what);
  if (!has_the_reference_along(variant)) return;
  const Reference truth = reference(data.problem, data.w(), data.b);
  expect_sums(data, gradient_of(truth), is_wrong, kNone, what + ", reference");
  expect_loss<double>(truth.loss, static_cast<double>(loss), what + ", reference");
}

template <class T>
std::string name_of_case(const Whole<T>& data, const char* place, T value) {
  return std::to_string(data.problem.rows) + "x" + std::to_string(data.problem.cols) +
         (data.problem.weights ? " weighted, " : ", ") + place + " = " + std::to_string(value);
}

// `f(data)` for all sizes, with and without weights.
template <class T, class F>
void for_each_problem(const Variant& variant, const F& f) {
  for (const std::size_t cols : cols_for(variant.lanes)) {
    for (const std::size_t rows : rows_for(variant.lanes, cols)) {
      for (const bool weighted : {false, true}) {
        Whole<T> data(rows, cols, weighted);
        f(data);
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

template <class T>
std::vector<T> huge_numbers() {
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  return {kInfinity, -kInfinity, T(1e30), T(-1e30)};
}

TEST_P(ExactEdges, HugeIntercept) {
  with_type(GetParam(), [&]<class T>(T) {
    for_each_problem<T>(GetParam(), [&](Whole<T>& data) {
      for (const T value : huge_numbers<T>()) {
        data.b = value;
        const auto margin = [&](std::size_t) { return static_cast<double>(value); };
        expect_saturated(data, GetParam(), margin, name_of_case(data, "b", value));
      }
      // All rows on the right side, then all on the wrong one.
      for (const T label : {T(-1), T(1)}) {
        data.b = -std::numeric_limits<T>::infinity();
        std::fill_n(data.y(), data.problem.rows, label);
        const auto margin = [&](std::size_t) { return -INFINITY; };
        expect_saturated(data, GetParam(), margin, name_of_case(data, "all y", label));
      }
    });
  });
}

// No x is 0 in the column of that parameter, since 0 times infinity is NaN.
TEST_P(ExactEdges, HugeParameter) {
  with_type(GetParam(), [&]<class T>(T) {
    for_each_problem<T>(GetParam(), [&](Whole<T>& data) {
      for (const std::size_t column : {std::size_t{0}, data.problem.cols - 1}) {
        for (std::size_t n = 0; n < data.problem.rows; ++n) {
          if (data.x(n)[column] == 0) data.x(n)[column] = 3;
        }
        for (const T value : huge_numbers<T>()) {
          data.w()[column] = value;
          expect_saturated(
              data, GetParam(),
              [&](std::size_t n) {
                return static_cast<double>(value) * static_cast<double>(data.x(n)[column]);
              },
              name_of_case(data, "w", value));
        }
        data.w()[column] = 0;
      }
    });
  });
}

// x(row, column) is huge, or infinite, w 1 there, and the other rows' slopes are halves or, if
// `others_saturated`, 0. What the row does in its own column follows from its own slope; all other
// columns are exact.
template <class T>
void expect_huge_element(Whole<T>& data, const Variant& variant, std::size_t row,
                         std::size_t column, bool others_saturated, const std::string& what) {
  const double value = static_cast<double>(data.x(row)[column]);
  const double s = data.weight(row), label = static_cast<double>(data.y()[row]);
  const double c = label * value < 0 ? 1 : 0, others = others_saturated ? 0 : 0.5;
  const double own = -s * label * c * value;  // 0 times infinity is NaN
  const long double log2 = std::log(2.0L);
  long double loss = s * std::max(0.0, -label * value);
  for (std::size_t n = 0; n < data.problem.rows; ++n) {
    if (n != row && !others_saturated) loss += data.weight(n) * log2;
  }
  const auto expect_gradient = [&](const std::vector<double>& got, const std::string& whose) {
    const auto sigmoid = [&](std::size_t n) { return n == row ? c : others; };
    expect_sums(data, got, sigmoid, column, whose);
    ASSERT_TRUE(std::isnan(own) ? std::isnan(got[column]) : got[column] == own)
        << whose << ": dw " << column << " is " << got[column];
  };
  for (const bool want_loss : {true, false}) {
    data.evaluate(&variant, want_loss);
    expect_gradient(gradient_of(data), what);
  }
  expect_loss<T>(data.loss, static_cast<double>(loss), what);
  if (!has_the_reference_along(variant)) return;
  const Reference truth = reference(data.problem, data.w(), data.b);
  expect_gradient(gradient_of(truth), what + ", reference");
  expect_loss<double>(truth.loss, static_cast<double>(loss), what + ", reference");
}

// Beside rows whose slopes are halves (b = 0), then 0 (b = 1e30, all labels 1).
TEST_P(ExactEdges, HugeElement) {
  with_type(GetParam(), [&]<class T>(T) {
    for_each_problem<T>(GetParam(), [&](Whole<T>& data) {
      const std::size_t rows = data.problem.rows, cols = data.problem.cols;
      const std::vector<T> y(data.y(), data.y() + rows);
      for (const std::size_t column : std::set<std::size_t>{0, cols - 1}) {
        for (std::size_t n = 0; n < rows; ++n) data.x(n)[column] = 0;
        data.w()[column] = 1;
        for (const std::size_t row : std::set<std::size_t>{0, rows / 2, rows - 1}) {
          for (const T value : huge_numbers<T>()) {
            const std::string what =
                name_of_case(data, "x", value) + " in row " + std::to_string(row);
            data.x(row)[column] = value;
            expect_huge_element(data, GetParam(), row, column, false, what);
            if (std::isinf(value)) {  // 1e30 - 1e30
              data.b = T(1e30);
              std::fill_n(data.y(), rows, T(1));
              expect_huge_element(data, GetParam(), row, column, true, what + ", others 0");
              data.b = 0;
              std::copy(y.begin(), y.end(), data.y());
            }
            data.x(row)[column] = 0;
          }
        }
        data.w()[column] = 0;
      }
    });
  });
}

INSTANTIATE_TEST_SUITE_P(Variant, ExactEdges, testing::ValuesIn(runnable_variants()), test_name);

}  // namespace
}  // namespace logigrad
