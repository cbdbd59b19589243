// OpenBLAS: margins by gemv, our vectorised sigmoid, gradient by the transposed gemv. Either all
// rows at once, which reads X twice from wherever it lies, or block by block, so that the second
// reading comes from the cache; oneDAL's logistic loss does that with blocks of 512 rows.
//
// Threads: OpenBLAS's OpenMP build asks OpenMP how many to use and is serial inside a parallel
// region. The workers of its pthread build would spin for 2^26 cycles after each call, beside what
// is timed next, so that build is kept to one thread, and the rows are shared here.
#include <cblas.h>
#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <string_view>
#include <utility>

#include "bench/peers/own_code.hpp"
#include "bench/peers/shared_rows.hpp"
#include "bench/peers/threads.hpp"

namespace logigrad::bench {
namespace {

void gemv(CBLAS_TRANSPOSE transpose, const RowRange<float>& r, const float* in, float beta,
          float* out) {
  cblas_sgemv(CblasRowMajor, transpose, static_cast<blasint>(r.rows), static_cast<blasint>(r.cols),
              1, r.x, static_cast<blasint>(r.stride), in, 1, beta, out, 1);
}

void gemv(CBLAS_TRANSPOSE transpose, const RowRange<double>& r, const double* in, double beta,
          double* out) {
  cblas_dgemv(CblasRowMajor, transpose, static_cast<blasint>(r.rows), static_cast<blasint>(r.cols),
              1, r.x, static_cast<blasint>(r.stride), in, 1, beta, out, 1);
}

bool follows_openmp() { return openblas_threading() == "openmp"; }

template <class T>
class TwoPassPeer final : public Peer<T> {
 public:
  TwoPassPeer(const Problem<T>& problem, int threads)
      : problem_(problem), threads_(threads), z_(problem.rows) {}

  void gradient(const T* w, T b, T* dw, T* db) override {
    const LibraryThreads setting(threads_);
    const RowRange<T> all = rows_of(problem_, 0, problem_.rows, w, b);
    gemv(CblasNoTrans, all, w, 0, z_.data());
    *db = slopes(b);
    gemv(CblasTrans, all, z_.data(), 0, dw);
  }

 private:
  T slopes(T b) {
    if (threads_ == 1) return code_.slopes(problem_.y, b, z_.data(), problem_.rows, sigmoid_);
    T sum = 0;
#pragma omp parallel num_threads(threads_) reduction(+ : sum)
    {
      const auto thread = static_cast<std::size_t>(omp_get_thread_num());
      const auto team = static_cast<std::size_t>(omp_get_num_threads());
      const std::size_t first = problem_.rows * thread / team;
      const std::size_t last = problem_.rows * (thread + 1) / team;
      sum += code_.slopes(problem_.y + first, b, z_.data() + first, last - first, sigmoid_);
    }
    return sum;
  }

  Problem<T> problem_;
  int threads_;
  Buffer<T> z_;
  OwnCode<T> code_ = own_code_of_strongest_isa<T>();
  MapFunction<T> sigmoid_ = sigmoid_of_strongest_isa<T>();
};

// Blocks of rows, contiguous ones for each thread.
template <class T>
class BlockedPeer final : public Peer<T> {
 public:
  BlockedPeer(const Problem<T>& problem, int threads, std::size_t block_rows)
      : problem_(problem),
        block_rows_(block_rows),
        spacing_(round_up_to_line(block_rows)),
        rows_(problem.rows, problem.cols, threads),
        z_(spacing_ * static_cast<std::size_t>(threads)) {}

  void gradient(const T* w, T b, T* dw, T* db) override {
    const LibraryThreads serial(1);
    rows_.run(
        [&](std::size_t thread, std::size_t first, std::size_t last, T* my_dw, T* my_db) {
          T* z = z_.data() + thread * spacing_;
          for (std::size_t n = first; n < last; n += block_rows_) {
            const RowRange<T> block = rows_of(problem_, n, std::min(n + block_rows_, last), w, b);
            gemv(CblasNoTrans, block, w, 0, z);
            *my_db += code_.slopes(block.y, b, z, block.rows, sigmoid_);
            gemv(CblasTrans, block, z, 1, my_dw);
          }
        },
        dw, db);
  }

