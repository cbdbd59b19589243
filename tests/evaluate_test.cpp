// The evaluation as a caller sees it: arguments, degenerate sizes, known answers, the derivative.
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>
#include <functional>
#include <limits>
#include <new>
#include <numbers>
#include <stdexcept>

#include "logigrad/cost_model.hpp"
#include "tests/problem_data.hpp"

// ThreadSanitizer has operators of its own.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LOGIGRAD_CANNOT_COUNT_ALLOCATIONS
#endif
#elif defined(__SANITIZE_THREAD__)
#define LOGIGRAD_CANNOT_COUNT_ALLOCATIONS
#endif

#ifndef LOGIGRAD_CANNOT_COUNT_ALLOCATIONS
namespace {
std::size_t allocations = 0;
}

// Counts what an evaluation allocates; operator new only, the Workspace's own memory aside.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size ? size : 1)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace logigrad {
namespace {

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

// The message of a call whose problem was changed by `change`; it must begin with the argument.
std::string error_with(const std::function<void(ProblemData<float>&)>& change) {
  ProblemData<float> data({10, 4, 0, 0, true});
  change(data);
  return error_of([&] { data.evaluate(nullptr, true); });
}

TEST(Arguments, NamedInErrors) {
  using Data = ProblemData<float>;
  EXPECT_EQ(error_with([](Data& d) { d.problem.x = nullptr; }).rfind("x: is null", 0), 0u);
  EXPECT_EQ(error_with([](Data& d) { d.problem.y = nullptr; }).rfind("y: is null", 0), 0u);
  EXPECT_EQ(error_with([](Data& d) { d.problem.stride = 3; }).rfind("stride: found 3", 0), 0u);
  EXPECT_EQ(error_with([](Data& d) { d.problem.l2 = -1; }).rfind("l2: found -1", 0), 0u);
  EXPECT_EQ(error_with([](Data& d) { d.problem.l2 = NAN; }).rfind("l2: found", 0), 0u);
  EXPECT_EQ(error_with([](Data& d) { d.problem.rows = SIZE_MAX / 8; }).rfind("rows: ", 0), 0u);
}

TEST(Arguments, PointersAndOverlap) {
  ProblemData<double> d({10, 4, 0, 0, true});
  const auto call = [&](const double* w, double* dw, double* db) {
    return error_of([&] { loss_gradient(d.problem, w, d.b, dw, db); });
  };
  EXPECT_EQ(call(nullptr, d.dw(), d.db()).rfind("w: is null", 0), 0u);
  EXPECT_EQ(call(d.w(), nullptr, d.db()).rfind("dw: is null", 0), 0u);
  EXPECT_EQ(call(d.w(), d.dw(), nullptr).rfind("db: is null", 0), 0u);
  EXPECT_EQ(call(d.w(), d.w(), d.db()), "dw: overlaps w");
  EXPECT_EQ(call(d.w(), d.w() + 3, d.db()), "dw: overlaps w");
  EXPECT_EQ(call(d.w(), d.x(9), d.db()), "dw: overlaps x");
  EXPECT_EQ(call(d.w(), d.dw(), d.y() + 9), "db: overlaps y");
  EXPECT_EQ(call(d.w(), d.dw(), d.dw() + 3), "db: overlaps dw");
  EXPECT_EQ(call(d.w(), d.dw(), d.db()), "no error");
  EXPECT_TRUE(d.intact());
}

TEST(Arguments, ThreadsAndVariant) {
  ProblemData<double> d({10, 4});
  EXPECT_EQ(error_of([&] { d.evaluate(nullptr, true, -1); }), "threads: found -1, expected >= 0");
  const Variant& other = find_variant("fused", Dtype::kF32, 1, 1);
  EXPECT_EQ(error_of([&] { d.evaluate(&other, true); }),
            "variant: fused/generic/f32 is not of type f64");
}

TEST(Arguments, CheckedLooksAtLabelsAndWeights) {
  ProblemData<float> d({10, 4, 0, 0, true});
  EXPECT_EQ(&d.problem.checked(), &d.problem);
  std::vector<float> weights(10, 1.0f);
  d.problem.weights = weights.data();
  weights[7] = -1;
  EXPECT_EQ(error_of([&] { d.problem.checked(); }).rfind("weights: found -1.000000 in row 7", 0),
            0u);
  weights[7] = INFINITY;
  EXPECT_EQ(error_of([&] { d.problem.checked(); }).rfind("weights: found inf in row 7", 0), 0u);
  weights[7] = 0;
  d.y()[3] = 0;
  EXPECT_EQ(error_of([&] { d.problem.checked(); }).rfind("y: found 0.000000 in row 3", 0), 0u);
  d.y()[3] = NAN;
  EXPECT_EQ(error_of([&] { d.problem.checked(); }).rfind("y: found nan in row 3", 0), 0u);
}

class EveryVariant : public testing::TestWithParam<Variant> {};

TEST_P(EveryVariant, NoRowsGiveZeros) {
  with_type(GetParam(), [&]<class T>(T) {
    T w[] = {2, 3}, dw[] = {9, 9}, db = 9;
    Problem<T> p{.cols = 2, .stride = 2};
    const Options options{&GetParam(), 1, nullptr};
    EXPECT_EQ(loss_gradient(p, w, T(1), dw, &db, options), 0);
    EXPECT_EQ(dw[0], 0);
    EXPECT_EQ(dw[1], 0);
    EXPECT_EQ(db, 0);
    p.l2 = 2;
    p.reduction = Reduction::kMean;
    EXPECT_EQ(loss_gradient(p, w, T(1), dw, &db, options), 13);
    EXPECT_EQ(dw[1], 6);
  });
}

TEST_P(EveryVariant, NoColumnsFitTheIntercept) {
  with_type(GetParam(), [&]<class T>(T) {
    const T y[] = {1, 1, -1};
    T db = 9;
    const Problem<T> p{.rows = 3, .y = y};
    const double loss = loss_gradient<T>(p, nullptr, T(0), nullptr, &db, {&GetParam(), 1, nullptr});
    EXPECT_NEAR(loss, 3 * std::numbers::ln2, 1e-6);
    EXPECT_EQ(db, T(-0.5));
  });
}

TEST_P(EveryVariant, NanInARowReachesEverything) {
  with_type(GetParam(), [&]<class T>(T) {
    ProblemData<T> data({300, 11, 0, 0, true});
    std::vector<T> weights(300, T(1));
    weights[123] = 0;  // even a row of weight 0: 0 NaN = NaN
    data.problem.weights = weights.data();
    data.x(123)[5] = std::numeric_limits<T>::quiet_NaN();
    data.evaluate(&GetParam(), true);
    EXPECT_TRUE(std::isnan(data.loss));
    EXPECT_TRUE(std::isnan(*data.db()));
    for (const T d : data.result()) EXPECT_TRUE(std::isnan(d));
  });
}

TEST_P(EveryVariant, InfiniteMarginGivesTheLimit) {
  with_type(GetParam(), [&]<class T>(T) {
    const T inf = std::numeric_limits<T>::infinity();
    const T x[] = {1, 2, 1, 2}, y[] = {1, -1}, w[] = {0, 0};
    T dw[2], db;
    const Problem<T> p{.x = x, .rows = 2, .cols = 2, .stride = 2, .y = y};
    const double loss = loss_gradient(p, w, inf, dw, &db, {&GetParam(), 1, nullptr});
    EXPECT_EQ(db, 1);  // the row of label +1 adds 0, that of label -1 adds 1
    EXPECT_EQ(dw[1], 2);
    EXPECT_EQ(loss, INFINITY);
  });
}

// Central differences of the loss in double: an answer that shares no line with the gradient.
TEST_P(EveryVariant, GradientIsTheDerivativeOfTheLoss) {
  with_type(GetParam(), [&]<class T>(T) {
    ProblemData<double> data({83, 9, 1, 1, true});
    data.problem.l2 = 0.3;
    const double step = 1e-6;
    const Variant& judged = GetParam();
    ProblemData<T> same({83, 9, 1, 1, true});
    same.problem.l2 = 0.3;
    same.evaluate(&judged, true);
    for (std::size_t j = 0; j <= 9; ++j) {
      double& parameter = j < 9 ? data.w()[j] : data.b;
      const double at = parameter;
      parameter = at + step;
      const double above = reference(data.problem, data.w(), data.b).loss;
      parameter = at - step;
      const double below = reference(data.problem, data.w(), data.b).loss;
      parameter = at;
      const T got = j < 9 ? same.dw()[j] : *same.db();
      EXPECT_NEAR(static_cast<double>(got), (above - below) / (2 * step),
                  sizeof(T) == 4 ? 2e-4 : 1e-7)
          << "parameter " << j;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Variant, EveryVariant, testing::ValuesIn(runnable_variants()), test_name);

TEST(Workspaces, ACallInALoopAllocatesNothing) {
#ifdef LOGIGRAD_CANNOT_COUNT_ALLOCATIONS
  GTEST_SKIP() << "for want of an operator new that counts: this is ThreadSanitizer's";
#else
  for (const int threads : {1, 2}) {
    ProblemData<float> data({20000, 40});
    data.evaluate(nullptr, true, threads);
    const std::size_t before = allocations;
    for (int i = 0; i < 5; ++i) data.evaluate(nullptr, true, threads);
    EXPECT_EQ(allocations, before) << threads << " threads";
  }
#endif
}

TEST(CostModel, CountsXAndLabelsOnce) {
  static_assert(cost_of(10, 3, 4).bytes == 10 * 4 * 4);
  static_assert(cost_of(10, 3, 8, true).bytes == 10 * 5 * 8);
  static_assert(cost_of(10, 3, 4).flops == 120);
}

}  // namespace
}  // namespace logigrad
