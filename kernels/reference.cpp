// The slow truth: two passes in double-double, written to be obviously right.
#include "logigrad/reference.hpp"

#include <cmath>
#include <vector>

#include "kernels/check_arguments.hpp"
#include "kernels/double_double_math.hpp"

namespace logigrad {
namespace {

struct RowTruth {
  DoubleDouble slope;  // -s y sigmoid(-y z)
  DoubleDouble loss;   // s log(1 + exp(-y z))
};

template <class T>
RowTruth truth_of_row(const Problem<T>& p, const T* w, T b, std::size_t n) {
  const T* x = row_of(p, n);
  DoubleDouble z{p.intercept ? static_cast<double>(b) : 0.0, 0};
  for (std::size_t j = 0; j < p.cols; ++j) {
    z = z + two_product(static_cast<double>(x[j]), static_cast<double>(w[j]));
  }
  const double y = static_cast<double>(p.y[n]);
  const double s = p.weights ? static_cast<double>(p.weights[n]) : 1.0;
  const Logistic of_margin = logistic({-y * z.hi, -y * z.lo});
  return {of_margin.sigmoid * (-y) * s, of_margin.softplus * s};
}

}  // namespace

template <class T>
Reference reference(const Problem<T>& p, const T* w, T b) {
  check_problem(p, w);
  std::vector<RowTruth> rows(p.rows);
#pragma omp parallel for
  for (std::size_t n = 0; n < p.rows; ++n) rows[n] = truth_of_row(p, w, b, n);

  DoubleDouble loss, db, weight;
  for (std::size_t n = 0; n < p.rows; ++n) {
    loss = loss + rows[n].loss;
    db = db + rows[n].slope;
    weight = weight + DoubleDouble{p.weights ? static_cast<double>(p.weights[n]) : 1.0, 0};
  }
  // Rows in order for every column; the columns are shared among threads in blocks of a few cache
  // lines, which changes no sum.
  constexpr std::size_t kBlock = 64;
  std::vector<DoubleDouble> dw(p.cols);
#pragma omp parallel for
  for (std::size_t first = 0; first < p.cols; first += kBlock) {
    const std::size_t last = first + kBlock < p.cols ? first + kBlock : p.cols;
    for (std::size_t n = 0; n < p.rows; ++n) {
      const T* x = row_of(p, n);
      for (std::size_t j = first; j < last; ++j) {
        dw[j] = dw[j] + rows[n].slope * static_cast<double>(x[j]);
      }
    }
  }

  const bool mean = p.reduction == Reduction::kMean && p.rows;
  const auto scaled = [&](const DoubleDouble& sum) {
    return mean ? (sum.hi + sum.lo) / (weight.hi + weight.lo) : sum.hi + sum.lo;
  };
  Reference result{scaled(loss), p.intercept ? scaled(db) : 0, std::vector<double>(p.cols)};
  DoubleDouble squares;
  for (std::size_t j = 0; j < p.cols; ++j) {
    const double wj = static_cast<double>(w[j]);
    result.dw[j] = scaled(dw[j]) + (p.l2 != 0 ? p.l2 * wj : 0);
    squares = squares + two_product(wj, wj);
  }
  if (p.l2 != 0) result.loss += 0.5 * p.l2 * squares.hi;
  return result;
}

template Reference reference(const Problem<float>&, const float*, float);
template Reference reference(const Problem<double>&, const double*, double);

}  // namespace logigrad
