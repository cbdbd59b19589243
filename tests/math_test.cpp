// The kernels' sigmoid and softplus, through the ISA table, against double-double: 3 ulp where the
// true value is normal, the smallest normal below that, monotone to one ulp, both tails included.
// math_sweep does the same with every float, math_mpfr_test with MPFR's digits.
#include <gtest/gtest.h>

#include "kernels/double_double_math.hpp"
#include "tests/math_accuracy.hpp"
#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

// 1e5 arguments in order: dense where the functions bend, up to the denormal results and beyond.
template <class T>
std::vector<T> arguments() {
  const double edge = sizeof(T) == 4 ? 105 : 750;
  std::vector<T> z{-std::numeric_limits<T>::infinity(),
                   std::numeric_limits<T>::lowest(),
                   T(-1e30),
                   T(1e30),
                   std::numeric_limits<T>::max(),
                   std::numeric_limits<T>::infinity(),
                   T(0),
                   std::numeric_limits<T>::denorm_min(),
                   -std::numeric_limits<T>::min()};
  constexpr int kPoints = 50000;
  for (int i = 0; i < kPoints; ++i) {
    const double unit = (2.0 * i - kPoints) / kPoints;
    z.push_back(static_cast<T>(edge * unit));
    z.push_back(static_cast<T>(20 * unit * unit * unit));
  }
  std::sort(z.begin(), z.end());
  return z;
}

std::vector<Logistic> truth_at(const auto& z) {
  std::vector<Logistic> truth;
  for (const auto each : z) truth.push_back(logistic({static_cast<double>(each), 0}));
  return truth;
}

template <class T>
void expect_accurate(const char* what, const std::vector<T>& z, const std::vector<T>& got,
                     const std::vector<Logistic>& truth, DoubleDouble Logistic::*function) {
  double worst = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const DoubleDouble want = truth[i].*function;
    const double error = error_in_ulps(got[i], want);
    worst = std::max(worst, error);
    ASSERT_LE(error, kMostUlps) << what << "(" << z[i] << ") is " << got[i] << ", expected "
                                << want.hi;
  }
  EXPECT_GT(worst, 0.0) << "an error of exactly 0 everywhere: nothing was compared";
}

template <class T>
void check(const IsaTable& table, const std::vector<T>& z, const std::vector<Logistic>& truth) {
  SCOPED_TRACE(table.name);
  const Maps<T> maps = maps_of<T>(table);
  std::vector<T> sigmoid(z.size()), softplus(z.size());
  maps.sigmoid(z.data(), sigmoid.data(), z.size());
  maps.softplus(z.data(), softplus.data(), z.size());
  expect_accurate("sigmoid", z, sigmoid, truth, &Logistic::sigmoid);
  expect_accurate("softplus", z, softplus, truth, &Logistic::softplus);
  EXPECT_EQ(sigmoid.front(), T(0)) << "sigmoid(-inf)";
  EXPECT_EQ(sigmoid.back(), T(1)) << "sigmoid(+inf)";
  std::vector<T> mirrored(z.size()), negative(z.rbegin(), z.rend());
  for (T& value : negative) value = -value;
  maps.sigmoid(negative.data(), mirrored.data(), z.size());
  for (std::size_t i = 0; i < z.size(); ++i) {
    ASSERT_TRUE(add_up_to_one(sigmoid[i], mirrored[z.size() - 1 - i])) << "at " << z[i];
  }
  const T nan = std::numeric_limits<T>::quiet_NaN();
  T out[2] = {0, 0};
  maps.sigmoid(&nan, out, 1);
  maps.softplus(&nan, out + 1, 1);
  EXPECT_TRUE(std::isnan(out[0]) && std::isnan(out[1])) << "NaN was lost";
}

TEST(Math, EveryRunnableIsa) {
  const std::vector<const IsaTable*> tables = runnable_tables();
  EXPECT_EQ(tables.size(), runnable_isas().size());
  const auto check_all = [&]<class T>(T) {
    const std::vector<T> z = arguments<T>();
    const std::vector<Logistic> truth = truth_at(z);  // by far the longest part
    for (const IsaTable* table : tables) check(*table, z, truth);
  };
  check_all(float{});
  check_all(double{});
}

