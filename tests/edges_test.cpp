// NaN, infinities, denormals and -0.0 in the inputs: what comes out, the same from every variant
// and from the reference. README, "What is promised", has the table.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

constexpr std::size_t kRow = 17, kColumn = 2;  // where a case puts its number

template <class T>
struct Case {
  std::string name;
  std::function<void(ProblemData<T>&, T)> put;
};

// Where a number can stand. The weight of the row is 1, its label +1, w[kColumn] 1 if not the
// number.
template <class T>
std::vector<Case<T>> places() {
  return {
      {"x", [](ProblemData<T>& d, T value) { d.x(kRow)[kColumn] = value; }},
      {"x of a row of weight 0",
       [](ProblemData<T>& d, T value) {
         d.x(kRow)[kColumn] = value;
         d.weights()[kRow] = 0;
       }},
      {"x where w is 0",
       [](ProblemData<T>& d, T value) {
         d.x(kRow)[kColumn] = value;
         d.w()[kColumn] = 0;
       }},
      {"w", [](ProblemData<T>& d, T value) { d.w()[kColumn] = value; }},
      {"w where an x is 0",
       [](ProblemData<T>& d, T value) {
         d.x(kRow)[kColumn] = 0;
         d.w()[kColumn] = value;
       }},
      {"b", [](ProblemData<T>& d, T value) { d.b = value; }},
  };
}

template <class T>
std::vector<T> numbers() {
  using Limits = std::numeric_limits<T>;
  return {Limits::quiet_NaN(),
          Limits::infinity(),
          -Limits::infinity(),
          T(-0.0),
          Limits::denorm_min(),
          -Limits::denorm_min() * 3,
          Limits::min() / 2,
          T(1e30),
          T(-1e30)};
}

std::string kind_of(double value) {
  return std::isnan(value)    ? "NaN"
         : value == INFINITY  ? "inf"
         : value == -INFINITY ? "-inf"
                              : "finite";
}

template <class T>
void expect_the_reference(ProblemData<T>& data, Judge<T>& judge, const Variant& variant) {
  const Reference& want = judge.expected();
  data.evaluate(&variant, true);
  for (std::size_t j = 0; j < data.problem.cols; ++j)
    ASSERT_EQ(kind_of(data.dw()[j]), kind_of(static_cast<T>(want.dw[j]))) << "dw[" << j << "]";
  ASSERT_EQ(kind_of(*data.db()), kind_of(static_cast<T>(want.db))) << "db";
  ASSERT_EQ(kind_of(data.loss), kind_of(want.loss)) << "loss";
  // Where all is finite the values are compared, too.
  bool finite = std::isfinite(want.loss) && std::isfinite(want.db);
  for (const double value : want.dw) finite = finite && std::isfinite(static_cast<T>(value));
  if (!finite) return;
  const Verdict verdict = judge.check(data.answer(true), variant.margin_depth(data.problem.cols));
  EXPECT_TRUE(verdict.ok()) << verdict.where << " is off by " << verdict.error_of_bound
                            << " of its bound";
}

template <class T>
void expect_the_reference(ProblemData<T>& data, const Variant& variant) {
  Judge<T> judge(data.problem, data.w(), data.b);
  expect_the_reference(data, judge, variant);
}

// A number in its place, with its judge.
template <class T>
struct JudgedCase {
  JudgedCase(std::size_t cols, const Case<T>& place, T value)
      : data({45, cols, 0, 0, true}), judge(put(place, value)) {}
  Judge<T> put(const Case<T>& place, T value) {
    data.y()[kRow] = 1;
    data.weights()[kRow] = 1;
    data.w()[kColumn] = 1;
    place.put(data, value);
    return {data.problem, data.w(), data.b};
  }
  ProblemData<T> data;
  Judge<T> judge;
};

class Edges : public testing::TestWithParam<Variant> {};

TEST_P(Edges, EveryNumberInEveryPlace) {
  with_type(GetParam(), [&]<class T>(T) {
    // One of each for all variants: its judge takes ten times as long as a variant.
    static std::map<std::tuple<std::size_t, std::string, std::size_t>, JudgedCase<T>> cases;
    const std::vector<T> values = numbers<T>();
    for (const std::size_t cols : {4u, 6u, 28u, 300u}) {
      if (is_slow_cpu(100) && cols > 28) continue;
      for (const Case<T>& place : places<T>()) {
        for (std::size_t i = 0; i < values.size(); ++i) {
          SCOPED_TRACE(place.name + " = " + std::to_string(values[i]) +
                       ", D = " + std::to_string(cols));
          const auto key = std::make_tuple(cols, place.name, i);
          auto& [data, judge] = cases.try_emplace(key, cols, place, values[i]).first->second;
          expect_the_reference(data, judge, GetParam());
          ASSERT_FALSE(HasFailure());
        }
      }
    }
  });
}

