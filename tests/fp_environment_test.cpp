// The caller's floating-point environment: what it changes, and that no evaluation changes it.
#include <fenv.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "tests/problem_data.hpp"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace logigrad {
namespace {

// The control bits: rounding, flush-to-zero, traps.
std::uint64_t control() {
#if defined(__SSE2__)
  return _mm_getcsr() & ~std::uint64_t{_MM_EXCEPT_MASK};
#else
  std::uint64_t fpcr;
  asm volatile("mrs %0, fpcr" : "=r"(fpcr));
  return fpcr;
#endif
}

void set_flush_to_zero() {
#if defined(__SSE2__)
  constexpr unsigned kDenormalsAreZero = 1u << 6;
  _mm_setcsr(_mm_getcsr() | _MM_FLUSH_ZERO_ON | kDenormalsAreZero);
#else
  asm volatile("msr fpcr, %0" : : "r"(control() | std::uint64_t{1} << 24));
#endif
}

// Puts back on destruction what was set before.
class Environment {
 public:
  Environment() { fegetenv(&environment_); }
  ~Environment() { fesetenv(&environment_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  fenv_t environment_;
};

template <class T>
std::vector<T> outputs(ProblemData<T>& data, const Variant& variant) {
  data.evaluate(&variant, true);
  std::vector<T> all = data.result();
  all.push_back(*data.db());
  all.push_back(static_cast<T>(data.loss));
  return all;
}

class FpEnvironment : public testing::TestWithParam<Variant> {};

const Shape kShapes[] = {{100, 2}, {533, 5}, {300, 28, 1, 1, true}, {400, 301}};

TEST_P(FpEnvironment, IsLeftAsItWas) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const Shape& shape : kShapes) {
      if (is_slow_cpu(100) && shape.rows * shape.cols > 10'000) continue;
      ProblemData<T> data(shape);
      for (const int rounding : {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        for (const bool flushes : {false, true}) {
          const Environment restored;
          fesetround(rounding);
          if (flushes) set_flush_to_zero();
          const std::uint64_t before = control();
          for (const int threads : {1, 3}) data.evaluate(&GetParam(), true, threads);
          ASSERT_EQ(control(), before) << shape;
        }
      }
    }
  });
}

TEST_P(FpEnvironment, FlushToZeroChangesNothingAboveDenormals) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const Shape& shape : kShapes) {
      ProblemData<T> data(shape);
      const std::vector<T> want = outputs(data, GetParam());
      const Environment restored;
      set_flush_to_zero();
      ASSERT_EQ(outputs(data, GetParam()), want) << shape;
    }
  });
}

// A denormal number that is taken for 0 is off by less than the smallest normal number, which the
// error bound has for every term.
TEST_P(FpEnvironment, FlushedDenormalsStayWithinTheBound) {
  with_type(GetParam(), [&]<class T>(T) {
    for (const Shape& shape : kShapes) {
      ProblemData<T> data(shape);
      for (std::size_t n = 0; n < shape.rows; n += 3)
        data.x(n)[n % shape.cols] = std::numeric_limits<T>::min() / 2;
      Judge<T> judge(data.problem, data.w(), data.b);
      {
        const Environment restored;
        set_flush_to_zero();
        data.evaluate(&GetParam(), true);
      }
      const Verdict verdict = judge.check(data.answer(true), GetParam().margin_depth(shape.cols));
      EXPECT_TRUE(verdict.ok()) << shape << ": " << verdict.where << ' ' << verdict.error_of_bound;
    }
  });
}

// The reduction of the exponential's argument counts on rounding to nearest: otherwise up to twice
// the interval of its polynomial is used.
TEST_P(FpEnvironment, DirectedRoundingStaysNear) {
  with_type(GetParam(), [&]<class T>(T) {
    double worst = 0;
    for (const Shape& shape : kShapes) {
      ProblemData<T> data(shape);
      Judge<T> judge(data.problem, data.w(), data.b);
      for (const int rounding : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        {
          const Environment restored;
          fesetround(rounding);
          data.evaluate(&GetParam(), true);
        }
        const Verdict verdict = judge.check(data.answer(true), GetParam().margin_depth(shape.cols));
        worst = std::max(worst, verdict.error_of_bound);
      }
    }
    EXPECT_LE(worst, sizeof(T) == 4 ? 1 : 20);
    std::printf("%s: %.3g of the bound\n", GetParam().name().c_str(), worst);
  });
}

