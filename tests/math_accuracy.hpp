// How far the kernels' sigmoid and softplus are from the truth, and what is promised of them.
//
// Errors are in ulp of the rounded truth. Below the smallest normal number, tiny, the promise is an
// absolute error of at most tiny: there the unit is tiny / 3, so that one limit serves both.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/double_double.hpp"
#include "kernels/registry.hpp"

namespace logigrad {

inline constexpr double kMostUlps = 3;

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

// The tables of the ISAs that run here.
inline std::vector<const IsaTable*> runnable_tables() {
  const std::vector<std::string> names = runnable_isas();
  std::vector<const IsaTable*> tables;
  for (const IsaTable* table : isa_tables()) {
    if (std::find(names.begin(), names.end(), table->name) != names.end()) tables.push_back(table);
  }
  return tables;
}

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

// The distance from a number >= 0 to the next larger one; of a denormal one tiny / 3, see above.
template <class T>
T unit_at(T value) {
  constexpr T kTiny = std::numeric_limits<T>::min();
  if (value < kTiny) return kTiny / 3;
  return std::bit_cast<T>(std::bit_cast<BitsOf<T>>(value) + 1) - value;
}

// |got - want| in those units. Infinite for a NaN, and for a number where the truth overflows T or
// the other way round.
template <class T>
double error_in_ulps(T got, const DoubleDouble& want) {
  const T rounded = static_cast<T>(want.hi);
  if (std::isinf(rounded)) return got == rounded ? 0 : INFINITY;
  const double error = std::abs((static_cast<double>(got) - want.hi) - want.lo) /
                       static_cast<double>(unit_at(rounded));
  return error >= 0 ? error : INFINITY;
}

// Two values of one of the functions, of a smaller and a larger argument, are in order to one ulp.
template <class T>
bool in_order(T smaller, T larger) {
  return larger >= smaller - unit_at(smaller);
}

// sigmoid(z) + sigmoid(-z) = 1 to one ulp, of the sum that no rounding hides: 1 less the larger one
// is exact.
template <class T>
bool add_up_to_one(T sigmoid, T of_negative) {
  const T left = T(1) - std::max(sigmoid, of_negative);
  return std::abs(left - std::min(sigmoid, of_negative)) <= std::numeric_limits<T>::epsilon();
}

}  // namespace logigrad
