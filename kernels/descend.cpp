// Gradient descent with a constant step, and the bound that gives one; see <logigrad/descend.hpp>.
#include "logigrad/descend.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/check_arguments.hpp"

namespace logigrad {
namespace {

template <class T>
double norm_of(const std::vector<T>& dw, T db) {
  double squares = static_cast<double>(db) * static_cast<double>(db);
  for (const T d : dw) squares += static_cast<double>(d) * static_cast<double>(d);
  return std::sqrt(squares);
}

void check_not_negative(const char* name, double value) {
  if (!(value >= 0) || std::isinf(value)) {
    throw std::invalid_argument(std::string(name) + ": found " + std::to_string(value) +
                                ", expected a finite number >= 0");
  }
}

// out = [X 1]^T diag(s) [X 1] v; returns the trace of that matrix and sets `weight` to sum s.
template <class T>
double apply_gram(const Problem<T>& p, const std::vector<double>& v, std::vector<double>& out,
                  double& weight) {
  std::fill(out.begin(), out.end(), 0.0);
  double trace = 0;
  weight = 0;
  for (std::size_t n = 0; n < p.rows; ++n) {
    const T* x = p.x + n * p.stride;
    const double s = p.weights ? static_cast<double>(p.weights[n]) : 1.0;
    double z = p.intercept ? v[p.cols] : 0.0, squares = p.intercept ? 1.0 : 0.0;
    for (std::size_t j = 0; j < p.cols; ++j) {
      z += static_cast<double>(x[j]) * v[j];
      squares += static_cast<double>(x[j]) * static_cast<double>(x[j]);
    }
    for (std::size_t j = 0; j < p.cols; ++j) out[j] += s * z * static_cast<double>(x[j]);
    if (p.intercept) out[p.cols] += s * z;
    trace += s * squares;
    weight += s;
  }
  return trace;
}

}  // namespace

template <class T>
double lipschitz_bound(const Problem<T>& p) {
  const T none{};
  check_problem(p, &none);
  constexpr int kMaxSteps = 100;
  constexpr double kSettled = 1e-3, kSafety = 1.05;
  // Started from unequal entries: a vector of ones can be orthogonal to the eigenvector.
  std::vector<double> v(p.cols + 1), next(p.cols + 1);
  for (std::size_t j = 0; j <= p.cols; ++j) v[j] = 1.0 / static_cast<double>(j + 1);
  double largest = 0, trace = 0, weight = 0;
  for (int step = 0; step < kMaxSteps; ++step) {
    const double length = norm_of(v, 0.0);
    if (!(length > 0) || std::isinf(length)) break;
    for (double& element : v) element /= length;
    trace = apply_gram(p, v, next, weight);
    const double before = largest;
    largest = norm_of(next, 0.0);  // |A v| with |v| = 1: from below, like the Rayleigh quotient
    v.swap(next);
    if (std::abs(largest - before) <= kSettled * largest) break;
  }
  double bound = 0.25 * std::min(kSafety * largest, trace);
  if (p.reduction == Reduction::kMean && p.rows) bound /= weight;
  return bound + p.l2;
}

template <class T>
DescendResult descend(const Problem<T>& p, T* w, T* b, const DescendOptions& options) {
  check_not_negative("eta", options.eta);
  check_not_negative("tolerance", options.tolerance);
  if (!b && p.intercept) throw std::invalid_argument("b: is null (or use intercept = false)");
  check_problem(p, w);

  double eta = options.eta;
  if (eta == 0) {
    const double bound = lipschitz_bound(p);
    if (!std::isfinite(bound)) {
      throw std::invalid_argument(
          "eta: no step follows from x that is not finite or overflows, "
          "expected an explicit one");
    }
    eta = bound > 0 ? 1 / bound : 1;  // without rows the gradient is 0 and any step will do
  }
  Workspace workspace;
  Options evaluation = options.evaluation;
  if (!evaluation.workspace) evaluation.workspace = &workspace;
  std::vector<T> dw(p.cols), last_w(w, w + p.cols);
  T db = 0, last_b = b ? *b : T(0);
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  DescendResult result{Stop::kIterations, 0, kNone, kNone, eta};
  for (std::size_t i = 0;; ++i) {
    const double loss = loss_gradient(p, w, b ? *b : T(0), dw.data(), &db, evaluation);
    const double norm = norm_of(dw, p.intercept ? db : T(0));
    result.iterations = i;
    if (!std::isfinite(loss) || !std::isfinite(norm)) {
      std::copy(last_w.begin(), last_w.end(), w);
      if (b) *b = last_b;
      result.stop = Stop::kDiverged;
      return result;
    }
    result.loss = loss;
    result.gradient_norm = norm;
    const bool stop = options.callback && !options.callback({i, loss, norm, eta});
    if (norm <= options.tolerance) return result.stop = Stop::kTolerance, result;
    if (stop) return result.stop = Stop::kCallback, result;
    if (i == options.iterations) return result;
    std::copy(w, w + p.cols, last_w.begin());
    if (b) last_b = *b;
    // Two roundings in double and one to T, not a product rounded to T first.
    for (std::size_t j = 0; j < p.cols; ++j) {
      w[j] = static_cast<T>(static_cast<double>(w[j]) - eta * static_cast<double>(dw[j]));
    }
    if (p.intercept) *b = static_cast<T>(static_cast<double>(*b) - eta * static_cast<double>(db));
  }
}

template double lipschitz_bound(const Problem<float>&);
template double lipschitz_bound(const Problem<double>&);
template DescendResult descend(const Problem<float>&, float*, float*, const DescendOptions&);
template DescendResult descend(const Problem<double>&, double*, double*, const DescendOptions&);

}  // namespace logigrad
