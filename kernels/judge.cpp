// The judge: the a-priori error bound of an evaluation, and the comparison with the reference.
//
// With u = eps / 2, g(k) = k u / (1 - k u), tiny the smallest normal number of T, and per row
//   M = g(m) (sum_j |w_j x_j| + |b|)                            what the margin may be off
//   e = min(1, M/4, c expm1(M)) + 8 u c                         what sigmoid may be off
//   f = M min(1, c exp(M)) + 8 u l                              what its logarithm may be off
//   |error dw_j| <= sum |x_j| (s e + (1 + s) tiny) + g(k) sum |s c x_j|     db: with x = 1
//   |error loss| <= sum (s f + (1 + s) tiny) + g(k) sum s l
// plus N tiny; the mean divides all of it. Where L2 or mean is asked for: plus 4 u times the
// absolute terms and tiny. All times 1.01, for the second-order terms and this file's own
// roundings. The tinies are for underflow: of the sigmoid, of its product with the weight, of that
// with x.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>

#include "kernels/check_arguments.hpp"
#include "logigrad/reference.hpp"

namespace logigrad {
namespace {

template <class T>
double g(std::size_t k) {
  const double ku = static_cast<double>(k) * 0.5 * std::numeric_limits<T>::epsilon();
  return ku / (1 - ku);
}

// Sums of what `amount(n)` times |x_nj| gives, for every column. Parts of the rows are shared among
// threads and added in order, so that the number of threads changes nothing.
template <class T, class Amount>
std::vector<double> column_sums(const Problem<T>& p, const Amount& amount) {
  constexpr std::size_t kParts = 64;
  std::vector<double> parts(kParts * p.cols, 0.0), sums(p.cols, 0.0);
#pragma omp parallel for schedule(dynamic)
  for (std::size_t part = 0; part < kParts; ++part) {
    double* here = parts.data() + part * p.cols;
    const std::size_t end = (part + 1) * p.rows / kParts;
    for (std::size_t n = part * p.rows / kParts; n < end; ++n) {
      const T* x = row_of(p, n);
      const double factor = amount(n);
      for (std::size_t j = 0; j < p.cols; ++j)
        here[j] += factor * std::abs(static_cast<double>(x[j]));
    }
  }
  for (std::size_t i = 0; i < parts.size(); ++i) sums[i % p.cols] += parts[i];
  return sums;
}

// The larger of two fractions, a NaN being the largest.
void worst(Verdict& verdict, double got, double want, double bound, std::string where) {
  const double error = std::abs(got - want);
  double fraction = error == 0 ? 0 : error / bound;
  if (!(fraction >= 0)) fraction = std::numeric_limits<double>::infinity();
  if (fraction > verdict.error_of_bound || verdict.where.empty()) {
    verdict = {fraction, std::move(where)};
  }
}

std::string column_name(std::size_t j) { return "dw[" + std::to_string(j) + "]"; }

}  // namespace

// What each row contributes at most, from a plain double evaluation: bounds need two digits.
template <class T>
struct Judge<T>::State {
  // The errors that depend on the margin depth m.
  struct MarginBounds {
    std::vector<double> dw;
    double db = 0, loss = 0;
  };

  Problem<T> problem;
  std::vector<T> w;
  Reference expected;
  std::vector<double> size, sigmoid, softplus, weight;  // per row: sum |w x| + |b|, c, l, s
  std::vector<double> dw_terms;                         // sum |s c x_j|
  double db_terms = 0, loss_terms = 0, weight_sum = 0;
  std::map<std::size_t, MarginBounds> bounds;

  State(const Problem<T>& p, const T* parameters, T b)
      : problem(p),
        w(parameters, parameters + p.cols),
        expected(reference(p, parameters, b)),
        size(p.rows),
        sigmoid(p.rows),
        softplus(p.rows),
        weight(p.rows) {
    const double intercept = p.intercept ? static_cast<double>(b) : 0;
#pragma omp parallel for
    for (std::size_t n = 0; n < p.rows; ++n) {
      double z = intercept;
      size[n] = std::abs(intercept);
      const T* x = row_of(p, n);
      for (std::size_t j = 0; j < p.cols; ++j) {
        const double term = static_cast<double>(x[j]) * static_cast<double>(w[j]);
        z += term;
        size[n] += std::abs(term);
      }
      const double t = static_cast<double>(p.y[n]) * z, e = std::exp(-std::abs(t));
      weight[n] = p.weights ? static_cast<double>(p.weights[n]) : 1;
      sigmoid[n] = t < 0 ? 1 / (1 + e) : e / (1 + e);
      softplus[n] = std::max(-t, 0.0) + std::log1p(e);
    }
    for (std::size_t n = 0; n < p.rows; ++n) {
      db_terms += weight[n] * sigmoid[n];
      loss_terms += weight[n] * softplus[n];
      weight_sum += weight[n];
    }
    dw_terms = column_sums(p, [&](std::size_t n) { return weight[n] * sigmoid[n]; });
  }