 private:
  Problem<T> problem_;
  std::size_t block_rows_, spacing_;
  SharedRows<T> rows_;
  Buffer<T> z_;
  OwnCode<T> code_ = own_code_of_strongest_isa<T>();
  MapFunction<T> sigmoid_ = sigmoid_of_strongest_isa<T>();
};

// Seconds a call of `peer`, over enough of them for the clock.
template <class T>
double time_of(Peer<T>& peer, const T* w, T* outputs, std::size_t cols, int calls) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i) peer.gradient(w, T(0), outputs, outputs + cols);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return elapsed.count() / calls;
}

// Part number `part` of the rows, `rows` of them: the search must not find them in the cache
// because it was just there, if a call on the whole problem would not.
template <class T>
Problem<T> part_of(Problem<T> p, std::size_t part, std::size_t rows) {
  const std::size_t first = part % (p.rows / rows) * rows;
  p.x += first * p.stride;
  p.y += first;
  p.rows = rows;
  return p;
}

// The best block by a short search, on one thread: blocks of 16 to 512 KiB of X, multiples of 8
// rows, and the rows at once if that is less; over 8 MiB at a time, 7 times each, the fastest
// counts.
template <class T>
std::size_t search_block_rows(const Problem<T>& p) {
  constexpr std::size_t kLeast = 16 << 10, kMost = 512 << 10, kPart = 8 << 20;
  const std::size_t row_bytes = p.stride * sizeof(T);
  std::vector<std::pair<double, std::size_t>> candidates;  // seconds, rows
  for (std::size_t bytes = kLeast; bytes <= kMost; bytes *= 2) {
    const std::size_t rows = std::min(p.rows, std::max<std::size_t>(bytes / row_bytes / 8 * 8, 8));
    if (candidates.empty() || candidates.back().second != rows) {
      candidates.emplace_back(std::numeric_limits<double>::infinity(), rows);
    }
  }
  const std::size_t part_rows =
      std::min(p.rows, std::max(kPart / row_bytes, candidates.back().second));
  const int calls = static_cast<int>((kLeast * 8 / row_bytes + part_rows) / part_rows);
  Buffer<T> memory(2 * p.cols + 1);
  std::size_t part = 0;
  for (int round = 0; round < 7 && candidates.size() > 1; ++round) {
    for (auto& [best, rows] : candidates) {
      BlockedPeer<T> peer(part_of(p, part++, part_rows), 1, rows);
      best = std::min(best, time_of(peer, memory.data(), memory.data() + p.cols, p.cols, calls));
    }
  }
  return std::min_element(candidates.begin(), candidates.end())->second;
}

template <class T>
std::unique_ptr<Peer<T>> make_two_pass(const Problem<T>& problem, int threads) {
  check_supported(problem, threads);
  if (threads == 1 || follows_openmp()) return make_warm<TwoPassPeer<T>>(problem, threads);
  const auto team = static_cast<std::size_t>(threads);
  return make_warm<BlockedPeer<T>>(problem, threads, (problem.rows + team - 1) / team);
}

template <class T>
std::unique_ptr<Peer<T>> make_blocked(const Problem<T>& problem, int threads) {
  check_supported(problem, threads);
  return make_warm<BlockedPeer<T>>(problem, threads, search_block_rows(problem));
}

template <class T>
std::unique_ptr<Peer<T>> make_onedal(const Problem<T>& problem, int threads) {
  return make_warm<BlockedPeer<T>>(problem, threads, std::size_t{512});
}

// "OpenBLAS 0.3.21 (openmp, SkylakeX)", from "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...".
std::string_view library() {
  static const std::string text = [] {
    const std::string_view config = openblas_get_config();
    const std::string_view version = config.substr(0, config.find(' ', config.find(' ') + 1));
    return fmt::format("{} ({}, {})", version, openblas_threading(), openblas_get_corename());
  }();
  return text;
}

}  // namespace

PeerInfo peer_openblas_2pass() {
  return {"openblas_2pass", library(), make_two_pass<float>, make_two_pass<double>};
}

PeerInfo peer_openblas_blocked() {
  return {"openblas_blocked", library(), make_blocked<float>, make_blocked<double>};
}

PeerInfo peer_onedal_shape() {
  return {"onedal_shape", library(), make_onedal<float>, make_onedal<double>};
}

}  // namespace logigrad::bench
