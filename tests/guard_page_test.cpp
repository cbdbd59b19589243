// Nothing outside the arrays is touched: each lies between pages that may not be, once against the
// page behind it and once against the page before, so that a load one element too far is a crash,
// whatever a mask makes of it. AddressSanitizer takes a build of its own.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <set>
#include <vector>

#include "kernels/registry.hpp"
#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

// Memory between two inaccessible pages, for arrays that begin or end with it.
template <class T>
class Guarded {
 public:
  explicit Guarded(std::size_t most) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    inner_ = (most * sizeof(T) + page - 1) / page * page;
    size_ = inner_ + 2 * page;
    memory_ = mmap(nullptr, size_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory_ == MAP_FAILED) throw std::bad_alloc();
    begin_ = static_cast<char*>(memory_) + page;
    if (mprotect(begin_, inner_, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
  }
  ~Guarded() { munmap(memory_, size_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  // The place of `count` elements against the page behind or the one before.
  T* at(std::size_t count, bool at_end) const {
    return reinterpret_cast<T*>(at_end ? begin_ + inner_ - count * sizeof(T) : begin_);
  }
  const T* copy(const T* from, std::size_t count, bool at_end) const {
    return std::copy_n(from, count, at(count, at_end)) - count;
  }

 private:
  std::size_t inner_, size_;
  void* memory_;
  char* begin_;
};

// Evaluates copies of problems, the outputs guarded like the inputs.
template <class T>
class GuardedEvaluation {
 public:
  GuardedEvaluation(std::size_t most_rows, std::size_t most_stride)
      : x_(most_rows * most_stride),
        y_(most_rows),
        weights_(most_rows),
        w_(most_stride),
        dw_(most_stride),
        db_(1) {}

  // dw, then db.
  std::vector<T> operator()(ProblemData<T>& data, const Variant& variant, bool at_end,
                            bool want_loss) const {
    Problem<T> p = data.problem;
    // Behind the last row there is no padding.
    const std::size_t extent = p.rows && p.cols ? (p.rows - 1) * p.stride + p.cols : 0;
    p.x = x_.copy(p.x, extent, at_end);
    p.y = y_.copy(p.y, p.rows, at_end);
    if (p.weights) p.weights = weights_.copy(p.weights, p.rows, at_end);
    T *const dw = dw_.at(p.cols, at_end), *const db = db_.at(1, at_end);
    const T* const w = w_.copy(data.w(), p.cols, at_end);
    // A body may read X in another order if it comes from memory, which takes more than is here.
    const BodyEntry<T>& body = body_of<T>(variant);
    std::vector<double> sums(p.cols + 2);
    Workspace scratch;
    (want_loss ? body.loss_gradient : body.gradient)(
        {p.x, p.rows, p.cols, p.cols ? p.stride : 0, p.y, p.weights, w, data.b, true},
        reinterpret_cast<T*>(scratch.reserve((body.scratch(p.cols) + 1) * sizeof(T))), sums.data());
    const Options options{&variant, 1, nullptr};
    if (want_loss)
      loss_gradient(p, w, data.b, dw, db, options);
    else
      gradient(p, w, data.b, dw, db, options);
    std::vector<T> result(dw, dw + p.cols);
    result.push_back(*db);
    return result;
  }

 private:
  Guarded<T> x_, y_, weights_, w_, dw_, db_;
};

class GuardPage : public testing::TestWithParam<Variant> {};

template <class T>
void expect_no_touch(const GuardedEvaluation<T>& evaluate_guarded, const Variant& variant,
                     std::size_t rows, std::size_t cols) {
  for (const unsigned bits : {0u, 1u, 2u, 3u}) {
    const Shape shape{rows, cols, bits & 1u, 0, (bits & 2) != 0};
    ProblemData<T> data(shape);
    data.evaluate(&variant, true);
    std::vector<T> want = data.result();
    want.push_back(*data.db());
    for (const bool want_loss : {false, true}) {
      for (const bool at_end : {false, true}) {
        const std::vector<T> got = evaluate_guarded(data, variant, at_end, want_loss);
        // The order of autovec's sums is the compiler's.
        if (variant.body == "autovec") continue;
        ASSERT_EQ(got, want) << shape;
      }
    }
  }
}

TEST_P(GuardPage, NothingBehindOrBeforeTheArraysIsTouched) {
  with_type(GetParam(), [&]<class T>(T) {
    const std::size_t lanes = GetParam().lanes, more = 9 * lanes + 1;
    const GuardedEvaluation<T> evaluate_guarded(std::max<std::size_t>(67, 4 * lanes), more + 1);
    for (const std::size_t cols :
         std::set<std::size_t>{0, 1, 2, 3, 5, 7, lanes, lanes + 1, 2 * lanes + 1, 4 * lanes + 3,
                               8 * lanes - 1, more}) {
      for (const std::size_t rows :
           std::set<std::size_t>{0, 1, 2, 3, 7, lanes, lanes + 1, 2 * lanes + 3, 4 * lanes, 67})
        expect_no_touch(evaluate_guarded, GetParam(), rows, cols);
    }
  });
}

// `panel` goes through these in ways of their own: longer than 1 KiB, and whole pages.
TEST_P(GuardPage, NorOfWideRows) {
  with_type(GetParam(), [&]<class T>(T) {
    const GuardedEvaluation<T> evaluate_guarded(13, 2049);
    for (const std::size_t cols : {300u, 512u, 1024u, 2048u}) {
      for (const std::size_t rows : {1u, 2u, 3u, 4u, 12u, 13u})
        expect_no_touch(evaluate_guarded, GetParam(), rows, cols);
    }
  });
}

class GuardPageOfBlock : public GuardPage {};

// With AVX-512 `block` puts the vectors of these together from lines, since L1 may not hold X: of
// rows of three, five and eight vectors, which may end where a line and the page do, and with
// tails, of one strip and of several; but for the shortest, which have no vector between whole
// ones.
TEST_P(GuardPageOfBlock, NothingAroundLinesIsTouched) {
  with_type(GetParam(), [&]<class T>(T) {
    const std::size_t lanes = GetParam().lanes, kib = 1024 / sizeof(T);
    for (const std::size_t cols :
         {lanes + 3, 3 * lanes, 5 * lanes, 8 * lanes, 8 * lanes + 1, 17 * lanes - 1, 41 * lanes}) {
      const std::size_t rows = 33 * kib / cols + 1;
      const GuardedEvaluation<T> evaluate_guarded(rows, cols + 1);
      expect_no_touch(evaluate_guarded, GetParam(), rows, cols);
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Variant, GuardPage, testing::ValuesIn(runnable_variants()), test_name);
INSTANTIATE_TEST_SUITE_P(Variant, GuardPageOfBlock, testing::ValuesIn(runnable_variants("block")),
                         test_name);

// That the guard guards.
TEST(GuardPageDeathTest, OneElementTooFar) {
  const auto read = [](const float* at) { return *const_cast<const volatile float*>(at); };
  const Guarded<float> memory(5);
  EXPECT_EQ(read(memory.at(5, true) + 4), 0.0f);
  EXPECT_EQ(read(memory.at(5, false)), 0.0f);
  EXPECT_DEATH(read(memory.at(5, true) + 5), "");
  EXPECT_DEATH(read(memory.at(5, false) - 1), "");
}

}  // namespace
}  // namespace logigrad
