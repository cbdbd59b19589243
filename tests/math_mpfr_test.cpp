// The kernels' sigmoid and softplus in double against MPFR at 128 bits: a truth that shares nothing
// with the C library. Dense where the exponential of the vector library that the bodies do not use
// would overflow or flush early (709.44, -708.40) and its logarithm of denormals is wrong.
#include <gtest/gtest.h>
#include <mpfr.h>

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
  long double rounded() { return mpfr_get_ld(value_, MPFR_RNDN); }

 private:
  mpfr_t value_;
};

struct Truth {
  long double sigmoid, softplus;
};

// With e = exp(-|z|): e / (1 + e) or 1 / (1 + e), and max(z, 0) + log1p(e).
Truth truth_at(double z) {
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

TEST(MathMpfr, DoublesOfEveryRunnableIsa) {
  const std::vector<double> z = arguments();
  std::vector<Truth> truth(z.size());
  for (std::size_t i = 0; i < z.size(); ++i) truth[i] = truth_at(z[i]);
  for (const IsaTable* table : runnable_tables()) {
    SCOPED_TRACE(table->name);
    std::vector<double> sigmoid(z.size()), softplus(z.size());
    table->sigmoid_f64(z.data(), sigmoid.data(), z.size());
    table->softplus_f64(z.data(), softplus.data(), z.size());
    double worst_sigmoid = 0, worst_softplus = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      const auto error = [](double got, long double want) {
        return error_in_ulps(got, want, static_cast<double>(want));
      };
      const double errors[] = {error(sigmoid[i], truth[i].sigmoid),
                               error(softplus[i], truth[i].softplus)};
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
