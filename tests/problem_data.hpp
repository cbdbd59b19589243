// Problems for the tests: owned buffers with everything round them that may go wrong.
//
// Bases can be misaligned, rows padded with NaN, and every buffer lies between canaries: intact()
// tells whether anything but the outputs was written.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <ostream>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "logigrad/evaluate.hpp"
#include "logigrad/problem.hpp"
#include "logigrad/reference.hpp"
#include "logigrad/variant.hpp"

namespace logigrad {

struct Shape {
  std::size_t rows, cols;
  std::size_t padding = 0;  // stride - cols
  std::size_t offset = 0;   // of every base, in elements
  bool weighted = false;

  friend std::ostream& operator<<(std::ostream& out, const Shape& s) {
    return out << s.rows << "x" << s.cols << " padding " << s.padding << " offset " << s.offset
               << (s.weighted ? " weighted" : "");
  }
};

// Whether the CPU is as many times slower than others, or more: LOGIGRAD_SLOW_CPU says so of an
// emulated one (qemu's 10, Bochs' 100). Tests then leave out what is large.
inline bool is_slow_cpu(int times) {
  static const char* const slowness = std::getenv("LOGIGRAD_SLOW_CPU");
  return slowness != nullptr && std::atoi(slowness) >= times;
}

enum class Fill {
  kNormal,   // standard normal X, w of norm about 1: margins of order 1
  kInteger,  // X of integers in [-8, 8]; w = 0, b = 0: the exact test's data
};

// Memory that begins with a cache line, so that an offset of 0 is an aligned base.
template <class T>
struct LineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kLine{64};
  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kLine));
  }
  void deallocate(T* memory, std::size_t) { ::operator delete(memory, kLine); }
  bool operator==(const LineAllocator&) const = default;
};

