// Differential: a variant on a problem drawn from the input, against the reference. Shape, stride,
// alignment, options and numbers are what the fuzzer wants; the arrays are as long as they must be,
// each in an allocation of its own, so that AddressSanitizer sees one element too far.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "logigrad/evaluate.hpp"
#include "logigrad/reference.hpp"
#include "tests/fuzz/expect.hpp"

namespace logigrad::fuzz {
namespace {

// The input, taken byte by byte; behind its end are zeros.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), end_(data + size) {}

  bool empty() const { return data_ == end_; }
  unsigned next() { return empty() ? 0 : *data_++; }
  unsigned below(unsigned most) { return next() % most; }
  bool flag() { return next() & 1; }

 private:
  const std::uint8_t *data_, *end_;
};

// Memory that begins `offset` elements into an allocation and ends with it.
template <class T>
class Exact {
 public:
  Exact(std::size_t count, std::size_t offset)
      : memory_(new T[count + offset]()), begin_(memory_.get() + offset), count_(count) {}
  T* data() { return count_ ? begin_ : nullptr; }
  std::size_t size() const { return count_; }

 private:
  std::unique_ptr<T[]> memory_;
  T* begin_;
  std::size_t count_;
};

// Small numbers from a generator, but for those that the input places.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}

  double next() {  // in [-1, 1)
    state_ ^= state_ << 13, state_ ^= state_ >> 7, state_ ^= state_ << 17;
    return static_cast<double>(static_cast<std::int64_t>(state_)) * 0x1p-63;
  }

 private:
  std::uint64_t state_;
};

// What the bound is for: sums of |w x| + |b| that are finite in float. Of 765 columns they are.
template <class T>
T special(unsigned which, bool is_x) {
  using Limits = std::numeric_limits<T>;
  const T large = is_x ? T(1e30) : T(1e4);
  const T values[] = {T(0),
                      T(-0.0),
                      T(1),
                      T(-1),
                      Limits::denorm_min(),
                      -Limits::min(),
                      large,
                      -large,
                      T(1e-30),
                      T(17),
                      T(-88.5),
                      T(709.5),
                      Limits::epsilon(),
                      Limits::quiet_NaN(),
                      Limits::infinity(),
                      -Limits::infinity()};
  return values[which % std::size(values)];
}

template <class T>
struct Drawn {
  Exact<T> x, y, weights, w, dw, db;
  Problem<T> problem;
  T b;

  static Drawn from(Bytes& bytes) {
    // Many rows have few columns, so that each input is judged in milliseconds.
    const std::size_t cols = bytes.flag() ? bytes.below(20) : bytes.next() + 2 * bytes.next();
    const std::size_t most_rows = 16384 / (cols + 4);
    const std::size_t rows =
        bytes.flag() ? bytes.below(64) : (bytes.next() * 256u + bytes.next()) % most_rows;
    return Drawn(rows, cols, bytes);
  }

 private:
  Drawn(std::size_t rows, std::size_t cols, Bytes& bytes)
      : Drawn(rows, cols, bytes.below(4), bytes) {}
  Drawn(std::size_t rows, std::size_t cols, std::size_t gap, Bytes& bytes)
      : x(rows && cols ? (rows - 1) * (cols + gap) + cols : 0, bytes.below(16)),
        y(rows, bytes.below(16)),
        weights(bytes.flag() ? rows : 0, bytes.below(16)),
        w(cols, bytes.below(16)),
        dw(cols, bytes.below(16)),
        db(1, 0) {
    const unsigned options = bytes.next();
    problem = {.x = x.data(), .rows = rows, .cols = cols, .stride = cols + gap, .y = y.data()};
    if (weights.size()) problem.weights = weights.data();
    problem.l2 = options & 1 ? 0.7 : 0;
    problem.intercept = options & 2;
    problem.reduction = options & 4 ? Reduction::kMean : Reduction::kSum;
    fill(bytes);
    place(bytes);
  }

  void fill(Bytes& bytes) {
    Numbers numbers(bytes.next());
    const double size = std::ldexp(1.0, static_cast<int>(bytes.below(40)) - 20);
    const auto draw = [&](Exact<T>& values, double scale) {
      for (std::size_t i = 0; i < values.size(); ++i)
        values.data()[i] = static_cast<T>(scale * numbers.next());
    };
    draw(x, size), draw(w, bytes.flag() ? 1 : 0), draw(y, 1), draw(weights, 2);
    for (std::size_t n = 0; n < y.size(); ++n) y.data()[n] = y.data()[n] < 0 ? T(-1) : T(1);
    for (std::size_t n = 0; n < weights.size(); ++n)
      weights.data()[n] = std::abs(weights.data()[n]);
    b = static_cast<T>(numbers.next());
  }