// A row, column or chunk that is left out of any sum would leave a number there.
TEST_P(Edges, ANanAnywhereIsEverywhere) {
  with_type(GetParam(), [&]<class T>(T) {
    const auto is_nan = [](T value) { return std::isnan(value); };
    for (const std::size_t cols : std::set<std::size_t>{1, 2, GetParam().lanes + 1, 300}) {
      const std::size_t rows = cols <= 2 && !is_slow_cpu(100) ? 5001 : 45;  // three chunks, or one
      ProblemData<T> data({rows, cols, 1, 1});
      for (const std::size_t row : {std::size_t{0}, rows / 2, rows - 1}) {
        for (const std::size_t column : std::set<std::size_t>{0, cols - 1}) {
          const T number = std::exchange(data.x(row)[column], std::nan(""));
          for (const int threads : {1, 3}) {
            SCOPED_TRACE(testing::Message() << rows << "x" << cols << ", row " << row << ", column "
                                            << column << ", " << threads << " threads");
            data.evaluate(&GetParam(), true, threads);
            const std::vector<T> dw = data.result();
            ASSERT_TRUE(std::all_of(dw.begin(), dw.end(), is_nan));
            ASSERT_TRUE(is_nan(*data.db()));
            ASSERT_TRUE(std::isnan(data.loss));
          }
          data.x(row)[column] = number;
        }
      }
    }
  });
}

TEST_P(Edges, AllWeightsZero) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const Reduction reduction : {Reduction::kSum, Reduction::kMean}) {
      ProblemData<T> data({45, 6, 0, 0, true});
      for (std::size_t n = 0; n < 45; ++n) data.weights()[n] = n % 3 == 0 ? T(-0.0) : T(0);
      data.problem.reduction = reduction;
      expect_the_reference(data, GetParam());
      if (reduction == Reduction::kSum) {
        EXPECT_EQ(data.loss, 0);
        EXPECT_EQ(*data.db(), 0);
        for (const T value : data.result()) EXPECT_EQ(value, 0);
      } else {
        EXPECT_TRUE(std::isnan(data.loss)) << "0 / 0";
      }
    }
  });
}

// What is rounded away when a weight times a slope is below the smallest number, x makes large.
TEST_P(Edges, UnderflowBeforeALargeFactor) {
  with_type(GetParam(), [&]<class T>(T) {
    constexpr bool kFloat = sizeof(T) == 4;
    for (const T x : {kFloat ? T(1e30) : T(1e300), T(1)}) {
      ProblemData<T> data({45, 6, 0, 0, true});
      for (std::size_t n = 0; n < 45; ++n) {
        std::fill_n(data.x(n), 6, x);
        data.y()[n] = 1;
        data.weights()[n] = kFloat ? T(1e-30) : T(1e-200);
      }
      std::fill_n(data.w(), 6, T(0));
      data.b = kFloat ? T(40) : T(300);
      expect_the_reference(data, GetParam());
    }
  });
}

// The sum of the weights is so small that dividing by it makes underflow visible.
TEST_P(Edges, MeanOfDenormalWeights) {
  with_type(GetParam(), [&]<class T>(T) {
    ProblemData<T> data({45, 6, 0, 0, true});
    for (std::size_t n = 0; n < 45; ++n) {
      for (std::size_t j = 0; j < 6; ++j) data.x(n)[j] *= T(1e-3);
      data.weights()[n] = std::numeric_limits<T>::min() / 2;
    }
    data.problem.reduction = Reduction::kMean;
    expect_the_reference(data, GetParam());
  });
}

TEST_P(Edges, OnlyAPenalty) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const T equal : {T(0.1), std::numeric_limits<T>::denorm_min()}) {
      for (unsigned seed = 0; seed < 20; ++seed) {
        ProblemData<T> data({0, 1005}, Fill::kNormal, seed);
        if (seed == 0) std::fill_n(data.w(), 1005, equal);
        data.problem.l2 = 0.7;
        expect_the_reference(data, GetParam());
      }
    }
  });
}

// X may be null where a row has nothing, whatever the stride: UBSan sees what is computed from
// null.
TEST_P(Edges, NoXWhereThereIsNoColumn) {
  with_type(GetParam(), [&]<class T>(T) {
    ProblemData<T> data({5000, 0, 3});
    data.problem.x = nullptr;
    expect_the_reference(data, GetParam());
  });
}

INSTANTIATE_TEST_SUITE_P(Variant, Edges, testing::ValuesIn(runnable_variants()), test_name);

}  // namespace
}  // namespace logigrad
