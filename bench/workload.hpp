// The data of one shape and type, with what it takes to judge an answer on it.
//
// Synthetic X holds multiples of 1/8 between -1 and 1: then the same data serve the error bound,
// at ordinary parameters, and the exact test, at zero, which sees a single dropped row of
// millions where the bound cannot.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/peers/peer.hpp"
#include "bench/shapes.hpp"
#include "logigrad/evaluate.hpp"
#include "logigrad/reference.hpp"
#include "tools/dataset/dataset.hpp"

namespace logigrad::bench {

// What validation says of a variant: empty `failure` if it may be timed.
struct Validation {
  std::string failure;
  double error_of_bound = 0;
};

template <class T>
class Workload {
 public:
  // Reads shape.data_file if there is one. Throws std::bad_alloc, InputError.
  explicit Workload(const BenchShape& shape);

  // Evaluates into this workload's outputs.
  void evaluate(const Variant* variant, bool want_loss, int threads);

  // Compares a first evaluation with the reference, and with the exact answer where there is one.
  Validation validate(const Variant* variant, bool want_loss, int threads);

  // The peer, bound to this problem for as long as this workload is there.
  Peer<T>& bind(const PeerInfo& peer, int threads);

  // The same for a peer. It sums in T, so its bound has one rounding a row; the exact test asks too
  // much of it.
  void evaluate_peer(Peer<T>& peer) { peer.gradient(w_.data(), b_, dw_.data(), &db_); }
  Validation validate_peer(const PeerInfo& peer, int threads);

  const Problem<T>& problem() const { return problem_; }

 private:
  T* allocate_x(const BenchShape& shape);
  void fill(const BenchShape& shape);
  void take(const BenchShape& shape, const Dataset& data);

  // X begins at a cache line: else its 64-byte loads would straddle two, or not, as malloc pleases.
  // With a gap after the rows it begins an element later.
  Workspace x_memory_;
  std::vector<T> y_, w_, dw_;
  T b_ = T(0.125), db_ = 0;
  double loss_ = 0;
  Problem<T> problem_;
  Workspace workspace_;
  std::unique_ptr<Judge<T>> judge_;
  std::unique_ptr<ExactTest<T>> exact_;                    // null for real data
  std::map<std::string, std::unique_ptr<Peer<T>>> peers_;  // by name and threads
};

}  // namespace logigrad::bench