  const MarginBounds& margin_bounds(std::size_t m) {
    const auto [place, is_new] = bounds.try_emplace(m);
    MarginBounds& result = place->second;
    if (!is_new) return result;
    const double u = 0.5 * std::numeric_limits<T>::epsilon();
    const double tiny = std::numeric_limits<T>::min();
    std::vector<double> error(problem.rows), loss_error(problem.rows);
#pragma omp parallel for
    for (std::size_t n = 0; n < problem.rows; ++n) {
      const double margin = g<T>(m) * size[n], c = sigmoid[n], s = weight[n];
      const double underflow = (1 + s) * tiny;
      error[n] = s * (std::min({1.0, margin / 4, c * std::expm1(margin)}) + 8 * u * c) + underflow;
      loss_error[n] =
          s * (margin * std::min(1.0, c * std::exp(margin)) + 8 * u * softplus[n]) + underflow;
    }
    for (std::size_t n = 0; n < problem.rows; ++n) {
      result.db += error[n];
      result.loss += loss_error[n];
    }
    result.dw = column_sums(problem, [&](std::size_t n) { return error[n]; });
    return result;
  }

  // The bound of one output, from its sum of absolute terms and its margins' part.
  double bound(double margin_part, double terms, double l2_term, std::size_t k) const {
    const double u = 0.5 * std::numeric_limits<T>::epsilon(), tiny = std::numeric_limits<T>::min();
    const bool mean = problem.reduction == Reduction::kMean && problem.rows;
    const double scale = mean ? 1 / weight_sum : 1;
    double sum = scale * (margin_part + g<T>(k) * terms + static_cast<double>(problem.rows) * tiny);
    if (mean || problem.l2 != 0) sum += 4 * u * (scale * terms + std::abs(l2_term)) + tiny;
    return 1.01 * sum;
  }
};

template <class T>
Judge<T>::Judge(const Problem<T>& problem, const T* w, T b) {
  check_problem(problem, w);
  state_ = std::make_unique<State>(problem, w, b);
}

template <class T>
Judge<T>::~Judge() = default;

template <class T>
Judge<T>::Judge(Judge&&) noexcept = default;

template <class T>
const Reference& Judge<T>::expected() const {
  return state_->expected;
}

template <class T>
Verdict Judge<T>::check(const Answer<T>& answer, std::size_t margin_depth, std::size_t sum_depth) {
  State& s = *state_;
  const auto& part = s.margin_bounds(margin_depth);
  Verdict verdict;
  double penalty = 0;
  for (std::size_t j = 0; j < s.problem.cols; ++j) {
    const double wj = static_cast<double>(s.w[j]);
    worst(verdict, static_cast<double>(answer.dw[j]), s.expected.dw[j],
          s.bound(part.dw[j], s.dw_terms[j], s.problem.l2 * wj, sum_depth), column_name(j));
    penalty += 0.5 * s.problem.l2 * wj * wj;
  }
  if (answer.db) {
    worst(verdict, static_cast<double>(*answer.db), s.expected.db,
          s.bound(part.db, s.db_terms, 0, sum_depth), "db");
  }
  if (answer.loss) {
    worst(verdict, *answer.loss, s.expected.loss,
          s.bound(part.loss, s.loss_terms, penalty, sum_depth), "loss");
  }
  return verdict;
}

template <class T>
ExactTest<T>::ExactTest(const Problem<T>& p) : want_(p.cols + 1, 0.0) {
  for (std::size_t n = 0; n < p.rows; ++n) {
    const double y =
        static_cast<double>(p.y[n]) * (p.weights ? static_cast<double>(p.weights[n]) : 1);
    for (std::size_t j = 0; j < p.cols; ++j) {
      want_[j] += y * static_cast<double>(p.x[n * p.stride + j]);
    }
    want_[p.cols] += y;
  }
  // As T, since that is what the output holds: it rounds once.
  for (double& sum : want_) sum = static_cast<double>(static_cast<T>(-0.5 * sum));
}

template <class T>
std::string ExactTest<T>::check(const Answer<T>& answer) const {
  const std::size_t cols = want_.size() - 1;
  for (std::size_t j = 0; j < cols + (answer.db ? 1 : 0); ++j) {
    const double got = static_cast<double>(j < cols ? answer.dw[j] : *answer.db);
    if (got == want_[j]) continue;
    char text[128];
    std::snprintf(text, sizeof text, "%s: found %.17g, expected %.17g",
                  j < cols ? column_name(j).c_str() : "db", got, want_[j]);
    return text;
  }
  return {};
}

template class Judge<float>;
template class Judge<double>;
template class ExactTest<float>;
template class ExactTest<double>;

}  // namespace logigrad
