// The kernels' sigmoid and softplus, through the ISA table, against long double: 3 ulp where the
// true value is normal, the smallest normal below that, monotone to one ulp, both tails included.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/registry.hpp"

namespace logigrad {
namespace {

template <class T>
struct Maps {
  MapFunction<T> sigmoid, softplus;
};

template <class T>
Maps<T> maps_of(const IsaTable& table) {
  if constexpr (sizeof(T) == 4)
    return {table.sigmoid_f32, table.softplus_f32};
  else
    return {table.sigmoid_f64, table.softplus_f64};
}

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

template <class T>
void expect_accurate(const char* what, const std::vector<T>& z, const std::vector<T>& got,
                     long double (*truth)(long double)) {
  double worst = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const long double want = truth(static_cast<long double>(z[i]));
    const T rounded = static_cast<T>(want);
    if (std::isinf(rounded)) {
      EXPECT_EQ(got[i], rounded) << what << "(" << z[i] << ")";
      continue;
    }
    const T tiny = std::numeric_limits<T>::min();
    const T ulp = rounded < tiny ? tiny / 3 : std::nextafter(rounded, T(INFINITY)) - rounded;
    const double error =
        static_cast<double>(std::abs(static_cast<long double>(got[i]) - want) / ulp);
    worst = std::max(worst, error);
    ASSERT_LE(error, 3.0) << what << "(" << z[i] << ") is " << got[i] << ", expected " << rounded;
  }
  EXPECT_GT(worst, 0.0) << "an error of exactly 0 everywhere: nothing was compared";
}

long double true_sigmoid(long double z) {
  const long double e = std::exp(-std::abs(z));
  return z < 0 ? e / (1 + e) : 1 / (1 + e);
}

long double true_softplus(long double z) {
  return std::max(z, 0.0L) + std::log1p(std::exp(-std::abs(z)));
}

template <class T>
void check(const IsaTable& table) {
  SCOPED_TRACE(table.name);
  const Maps<T> maps = maps_of<T>(table);
  const std::vector<T> z = arguments<T>();
  std::vector<T> sigmoid(z.size()), softplus(z.size());
  maps.sigmoid(z.data(), sigmoid.data(), z.size());
  maps.softplus(z.data(), softplus.data(), z.size());
  expect_accurate("sigmoid", z, sigmoid, true_sigmoid);
  expect_accurate("softplus", z, softplus, true_softplus);
  EXPECT_EQ(sigmoid.front(), T(0)) << "sigmoid(-inf)";
  EXPECT_EQ(sigmoid.back(), T(1)) << "sigmoid(+inf)";
  for (std::size_t i = 1; i < z.size(); ++i) {
    const T ulp = std::nextafter(sigmoid[i - 1], T(2)) - sigmoid[i - 1];
    ASSERT_GE(sigmoid[i], sigmoid[i - 1] - ulp) << "not monotone at " << z[i];
  }
  std::vector<T> mirrored(z.size()), negative(z.rbegin(), z.rend());
  for (T& value : negative) value = -value;
  maps.sigmoid(negative.data(), mirrored.data(), z.size());
  for (std::size_t i = 0; i < z.size(); ++i) {
    const T sum = sigmoid[i] + mirrored[z.size() - 1 - i];
    ASSERT_NEAR(sum, T(1), std::numeric_limits<T>::epsilon()) << "at " << z[i];
  }
  const T nan = std::numeric_limits<T>::quiet_NaN();
  T out[2] = {0, 0};
  maps.sigmoid(&nan, out, 1);
  maps.softplus(&nan, out + 1, 1);
  EXPECT_TRUE(std::isnan(out[0]) && std::isnan(out[1])) << "NaN was lost";
}

TEST(Math, EveryRunnableIsa) {
  const std::vector<std::string> runnable = runnable_isas();
  std::size_t checked = 0;
  for (const IsaTable* table : isa_tables()) {
    if (std::find(runnable.begin(), runnable.end(), table->name) == runnable.end()) continue;
    check<float>(*table);
    check<double>(*table);
    ++checked;
  }
  EXPECT_EQ(checked, runnable.size());
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
  const std::vector<std::string> runnable = runnable_isas();
  for (const IsaTable* table : isa_tables()) {
    if (std::find(runnable.begin(), runnable.end(), table->name) == runnable.end()) continue;
    check_positions<float>(*table);
    check_positions<double>(*table);
  }
}

}  // namespace
}  // namespace logigrad