template <class T, class Allocator>
bool same_bits(const std::vector<T, Allocator>& a, const std::vector<T, Allocator>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

template <class T>
class ProblemData {
 public:
  explicit ProblemData(const Shape& shape, Fill fill = Fill::kNormal, unsigned seed = 1)
      : ProblemData(shape, Zeros{}) {
    if (is_slow_cpu(10)) {
      copy(drawn_once(shape, fill, seed));
    } else {
      draw(fill, seed);
    }
    inputs_ = {x_, y_, weights_, w_};
  }

  ProblemData(const ProblemData&) = delete;
  ProblemData& operator=(const ProblemData&) = delete;

  Problem<T> problem;
  T b = 0;
  double loss = 0;  // of the last evaluate()

  const T* w() const { return base(w_); }
  T* w() { return base(w_); }
  T* x(std::size_t row) { return base(x_) + row * stride_; }
  T* y() { return base(y_); }
  T* weights() { return base(weights_); }  // of a weighted problem
  T* dw() { return base(dw_); }
  T* db() { return base(db_); }

  // Evaluates with `variant` (null: auto) into dw(), db() and, if asked for, `loss`. What was there
  // before is gone: an answer that is not written is none.
  void evaluate(const Variant* variant, bool want_loss, int threads = 1) {
    Options options{variant, threads, &workspace_};
    std::fill_n(dw(), shape_.cols, kUnwritten);
    *db() = kUnwritten;
    if (want_loss) {
      loss = loss_gradient(problem, w(), b, dw(), db(), options);
    } else {
      gradient(problem, w(), b, dw(), db(), options);
    }
  }

  Answer<T> answer(bool with_loss) {
    return {dw(), problem.intercept ? db() : nullptr, with_loss ? &loss : nullptr};
  }

  std::vector<T> result() { return {dw(), dw() + shape_.cols}; }

  // Whether inputs, canaries and, without an intercept, db are as they were.
  bool intact() const {
    const Memory* now[] = {&x_, &y_, &weights_, &w_};
    for (std::size_t i = 0; i < 4; ++i) {
      if (!same_bits(*now[i], inputs_[i])) return false;
    }
    const bool is_db_right = problem.intercept || *base(db_) == kUnwritten;
    return is_db_right && guarded(dw_, shape_.cols) && guarded(db_, 1);
  }

 private:
  using Memory = std::vector<T, LineAllocator<T>>;

  struct Zeros {};

  ProblemData(const Shape& shape, Zeros)
      : shape_(shape),
        stride_(shape.cols + shape.padding),
        x_(buffer(shape.rows * stride_, std::numeric_limits<T>::quiet_NaN())),
        y_(buffer(shape.rows, T(1))),
        weights_(buffer(shape.rows, T(1))),
        w_(buffer(shape.cols, T(0))),
        dw_(buffer(shape.cols, kUnwritten)),
        db_(buffer(1, kUnwritten)) {
    problem.x = base(x_);
    problem.rows = shape.rows;
    problem.cols = shape.cols;
    problem.stride = stride_;
    problem.y = base(y_);
    problem.weights = shape.weighted ? base(weights_) : nullptr;
  }

  void draw(Fill fill, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::uniform_int_distribution<int> integer(-8, 8);
    const auto value = [&] { return fill == Fill::kNormal ? normal(random) : integer(random); };
    for (std::size_t n = 0; n < shape_.rows; ++n)
      std::generate_n(x(n), shape_.cols, [&] { return static_cast<T>(value()); });
    for (std::size_t n = 0; n < shape_.rows; ++n) {
      y()[n] = integer(random) > 0 ? T(1) : T(-1);
      weights()[n] = static_cast<T>(0.25 * std::abs(integer(random)));
    }
    if (fill != Fill::kNormal) return;
    const double scale = 1 / std::sqrt(static_cast<double>(shape_.cols) + 1);
    const auto coefficient = [&] { return static_cast<T>(scale * normal(random)); };
    std::generate_n(w(), shape_.cols, coefficient);
    b = coefficient();
  }

  // The numbers of another with as many rows and columns, whatever its layout.
  void copy(ProblemData& other) {
    for (std::size_t n = 0; n < shape_.rows; ++n) std::copy_n(other.x(n), shape_.cols, x(n));
    std::copy_n(other.y(), shape_.rows, y());
    std::copy_n(other.weights(), shape_.rows, weights());
    std::copy_n(other.w(), shape_.cols, w());
    b = other.b;
  }

  // Kept for all tests: under qemu some took ten times as long when each drew its numbers anew.
  static ProblemData& drawn_once(const Shape& shape, Fill fill, unsigned seed) {
    static std::map<std::tuple<std::size_t, std::size_t, Fill, unsigned>,
                    std::unique_ptr<ProblemData>>
        known;
    std::unique_ptr<ProblemData>& data = known[{shape.rows, shape.cols, fill, seed}];
    if (!data) {
      data.reset(new ProblemData({shape.rows, shape.cols}, Zeros{}));
      data->draw(fill, seed);
    }
    return *data;
  }

  static constexpr T kCanary = T(-7.5e11), kUnwritten = T(3.5e11);
  static constexpr std::size_t kGuard = 64;  // elements on either side

  Memory buffer(std::size_t count, T value) const {
    Memory memory(2 * kGuard + shape_.offset + count, kCanary);
    for (std::size_t i = 0; i < count; ++i) memory[kGuard + shape_.offset + i] = value;
    return memory;
  }
  T& at(Memory& memory, std::size_t i) const { return memory[kGuard + shape_.offset + i]; }
  T* base(Memory& memory) const { return memory.data() + kGuard + shape_.offset; }
  const T* base(const Memory& memory) const { return memory.data() + kGuard + shape_.offset; }

  bool guarded(const Memory& memory, std::size_t count) const {
    const std::size_t first = kGuard + shape_.offset;
    for (std::size_t i = 0; i < memory.size(); ++i) {
      if ((i < first || i >= first + count) && memory[i] != kCanary) return false;
    }
    return true;
  }

  Shape shape_;
  std::size_t stride_;
  Memory x_, y_, weights_, w_, dw_, db_;
  std::vector<Memory> inputs_;
  Workspace workspace_;
};

// Variants that can run here, of one body or of all; and how GoogleTest names one.
inline std::vector<Variant> runnable_variants(std::string_view body = "") {
  std::vector<Variant> result;
  for (const Variant& variant : variants()) {
    if (variant.runnable() && (body.empty() || variant.body == body)) result.push_back(variant);
  }
  return result;
}

inline std::string test_name(const testing::TestParamInfo<Variant>& info) {
  std::string name = info.param.name();
  for (char& c : name) c = c == '/' || c == ':' ? '_' : c;
  return name;
}

// Calls f<T>() for the variant's type.
template <class F>
void with_type(const Variant& variant, F f) {
  if (variant.dtype == Dtype::kF32) {
    f(float{});
  } else {
    f(double{});
  }
}

inline std::ostream& operator<<(std::ostream& out, const Variant& variant) {
  return out << variant.name();
}

}  // namespace logigrad
