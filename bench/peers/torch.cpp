// libtorch's C++ API: the lecture's expression, which writes an N x D temporary, and the same with
// two products of a matrix and a vector, which does not. Tensors view the problem's memory; the
// results are allocated by each call, as they are for libtorch's users.
#include <ATen/Parallel.h>
#include <ATen/Tensor.h>
#include <ATen/Version.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <torch/version.h>

#include "bench/peers/shared_rows.hpp"
#include "bench/peers/threads.hpp"

namespace logigrad::bench {
namespace {

// libtorch at this number of threads, and the BLAS that it calls. It asks OpenMP; but a thread's
// first question sets OpenMP to what libtorch thinks best, and its builds with a thread pool of
// their own do not ask.
class TorchThreads {
 public:
  explicit TorchThreads(int threads) : libraries_(threads) {
    if (at::get_num_threads() != threads) at::set_num_threads(threads);
  }

 private:
  LibraryThreads libraries_;
};

template <class T>
at::Tensor view(const T* data, at::IntArrayRef sizes, at::IntArrayRef strides) {
  const auto type = sizeof(T) == 4 ? at::kFloat : at::kDouble;
  return at::from_blob(const_cast<T*>(data), sizes, strides, at::TensorOptions().dtype(type));
}

template <class T, bool kLecture>
class TorchPeer final : public Peer<T> {
 public:
  TorchPeer(const Problem<T>& p, int threads) : threads_(threads), w_memory_(p.cols) {
    const TorchThreads setting(threads_);
    const c10::InferenceMode no_autograd;
    const auto rows = static_cast<std::int64_t>(p.rows), cols = static_cast<std::int64_t>(p.cols);
    x_ = view(p.x, {rows, cols}, {static_cast<std::int64_t>(p.stride), 1});
    y_ = view(p.y, {rows}, {1});
    w_ = view(w_memory_.data(), {cols}, {1});
  }

  void gradient(const T* w, T b, T* dw, T* db) override {
    const TorchThreads setting(threads_);
    const c10::InferenceMode no_autograd;
    std::copy_n(w, w_.numel(), w_memory_.data());
    // a.mul(b) is what a * b calls: the header with the operators of libtorch 1.13 does not compile
    // as C++20 with clang.
    const at::Tensor margins = (kLecture ? x_.matmul(w_) : x_.mv(w_)).add(b);
    const at::Tensor u = y_.mul(y_.neg().mul(margins).sigmoid());
    const at::Tensor weight_gradient =
        kLecture ? x_.mul(u.view({-1, 1})).sum(0).neg() : x_.t().mv(u).neg();
    const at::Tensor bias_gradient = u.sum(0).neg();
    std::copy_n(weight_gradient.template data_ptr<T>(), w_.numel(), dw);
    *db = bias_gradient.template item<T>();
  }

 private:
  int threads_;
  Buffer<T> w_memory_;
  at::Tensor x_, y_, w_;
};

template <class T, bool kLecture>
std::unique_ptr<Peer<T>> make(const Problem<T>& problem, int threads) {
  return make_warm<TorchPeer<T, kLecture>>(problem, threads);
}

// "libtorch 1.13.0 (AVX2, BLAS: OpenBLAS openmp)"
std::string_view library() {
  static const std::string text = [] {
    const std::string config = at::show_config(), key = "CPU capability usage: ";
    const std::size_t found = config.find(key);
    const std::size_t first = found == std::string::npos ? config.size() : found + key.size();
    const std::string blas = openblas_threading().empty()
                                 ? "not OpenBLAS"
                                 : fmt::format("OpenBLAS {}", openblas_threading());
    return fmt::format("libtorch {} ({}, BLAS: {})", TORCH_VERSION,
                       config.substr(first, config.find('\n', first) - first), blas);
  }();
  return text;
}

}  // namespace

PeerInfo peer_torch_lecture() {
  return {"torch_lecture", library(), make<float, true>, make<double, true>};
}

PeerInfo peer_torch_mv() {
  return {"torch_mv", library(), make<float, false>, make<double, false>};
}

}  // namespace logigrad::bench
