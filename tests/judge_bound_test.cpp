// The judge's bound itself, against README's formula written a second time: one that forgot the
// weights, or the division of a mean, would still catch every broken body.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

using Real = long double;

template <class T>
Real g(std::size_t k) {
  const Real u = std::numeric_limits<T>::epsilon() / Real(2);
  return static_cast<Real>(k) * u / (1 - static_cast<Real>(k) * u);
}

// The bounds of dw, then of db and of the loss.
template <class T>
std::vector<Real> bounds_of(const ProblemData<T>& data, std::size_t m, std::size_t k) {
  const Problem<T>& p = data.problem;
  const Real u = std::numeric_limits<T>::epsilon() / Real(2), tiny = std::numeric_limits<T>::min();
  const Real b = p.intercept ? data.b : 0;
  std::vector<Real> errors(p.cols + 2, 0), terms(p.cols + 2, 0), l2(p.cols + 2, 0);
  Real weights = 0;
  for (std::size_t n = 0; n < p.rows; ++n) {
    const T* x = p.x + n * p.stride;
    Real z = b, size = std::abs(b);
    for (std::size_t j = 0; j < p.cols; ++j) {
      z += Real(x[j]) * Real(data.w()[j]);
      size += std::abs(Real(x[j]) * Real(data.w()[j]));
    }
    const Real t = Real(p.y[n]) * z, s = p.weights ? p.weights[n] : 1, M = g<T>(m) * size;
    const Real c = 1 / (1 + std::exp(t)), l = std::log1p(std::exp(-t));
    const Real e = std::min({Real(1), M / 4, c * std::expm1(M)}) + 8 * u * c;
    for (std::size_t j = 0; j <= p.cols; ++j) {
      const Real xj = j < p.cols ? std::abs(Real(x[j])) : 1;
      errors[j] += xj * (s * e + (1 + s) * tiny);
      terms[j] += s * xj * c;
    }
    const Real f = M * std::min(Real(1), c * std::exp(M)) + 8 * u * l;
    errors[p.cols + 1] += s * f + (1 + s) * tiny;
    terms[p.cols + 1] += s * l;
    weights += s;
  }
  for (std::size_t j = 0; j < p.cols; ++j) {
    const Real w = data.w()[j], lambda = static_cast<Real>(p.l2);
    l2[j] = std::abs(lambda * w);
    l2[p.cols + 1] += lambda * w * w / 2;
  }
  const bool mean = p.reduction == Reduction::kMean;
  const Real scale = mean ? 1 / weights : 1;
  std::vector<Real> bounds;
  for (std::size_t i = 0; i < p.cols + 2; ++i) {
    Real bound = scale * (errors[i] + g<T>(k) * terms[i] + static_cast<Real>(p.rows) * tiny);
    if (mean || p.l2 != 0) bound += 4 * u * (scale * terms[i] + l2[i]) + tiny;
    bounds.push_back(Real(1.01) * bound);
  }
  return bounds;
}

// Every output in turn is off by some 50 of its bounds; the judge's fraction must be the formula's.
template <class T>
void expect_the_formula(ProblemData<T>& data, std::size_t m, std::size_t k) {
  const std::size_t cols = data.problem.cols;
  const std::vector<Real> bounds = bounds_of(data, m, k);
  Judge<T> judge(data.problem, data.w(), data.b);
  const Reference& want = judge.expected();
  for (std::size_t i = 0; i < cols + 2; ++i) {
    std::vector<T> dw(want.dw.begin(), want.dw.end());
    T db = static_cast<T>(want.db);
    double loss = want.loss;
    const double off = static_cast<double>(50 * bounds[i]);
    double difference = 0;  // as far as T can hold it
    if (i < cols) {
      dw[i] = static_cast<T>(want.dw[i] + off);
      difference = static_cast<double>(dw[i]) - want.dw[i];
    } else if (i == cols) {
      db = static_cast<T>(want.db + off);
      difference = static_cast<double>(db) - want.db;
    } else {
      loss += off;
      difference = loss - want.loss;
    }
    const double fraction = difference / static_cast<double>(bounds[i]);
    const Verdict verdict = judge.check({dw.data(), &db, &loss}, m, k);
    EXPECT_NEAR(verdict.error_of_bound / fraction, 1, 1e-6) << verdict.where << " of output " << i;
  }
}

// The margins' part alone (k = 1), the sums' part alone (m = 1), and margins that may be off by
// more than 4, where other terms of the bound are the smaller ones.
template <class T>
void expect_every_objective() {
  const std::size_t half_of_inverse_u = std::size_t{1} << (sizeof(T) == 4 ? 23 : 52);
  for (int bits = 0; bits < 8; ++bits) {
    ProblemData<T> data({90, 5, 1, 0, (bits & 1) != 0}, Fill::kNormal, 5);
    data.problem.reduction = (bits & 2) != 0 ? Reduction::kMean : Reduction::kSum;
    data.problem.l2 = (bits & 4) != 0 ? 30 : 0;
    for (std::size_t j = 0; j < 5; ++j) data.w()[j] *= 3;
    expect_the_formula(data, 7, 264);
    expect_the_formula(data, 1, 264);
    expect_the_formula(data, 7, 1);
    expect_the_formula(data, half_of_inverse_u, 264);
    // Elements so small that what underflow may take is all there is.
    for (std::size_t n = 0; n < 90; ++n) {
      for (std::size_t j = 0; j < 5; ++j) data.x(n)[j] *= std::numeric_limits<T>::min();
    }
    expect_the_formula(data, 7, 264);
  }
}

TEST(JudgeBound, IsTheFormulaInFloat) { expect_every_objective<float>(); }
TEST(JudgeBound, IsTheFormulaInDouble) { expect_every_objective<double>(); }

TEST(JudgeBound, WithoutAnInterceptBIsNothing) {
  ProblemData<float> data({30, 3});
  data.problem.intercept = false;
  data.b = 100;
  const Real bound = bounds_of(data, 5, 264)[0];
  Judge<float> judge(data.problem, data.w(), data.b);
  std::vector<float> dw(judge.expected().dw.begin(), judge.expected().dw.end());
  EXPECT_EQ(judge.expected().db, 0);
  dw[0] = static_cast<float>(judge.expected().dw[0] + static_cast<double>(50 * bound));
  const double off = static_cast<double>(dw[0]) - judge.expected().dw[0];
  EXPECT_NEAR(judge.check({dw.data()}, 5).error_of_bound / (off / static_cast<double>(bound)), 1,
              1e-6);
}

}  // namespace
}  // namespace logigrad
