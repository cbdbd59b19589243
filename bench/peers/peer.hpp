// Peers: what a user would call instead of our kernels for the gradient of the logistic loss,
//
//   dL/dw = -sum_n u_n x_n,   dL/db = -sum_n u_n,   u_n = y_n sigmoid(-y_n (w . x_n + b))
//
// Each gets its best: our vectorised sigmoid where its library has none, warm buffers, and the
// strongest ISA that the registry lets run. Which of them are in a binary depends on the libraries
// that CMake found; the others are listed with the reason. All of them sum in T, so their error is
// bounded as a kernel's is, with m = D + 2 and peer_roundings(N) in place of k = 264.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "logigrad/problem.hpp"

namespace logigrad::bench {

// One peer bound to the data of a problem, with its buffers. One call at a time.
template <class T>
class Peer {
 public:
  virtual ~Peer() = default;

  // Writes dL/dw to dw[0..D) and dL/db to *db. `w` has D elements; the outputs overlap nothing.
  virtual void gradient(const T* w, T b, T* dw, T* db) = 0;
};

// Binds a peer to `problem` with exactly `threads` >= 1 threads, and warms it. The data of the
// problem must stay alive. Precondition: N, D >= 1, a sum with an intercept, neither sample weights
// nor L2; sizes within an int. Throws std::invalid_argument naming what was found, std::bad_alloc.
template <class T>
using MakePeer = std::unique_ptr<Peer<T>> (*)(const Problem<T>& problem, int threads);

struct PeerInfo {
  std::string_view name;     // "openblas_2pass"
  std::string_view library;  // "OpenBLAS 0.3.21 (openmp, SkylakeX)", as it says of itself
  MakePeer<float> make_f32;
  MakePeer<double> make_f64;

  template <class T>
  std::unique_ptr<Peer<T>> make(const Problem<T>& problem, int threads) const {
    if constexpr (sizeof(T) == 4)
      return make_f32(problem, threads);
    else
      return make_f64(problem, threads);
  }
};

struct AbsentPeer {
  std::string_view name, reason;
};

// The roundings that a term of a peer's sum over `rows` rows sees at most: one a row and eight
// more. g(k) = k u / (1 - k u) is 1 at k = 1/(2u), and means nothing from 1/u on: beyond it a sum
// is held to the sum of the absolute terms.
template <class T>
constexpr std::size_t peer_roundings(std::size_t rows) {
  constexpr std::size_t kMost = std::size_t{1} << (std::numeric_limits<T>::digits - 1);
  return rows + 8 < kMost ? rows + 8 : kMost;
}

// The peers in this binary, and those that are not, in the order of peers.inc.
std::vector<PeerInfo> peers();
std::vector<AbsentPeer> absent_peers();

}  // namespace logigrad::bench