  void place(Bytes& bytes) {
    while (!bytes.empty()) {
      const unsigned where = bytes.next(), which = bytes.next();
      const std::size_t index = bytes.next() * 256u + bytes.next();
      const auto put = [&](Exact<T>& values, bool is_x) {
        if (values.size()) values.data()[index % values.size()] = special<T>(which, is_x);
      };
      if (where % 4 == 0) put(x, true);
      if (where % 4 == 1) put(w, false);
      if (where % 4 == 2) b = special<T>(which, true);
      if (where % 4 == 3 && weights.size())
        weights.data()[index % weights.size()] = std::abs(special<T>(which % 13, false));
    }
  }
};

enum class Kind { kNan, kInfinite, kMinusInfinite, kFinite };

Kind kind_of(double value) {
  if (std::isnan(value)) return Kind::kNan;
  return std::isfinite(value) ? Kind::kFinite : value > 0 ? Kind::kInfinite : Kind::kMinusInfinite;
}

// The kinds of number; and where all are finite, the bound.
template <class T>
void judge(Drawn<T>& d, const Variant& variant, double loss) {
  Judge<T> judge(d.problem, d.w.data(), d.b);
  const Reference& want = judge.expected();
  const auto same_kind = [](double got, double wanted) {
    return kind_of(got) == kind_of(static_cast<T>(wanted));
  };
  bool finite = std::isfinite(static_cast<T>(want.loss)) && std::isfinite(static_cast<T>(want.db));
  for (const double value : want.dw) finite = finite && std::isfinite(static_cast<T>(value));
  if (finite) {
    const Answer<T> answer{d.dw.data(), d.problem.intercept ? d.db.data() : nullptr, &loss};
    const Verdict verdict = judge.check(answer, variant.margin_depth(d.problem.cols));
    expect(verdict.ok(), variant.name() + ": " + verdict.where + " is off by " +
                             std::to_string(verdict.error_of_bound) + " bounds");
    return;
  }
  for (std::size_t j = 0; j < d.problem.cols; ++j)
    expect(same_kind(static_cast<double>(d.dw.data()[j]), want.dw[j]),
           variant.name() + ": another kind of number in dw");
  if (d.problem.intercept)
    expect(same_kind(static_cast<double>(*d.db.data()), want.db),
           variant.name() + ": another kind of number in db");
  expect(same_kind(static_cast<double>(static_cast<T>(loss)), want.loss),
         variant.name() + ": another kind of number as the loss");
}

template <class T>
bool same_bits(T a, T b) {
  return std::memcmp(&a, &b, sizeof(T)) == 0 || (std::isnan(a) && std::isnan(b));
}

// Other threads, and no loss: not one other bit, but those of a NaN.
template <class T>
void expect_same_bits(Drawn<T>& d, const Options& options) {
  const std::vector<T> first(d.dw.data(), d.dw.data() + d.dw.size());
  const T first_db = *d.db.data();
  std::fill_n(d.dw.data(), d.dw.size(), T(7));
  gradient(d.problem, d.w.data(), d.b, d.dw.data(), d.db.data(), options);
  expect(same_bits(first_db, *d.db.data()) &&
             std::equal(first.begin(), first.end(), d.dw.data(), same_bits<T>),
         options.variant->name() + ": other bits without the loss, or by other threads");
}

template <class T>
void run(const Variant& variant, int threads, Bytes& bytes) {
  Drawn<T> d = Drawn<T>::from(bytes);
  const Options options{&variant, 1, nullptr};
  const double loss = loss_gradient(d.problem, d.w.data(), d.b, d.dw.data(), d.db.data(), options);
  judge(d, variant, loss);
  expect_same_bits(d, {&variant, threads, nullptr});
}

}  // namespace
}  // namespace logigrad::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace logigrad;
  static const std::vector<Variant> runnable = [] {
    std::vector<Variant> result;
    for (const Variant& variant : variants()) {
      if (variant.runnable()) result.push_back(variant);
    }
    return result;
  }();
  fuzz::Bytes bytes(data, size);
  const Variant& variant = runnable[bytes.next() % runnable.size()];
  const int threads = 1 + static_cast<int>(bytes.below(3));
  if (variant.dtype == Dtype::kF32) {
    fuzz::run<float>(variant, threads, bytes);
  } else {
    fuzz::run<double>(variant, threads, bytes);
  }
  return 0;
}