// Which of the two that a caller may want to trap are raised, in any thread: each has its own.
template <class F>
int raised(int threads, const F& evaluate) {
#pragma omp parallel num_threads(threads)
  feclearexcept(FE_ALL_EXCEPT);
  evaluate();
  int flags = 0;
#pragma omp parallel num_threads(threads) reduction(| : flags)
  flags |= fetestexcept(FE_INVALID | FE_DIVBYZERO);
  return flags;
}

// What stands behind the rows, which some bodies multiply by a slope and do not look at.
template <class T>
void pad(ProblemData<T>& data, T value) {
  for (std::size_t n = 0; n < data.problem.rows; ++n)
    std::fill_n(data.x(n) + data.problem.cols, data.problem.stride - data.problem.cols, value);
}

// At least three chunks, for as many threads; each kind of row.
const Shape kPaddedShapes[] = {{4100, 3, 2}, {4100, 5, 1}, {4100, 28, 3, 1, true}, {390, 520, 7}};

// What a caller with feenableexcept(FE_INVALID | FE_DIVBYZERO) may count on.
TEST_P(FpEnvironment, FiniteDataRaiseNeitherInvalidNorDivisionByZero) {
  with_type(GetParam(), [&]<class T>(T) {
    const auto expect_none = [&](ProblemData<T>& data, int threads, const std::string& what) {
      for (const bool want_loss : {false, true}) {
        EXPECT_EQ(raised(threads, [&] { data.evaluate(&GetParam(), want_loss, threads); }), 0)
            << data.problem.rows << "x" << data.problem.cols << ", " << threads << " threads, "
            << what << (want_loss ? ", with the loss" : "");
      }
    };
    const Environment restored;
    for (const Shape& shape : kShapes) {
      for (const T b : {T(0), T(1e30), T(-1e30)}) {
        ProblemData<T> data({shape.rows, shape.cols, 0, shape.offset, shape.weighted});
        data.b = b;
        expect_none(data, 1, "b = " + std::to_string(b));
      }
    }
    for (const Shape& shape : kPaddedShapes) {
      ASSERT_EQ(planned_threads(shape.rows, shape.cols, kDtypeOf<T>, 3), 3);
      ProblemData<T> data(shape);
      for (const T padding : {T(0), T(-1e6), std::numeric_limits<T>::quiet_NaN()}) {
        pad(data, padding);
        for (const int threads : {1, 3})
          expect_none(data, threads, "padding " + std::to_string(padding));
      }
    }
  });
}

// What may raise FE_INVALID is not allowed to change a bit either.
TEST_P(FpEnvironment, PaddingOfAnyKindChangesNothing) {
  using Limits = std::numeric_limits<double>;
  with_type(GetParam(), [&]<class T>(T) {
    for (const Shape& shape : kPaddedShapes) {
      ProblemData<T> data(shape);
      const std::vector<T> want = outputs(data, GetParam());
      const Environment restored;
      for (const T padding :
           {static_cast<T>(Limits::infinity()), static_cast<T>(-Limits::infinity()),
            std::numeric_limits<T>::max(), std::numeric_limits<T>::signaling_NaN()}) {
        pad(data, padding);
        ASSERT_EQ(outputs(data, GetParam()), want) << shape << " padding " << padding;
      }
    }
  });
}

// That the flags are seen where they are raised, in all threads: margins of inf - inf in the last
// chunk, and 0 / 0 for the mean of no weight at all.
TEST_P(FpEnvironment, WhatIsNotFiniteRaisesInvalid) {
  with_type(GetParam(), [&]<class T>(T) {
    const Environment restored;
    for (const Shape& shape : kPaddedShapes) {
      ProblemData<T> data({shape.rows, shape.cols, 0, 0, true});
      EXPECT_EQ(raised(3, [&] { data.evaluate(&GetParam(), false, 3); }), 0) << shape;
      for (const std::size_t j : {0u, 1u}) {
        data.w()[j] = 2;
        data.x(shape.rows - 1)[j] = (j ? -1 : 1) * std::numeric_limits<T>::infinity();
      }
      EXPECT_EQ(raised(3, [&] { data.evaluate(&GetParam(), false, 3); }), FE_INVALID) << shape;
      data.x(shape.rows - 1)[0] = data.x(shape.rows - 1)[1] = 0;
      std::fill_n(data.weights(), shape.rows, T(0));
      data.problem.reduction = Reduction::kMean;
      EXPECT_EQ(raised(1, [&] { data.evaluate(&GetParam(), false); }), FE_INVALID) << shape;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Variant, FpEnvironment, testing::ValuesIn(runnable_variants()), test_name);

}  // namespace
}  // namespace logigrad
