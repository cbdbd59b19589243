// One benchmark case, and what happens when Google Benchmark runs it: validate -> time -> counters.
#pragma once

#include <benchmark/benchmark.h>

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "bench/cases.hpp"
#include "bench/limits/limits.hpp"
#include "bench/peers/peer.hpp"
#include "bench/workload.hpp"

namespace logigrad::bench {

// The workload of the shape that is being timed. Cases are ordered by shape and type, so one at a
// time is enough, and the largest decides how much memory a run needs.
template <class T>
class WorkloadCache {
 public:
  Workload<T>& get(const BenchShape& shape, const LoadOptions& load) {
    const std::string key = shape.data_file + '/' + shape.name;
    if (!workload_ || key != key_) {
      workload_.reset();
      workload_ = std::make_unique<Workload<T>>(shape, load);
      key_ = key;
    }
    return *workload_;
  }
  void clear() { workload_.reset(); }

 private:
  std::string key_;
  std::unique_ptr<Workload<T>> workload_;
};

// What the limits and peers of a group took, in seconds an evaluation: the group's other times
// are set against them. Infinite until measured.
struct GroupTimes {
  double read = kUnmeasured, arithmetic = kUnmeasured, best_peer = kUnmeasured;

  static constexpr double kUnmeasured = std::numeric_limits<double>::infinity();
  bool limits_known() const { return read < kUnmeasured && arithmetic < kUnmeasured; }
};

// What the cases of a run share.
struct RunState {
  WorkloadCache<float> f32;
  WorkloadCache<double> f64;
  std::map<std::string, GroupTimes> groups;
};

// What is timed: a limit, a peer or a variant.
struct LimitCase {
  std::size_t index;
  LimitInfo info;
};

struct VariantCase {
  std::optional<Variant> variant;  // none: auto
  bool want_loss;
};

using Contender = std::variant<LimitCase, PeerInfo, VariantCase>;

struct Case {
  BenchShape shape;
  LoadOptions load;
  Dtype dtype;
  int threads;
  Contender what;
  std::string name{};
  std::optional<Validation> validation{};  // kept: Google Benchmark calls a case several times

  std::string group() const;  // the cases that are compared with each other: shape, type, threads
};

// Runs the case with the data of its shape. Whatever goes wrong is logged, and gets no time.
void run_case(benchmark::State& state, Case& c, RunState& run, RunLog& log);

}  // namespace logigrad::bench
