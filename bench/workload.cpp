// Data for the benchmark and its validation; see workload.hpp.
#include "bench/workload.hpp"

#include <fmt/format.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace logigrad::bench {
namespace {

// xorshift64*, Marsaglia 2003 and Vigna 2016: the same data on every machine, at the speed of
// memory.
class Random {
 public:
  std::uint64_t operator()() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1Du;
  }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15u;
};

// Asks for huge pages, as NumPy does for its arrays: to touch 1 GiB first takes 2.9 s in small ones
// on a virtual machine, 1.9 in huge ones. A system that has none to give changes nothing.
void advise_huge_pages(void* data, std::size_t bytes) {
#if defined(__linux__)
  constexpr std::uintptr_t kHugePage = std::uintptr_t{2} << 20;
  const auto address = reinterpret_cast<std::uintptr_t>(data);
  const std::uintptr_t first = (address + kHugePage - 1) / kHugePage * kHugePage;
  const std::uintptr_t last = (address + bytes) / kHugePage * kHugePage;
  if (first < last) madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#else
  (void)data, (void)bytes;
#endif
}

template <class T>
T eighths(std::uint64_t bits) {
  return static_cast<T>(static_cast<int>(bits >> 60) - 8) / 8;  // -1, -7/8 ... 7/8
}

Validation validation_of(const Verdict& verdict) {
  if (verdict.ok()) return {"", verdict.error_of_bound};
  return {
      fmt::format("{} is off by {:.3g} of its error bound", verdict.where, verdict.error_of_bound),
      verdict.error_of_bound};
}

}  // namespace

template <class T>
Workload<T>::Workload(const BenchShape& shape) {
  if (shape.data_file.empty()) {
    fill(shape);
  } else {
    LoadOptions options = shape.load;
    options.largest = std::numeric_limits<T>::max();
    take(shape, load_dataset(shape.data_file, options));
  }
  dw_.resize(problem_.cols);
  problem_.y = y_.data();
  problem_.checked();
  judge_ = std::make_unique<Judge<T>>(problem_, w_.data(), b_);
  if (shape.data_file.empty()) exact_ = std::make_unique<ExactTest<T>>(problem_);
}

template <class T>
T* Workload<T>::allocate_x(const BenchShape& shape) {
  problem_.stride = problem_.cols + shape.gap;
  const std::size_t offset = shape.gap > 0 ? 1 : 0;
  const std::size_t bytes = (problem_.rows * problem_.stride + offset + 1) * sizeof(T);
  T* x = reinterpret_cast<T*>(x_memory_.reserve(bytes));
  advise_huge_pages(x, bytes);
  problem_.x = x + offset;
  return x + offset;
}

template <class T>
void Workload<T>::fill(const BenchShape& shape) {
  problem_.rows = shape.rows_of(kDtypeOf<T>);
  problem_.cols = shape.cols;
  Random random;
  T* x = allocate_x(shape);
  y_.resize(problem_.rows);
  w_.resize(problem_.cols);
  for (std::size_t i = 0; i < problem_.rows * problem_.stride; ++i) x[i] = eighths<T>(random());
  for (T& y : y_) y = random() >> 63 ? T(1) : T(-1);
  // Margins of order 1: x has a variance of about 1/3.
  const T scale = static_cast<T>(3 / std::sqrt(static_cast<double>(shape.cols) + 1));
  for (T& w : w_) w = scale * eighths<T>(random());
}

template <class T>
void Workload<T>::take(const BenchShape& shape, const Dataset& data) {
  problem_.rows = data.rows;
  problem_.cols = data.cols;
  std::transform(data.x.begin(), data.x.end(), allocate_x(shape),
                 [](double value) { return static_cast<T>(value); });
  y_.assign(data.y.begin(), data.y.end());
  // Columns of real data differ by orders of magnitude: each may move the margin equally.
  w_.resize(data.cols);
  for (std::size_t j = 0; j < data.cols; ++j) {
    double squares = 0;
    for (std::size_t n = 0; n < data.rows; ++n)
      squares += data.x[n * data.cols + j] * data.x[n * data.cols + j];
    const double size =
        std::sqrt(squares * static_cast<double>(data.cols) / static_cast<double>(data.rows));
    w_[j] = static_cast<T>((j % 2 ? -1 : 1) / (size > 0 ? size : 1));
  }
}

template <class T>
void Workload<T>::evaluate(const Variant* variant, bool want_loss, int threads) {
  const Options options{variant, threads, &workspace_};
  if (want_loss) {
    loss_ = loss_gradient(problem_, w_.data(), b_, dw_.data(), &db_, options);
  } else {
    gradient(problem_, w_.data(), b_, dw_.data(), &db_, options);
  }
}

template <class T>
Validation Workload<T>::validate(const Variant* variant, bool want_loss, int threads) {
  const Variant& used =
      variant ? *variant : auto_variant(kDtypeOf<T>, problem_.rows, problem_.cols);
  Answer<T> answer{dw_.data(), &db_, want_loss ? &loss_ : nullptr};
  evaluate(variant, want_loss, threads);
  Validation validation = validation_of(judge_->check(answer, used.margin_depth(problem_.cols)));
  if (validation.failure.empty() && exact_) {
    std::vector<T> zeros(problem_.cols, T(0));
    zeros.swap(w_);
    const T b = b_;
    b_ = 0;
    evaluate(variant, want_loss, threads);
    zeros.swap(w_);
    b_ = b;
    const std::string difference = exact_->check(answer);
    if (!difference.empty()) validation.failure = "the exact test at w = 0: " + difference;
  }
  return validation;
}

template <class T>
Peer<T>& Workload<T>::bind(const PeerInfo& peer, int threads) {
  std::unique_ptr<Peer<T>>& bound = peers_[fmt::format("{}/{}", peer.name, threads)];
  if (!bound) bound = peer.make(problem_, threads);
  return *bound;
}

template <class T>
Validation Workload<T>::validate_peer(const PeerInfo& peer, int threads) {
  evaluate_peer(bind(peer, threads));
  const Answer<T> answer{dw_.data(), &db_, nullptr};
  return validation_of(judge_->check(answer, problem_.cols + 2, peer_roundings<T>(problem_.rows)));
}

template class Workload<float>;
template class Workload<double>;

}  // namespace logigrad::bench
