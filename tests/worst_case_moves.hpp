// The problems that worst_case tries, and how it changes them: to sums that all round the same way,
// margins that cancel, slopes in the tails.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "logigrad/problem.hpp"

namespace logigrad {

template <class T>
struct Candidate {
  std::size_t rows = 0, cols = 0;
  std::vector<T> x, y, weights, w;
  T b = 0;
  double fraction = -1;  // of the bound
  std::string where;

  Problem<T> problem() const {
    return {.x = x.data(),
            .rows = rows,
            .cols = cols,
            .stride = cols,
            .y = y.data(),
            .weights = weights.data()};
  }
};

using Random = std::mt19937_64;

inline double uniform(Random& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}
inline bool one_in(Random& random, unsigned n) { return random() % n == 0; }

// A number of any sign and a magnitude within `decades` of 1.
template <class T>
T any_number(Random& random, double decades) {
  const double size = std::pow(10, uniform(random, -decades, decades));
  return static_cast<T>(one_in(random, 2) ? size : -size);
}

// Rows and columns round what a body takes at once; of many rows, few columns.
template <class T>
Candidate<T> start(Random& random, std::size_t lanes) {
  static constexpr std::size_t kRows[] = {1, 2, 7, 33, 256, 2048};
  Candidate<T> c;
  c.rows = kRows[random() % std::size(kRows)];
  c.cols = c.rows > 100 ? 1 + random() % 3 : 1 + random() % (8 * lanes);
  const double decades = uniform(random, 0, 4);
  const auto fill = [&](std::vector<T>& values, std::size_t count, auto value) {
    values.resize(count);
    for (T& each : values) each = value();
  };
  fill(c.x, c.rows * c.cols, [&] { return any_number<T>(random, decades); });
  fill(c.w, c.cols, [&] { return any_number<T>(random, decades); });
  fill(c.y, c.rows, [&] { return one_in(random, 2) ? T(1) : T(-1); });
  fill(c.weights, c.rows, [&] { return T(1); });
  c.b = any_number<T>(random, decades);
  return c;
}

// One row for all, one column's value for all, or one weight for all: equal terms round alike.
template <class T>
void make_alike(Candidate<T>& c, Random& random) {
  const std::size_t n = random() % c.rows, j = random() % c.cols;
  switch (random() % 4) {
    case 0:
      for (std::size_t i = 0; i < c.rows; ++i) {
        std::copy_n(&c.x[n * c.cols], c.cols, &c.x[i * c.cols]);
        c.y[i] = c.y[n];
      }
      break;
    case 1:
      for (std::size_t i = 0; i < c.rows; ++i) c.x[i * c.cols + j] = c.x[n * c.cols + j];
      break;
    case 2:
      for (std::size_t i = 0; i < c.cols; ++i) c.w[i] = c.w[j];
      break;
    default:
      std::fill(c.weights.begin(), c.weights.end(), static_cast<T>(uniform(random, 1, 2)));
  }
}

// Sets b, or a weight of a column, such that the margin of one row nearly vanishes.
template <class T>
void cancel_margin(Candidate<T>& c, Random& random) {
  const T* x = &c.x[random() % c.rows * c.cols];
  double margin = static_cast<double>(c.b);
  for (std::size_t j = 0; j < c.cols; ++j)
    margin += static_cast<double>(x[j]) * static_cast<double>(c.w[j]);
  const std::size_t j = random() % c.cols;
  if (one_in(random, 2) || x[j] == T(0)) {
    c.b -= static_cast<T>(margin);
  } else {
    c.w[j] -= static_cast<T>(margin / static_cast<double>(x[j]));
  }
}

template <class T>
void change(T& value, Random& random) {
  switch (random() % 4) {
    case 0:
      value = std::nextafter(value, one_in(random, 2) ? T(INFINITY) : T(-INFINITY));
      break;
    case 1:
      value *= static_cast<T>(uniform(random, 0.5, 2));
      break;
    case 2:
      value = -value;
      break;
    default:
      value = any_number<T>(random, 4);
  }
}

template <class T>
void mutate(Candidate<T>& c, Random& random) {
  switch (random() % 8) {
    case 0:
      make_alike(c, random);
      break;
    case 1:
      cancel_margin(c, random);
      break;
    case 2:
      c.y[random() % c.rows] *= T(-1);
      break;
    case 3:
      change(c.b, random);
      break;
    case 4:
      change(c.w[random() % c.cols], random);
      break;
    case 5:
      c.weights[random() % c.rows] = static_cast<T>(uniform(random, 0, 2));
      break;
    case 6: {  // all margins, towards a tail or back
      const T scale = static_cast<T>(uniform(random, 0.5, 2));
      for (T& w : c.w) w *= scale;
      c.b *= scale;
      break;
    }
    default:
      change(c.x[random() % c.x.size()], random);
  }
}

// Whether every margin is known to an eighth. Where rounding may move it by more than 1 the bound
// is all that a sigmoid can be, and a search finds nothing but that: 0.99 of it.
template <class T>
bool has_a_meaning(const Candidate<T>& c, std::size_t margin_depth) {
  const double u = 0.5 * std::numeric_limits<T>::epsilon();
  for (std::size_t n = 0; n < c.rows; ++n) {
    double size = std::abs(static_cast<double>(c.b));
    for (std::size_t j = 0; j < c.cols; ++j)
      size += std::abs(static_cast<double>(c.x[n * c.cols + j]) * static_cast<double>(c.w[j]));
    if (!(static_cast<double>(margin_depth) * u * size < 0.125)) return false;
  }
  return true;
}

}  // namespace logigrad