// Runs of 128 consecutive numbers: only among such does an error of some ulp put two values in the
// wrong order. Around the powers of two, and, every half ln 2, where the reduction of exp(z) takes
// another multiple and where it is furthest from one; up to the ends of both tails.
template <class T>
std::vector<T> consecutive() {
  constexpr double kHalfLn2 = 0.34657359027997264;
  const double edge = sizeof(T) == 4 ? 105 : 750;
  const int step = is_slow_cpu(100) ? 16 : 1;
  std::vector<T> centres{T(0)};
  for (int k = 1; k * kHalfLn2 < edge; k += step) centres.push_back(static_cast<T>(k * kHalfLn2));
  for (int k = -60; k < 10; ++k) centres.push_back(static_cast<T>(std::ldexp(1.0, k)));
  std::vector<T> z;
  for (const T centre : centres) {
    for (const T sign : {T(-1), T(1)}) {
      T value = sign * centre;
      for (int i = 0; i < 64; ++i) value = std::nextafter(value, -std::numeric_limits<T>::max());
      for (int i = 0; i < 128; ++i) {
        z.push_back(value);
        value = std::nextafter(value, std::numeric_limits<T>::max());
      }
    }
  }
  std::sort(z.begin(), z.end());
  return z;
}

template <class T>
void check_order(const IsaTable& table, const std::vector<T>& z) {
  SCOPED_TRACE(table.name);
  std::vector<T> values(z.size());
  const Maps<T> maps = maps_of<T>(table);
  for (const bool is_sigmoid : {true, false}) {
    (is_sigmoid ? maps.sigmoid : maps.softplus)(z.data(), values.data(), z.size());
    T largest = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      ASSERT_TRUE(in_order(largest, values[i]))
          << (is_sigmoid ? "sigmoid" : "softplus") << "(" << std::hexfloat << z[i] << ") is "
          << values[i] << ", after " << largest;
      largest = std::max(largest, values[i]);
    }
  }
}

TEST(Math, MonotoneInEveryRunnableIsa) {
  const auto check_all = [&]<class T>(T) {
    for (const std::vector<T>& z : {arguments<T>(), consecutive<T>()}) {
      for (const IsaTable* table : runnable_tables()) check_order(*table, z);
    }
  };
  check_all(float{});
  check_all(double{});
}

// One argument at a time and all at once, from every position: the same bits.
template <class T>
void check_positions(const IsaTable& table) {
  SCOPED_TRACE(table.name);
  const Maps<T> maps = maps_of<T>(table);
  std::vector<T> z(67), whole(67), single(67);
  for (std::size_t i = 0; i < z.size(); ++i)
    z[i] = static_cast<T>(std::sin(3.0 * static_cast<double>(i)) * 30);
  for (const auto map : {maps.sigmoid, maps.softplus}) {
    map(z.data(), whole.data(), z.size());
    for (std::size_t i = 0; i < z.size(); ++i) map(&z[i], &single[i], 1);
    EXPECT_EQ(whole, single);
  }
}

TEST(Math, SameBitsInEveryLane) {
  for (const IsaTable* table : runnable_tables()) {
    check_positions<float>(*table);
    check_positions<double>(*table);
  }
}

// The judges of this test and of math_sweep, with what they must not let pass.
TEST(MathAccuracy, Judges) {
  const float next = std::nextafter(0.5f, 1.0f);
  EXPECT_EQ(error_in_ulps(next, {0.5, 0}), 1);
  EXPECT_EQ(error_in_ulps(0.5f, {0.5, 0.25 * 0x1p-24}), 0.25);
  EXPECT_EQ(error_in_ulps(NAN, {0.5, 0}), INFINITY);
  EXPECT_EQ(error_in_ulps(1.0f, {1e300, 0}), INFINITY);
  EXPECT_EQ(error_in_ulps(float(INFINITY), {1e300, 0}), 0);
  EXPECT_EQ(error_in_ulps(float(INFINITY), {1, 0}), INFINITY);
  constexpr float kTiny = std::numeric_limits<float>::min();
  EXPECT_LE(error_in_ulps(0.0f, {0.99 * kTiny, 0}), kMostUlps);
  EXPECT_GT(error_in_ulps(1.99f * kTiny, {0.97 * kTiny, 0}), kMostUlps);
  EXPECT_TRUE(in_order(next, 0.5f));
  EXPECT_FALSE(in_order(std::nextafter(next, 1.0f), 0.5f));
  EXPECT_FALSE(in_order(0.5f + 0x1.8p-23f, 0.5f));
  EXPECT_FALSE(in_order(0.5f, NAN));
  EXPECT_TRUE(add_up_to_one(0.5f, next));
  EXPECT_FALSE(add_up_to_one(0.5f, 0.5f + 0x1p-22f));
  EXPECT_FALSE(add_up_to_one(0.75f, 0.25f + 5 * 0x1p-25f))
      << "1.25 eps, of which the rounded sum shows 1";
  EXPECT_FALSE(add_up_to_one(NAN, 0.5f));
}

}  // namespace
}  // namespace logigrad
