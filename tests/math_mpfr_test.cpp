// The kernels' sigmoid and softplus in double against MPFR at 128 bits: a truth that shares nothing
// with the C library. Dense where the exponential of the vector library that the bodies do not use
// would overflow or flush early (709.44, -708.40) and its logarithm of denormals is wrong.
#include <gtest/gtest.h>
#include <mpfr.h>

#include "kernels/double_double_math.hpp"
#include "tests/math_accuracy.hpp"

namespace logigrad {
namespace {

class Number {
 public:
  Number() { mpfr_init2(value_, 128); }
  ~Number() { mpfr_clear(value_); }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;
  operator mpfr_ptr() { return value_; }
  DoubleDouble rounded() {
    const double hi = mpfr_get_d(value_, MPFR_RNDN);
    mpfr_sub_d(value_, value_, hi, MPFR_RNDN);
    return {hi, mpfr_get_d(value_, MPFR_RNDN)};
  }

 private:
  mpfr_t value_;
};

// With e = exp(-|z|): e / (1 + e) or 1 / (1 + e), and max(z, 0) + log1p(e).
Logistic truth_at(double z) {
  Number e, one_more, sigmoid, softplus;
  mpfr_set_d(e, -std::abs(z), MPFR_RNDN);
  mpfr_exp(e, e, MPFR_RNDN);
  mpfr_add_ui(one_more, e, 1, MPFR_RNDN);
  if (z < 0)
    mpfr_div(sigmoid, e, one_more, MPFR_RNDN);
  else
    mpfr_ui_div(sigmoid, 1, one_more, MPFR_RNDN);
  mpfr_log1p(softplus, e, MPFR_RNDN);
  mpfr_add_d(softplus, softplus, std::max(z, 0.0), MPFR_RNDN);
  return {sigmoid.rounded(), softplus.rounded()};
}

std::vector<double> arguments() {
  std::vector<double> z;
  // `count` of them from `first` on, `step` apart.
  const auto add = [&](double first, double step, int count) {
    for (int i = 0; i < count; ++i) z.push_back(first + step * i);
  };
  add(-760, 0.0507, 30000);           // everything, past both ends
  add(-2, 1.3e-4, 30000);             // where the functions bend
  add(-709.9, 1.03e-4, 20000);        // the last normal results and the first denormal ones
  add(708.3, 1.03e-4, 20000);         // exp(z) overflows, the functions do not
  add(-745.2, 3.7e-3, 10000);         // denormal results, down to the last
  for (int i = -1074; i < 10; ++i) {  // every power of two, both signs
    z.push_back(std::ldexp(1.0, i));
    z.push_back(-std::ldexp(1.0, i));
  }
  return z;
}

std::vector<Logistic> truth_of(const std::vector<double>& z) {
  std::vector<Logistic> truth(z.size());
  for (std::size_t i = 0; i < z.size(); ++i) truth[i] = truth_at(z[i]);
  return truth;
}

// What the reference and the other tests hold to be true: 95 bits, or what a low part that is
// denormal leaves of them.
TEST(MathMpfr, TheTruthOfTheOtherTests) {
  const std::vector<double> z = arguments();
  const std::vector<Logistic> truth = truth_of(z);
  double worst = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const Logistic got = logistic({z[i], 0});
    for (const auto part : {&Logistic::sigmoid, &Logistic::softplus}) {
      const DoubleDouble want = truth[i].*part, difference = (got.*part) + -want;
      const double error = std::abs(difference.hi);
      ASSERT_LE(error, 0x1p-95 * want.hi + 4 * std::numeric_limits<double>::denorm_min()) << z[i];
      if (want.hi > 1e-290) worst = std::max(worst, error / want.hi);
    }
  }
  std::printf("double-double: 2^%.1f\n", std::log2(worst));
  EXPECT_GT(worst, 0) << "an error of exactly 0 everywhere: nothing was compared";
}

TEST(MathMpfr, DoublesOfEveryRunnableIsa) {
  const std::vector<double> z = arguments();
  const std::vector<Logistic> truth = truth_of(z);
  for (const IsaTable* table : runnable_tables()) {
    SCOPED_TRACE(table->name);
    std::vector<double> sigmoid(z.size()), softplus(z.size());
    table->sigmoid_f64(z.data(), sigmoid.data(), z.size());
    table->softplus_f64(z.data(), softplus.data(), z.size());
    double worst_sigmoid = 0, worst_softplus = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double errors[] = {error_in_ulps(sigmoid[i], truth[i].sigmoid),
                               error_in_ulps(softplus[i], truth[i].softplus)};
      ASSERT_LE(errors[0], kMostUlps) << "sigmoid(" << z[i] << ") is " << sigmoid[i];
      ASSERT_LE(errors[1], kMostUlps) << "softplus(" << z[i] << ") is " << softplus[i];
      worst_sigmoid = std::max(worst_sigmoid, errors[0]);
      worst_softplus = std::max(worst_softplus, errors[1]);
    }
    std::printf("%s: sigmoid %.3f ulp, softplus %.3f\n", table->name, worst_sigmoid,
                worst_softplus);
    EXPECT_GT(worst_sigmoid, 0) << "an error of exactly 0 everywhere: nothing was compared";
  }
}

}  // namespace
}  // namespace logigrad
