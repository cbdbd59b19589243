// What the peers share: rows split among threads, buffers and what is refused.
#pragma once

#include <omp.h>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

#include "bench/peers/peer.hpp"
#include "kernels/body.hpp"
#include "logigrad/evaluate.hpp"

namespace logigrad::bench {

constexpr std::size_t kLineElements = 16;  // at least a cache line, for either type

constexpr std::size_t round_up_to_line(std::size_t count) {
  return (count + kLineElements - 1) / kLineElements * kLineElements;
}

// Zeros, aligned to cache lines.
template <class T>
class Buffer {
 public:
  explicit Buffer(std::size_t count)
      : data_(reinterpret_cast<T*>(workspace_.reserve((count + 1) * sizeof(T)))) {
    std::fill_n(data_, count, T(0));
  }
  T* data() { return data_; }

 private:
  Workspace workspace_;
  T* data_;
};

// The rows of a problem in one contiguous part a thread, each with dw and db of its own.
template <class T>
class SharedRows {
 public:
  SharedRows(std::size_t rows, std::size_t cols, int threads)
      : rows_(rows),
        cols_(cols),
        spacing_(round_up_to_line(cols + 1)),
        threads_(threads),
        sums_(threads > 1 ? spacing_ * static_cast<std::size_t>(threads) : 0) {}

  // Each thread calls add(thread, first, last, its dw, its db), which adds the part of the rows
  // [first, last), at least one; then the parts are summed into `dw` and `*db`.
  template <class Add>
  void run(const Add& add, T* dw, T* db) {
    if (threads_ == 1) {
      std::fill_n(dw, cols_, T(0));
      *db = 0;
      add(std::size_t{0}, std::size_t{0}, rows_, dw, db);
      return;
    }
#pragma omp parallel num_threads(threads_)
    {
      const auto thread = static_cast<std::size_t>(omp_get_thread_num());
      const auto team = static_cast<std::size_t>(omp_get_num_threads());
      const std::size_t first = rows_ * thread / team, last = rows_ * (thread + 1) / team;
      T* mine = sums_.data() + thread * spacing_;
      std::fill_n(mine, cols_ + 1, T(0));
      if (first < last) add(thread, first, last, mine, mine + cols_);
#pragma omp barrier
      merge(cols_ * thread / team, cols_ * (thread + 1) / team, team, dw);
      if (thread == 0) {
        *db = 0;
        for (std::size_t t = 0; t < team; ++t) *db += sums_.data()[t * spacing_ + cols_];
      }
    }
  }

 private:
  void merge(std::size_t first, std::size_t last, std::size_t team, T* dw) {
    std::copy(sums_.data() + first, sums_.data() + last, dw + first);
    for (std::size_t t = 1; t < team; ++t) {
      const T* part = sums_.data() + t * spacing_;
      for (std::size_t j = first; j < last; ++j) dw[j] += part[j];
    }
  }

  std::size_t rows_, cols_, spacing_;
  int threads_;
  Buffer<T> sums_;
};

// Rows [first, last) of a problem at (w, b).
template <class T>
RowRange<T> rows_of(const Problem<T>& p, std::size_t first, std::size_t last, const T* w, T b) {
  return {
      p.x + first * p.stride, last - first, p.cols, p.stride, p.y + first, nullptr, w, b, false};
}

// Throws as MakePeer says.
template <class T>
void check_supported(const Problem<T>& p, int threads) {
  const auto refuse = [](const std::string& found) {
    throw std::invalid_argument("peer: found " + found);
  };
  if (p.rows == 0 || p.cols == 0) refuse("an empty problem");
  if (p.rows > INT_MAX || p.stride > INT_MAX) refuse("a size beyond an int");
  if (p.weights || p.l2 != 0) refuse("sample weights or L2");
  if (p.reduction != Reduction::kSum || !p.intercept) refuse("a mean, or no intercept");
  if (threads < 1) refuse(std::to_string(threads) + " threads");
}

// Makes a peer and calls it once: its buffers, its code and its threads are there before anything
// is timed.
template <class P, class T, class... Arguments>
std::unique_ptr<Peer<T>> make_warm(const Problem<T>& problem, int threads, Arguments... arguments) {
  check_supported(problem, threads);
  auto peer = std::make_unique<P>(problem, threads, arguments...);
  Buffer<T> zeros(2 * problem.cols + 1);
  T* w = zeros.data();
  peer->gradient(w, T(0), w + problem.cols, w + 2 * problem.cols);
  return peer;
}

}  // namespace logigrad::bench
