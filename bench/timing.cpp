// The timed loops; see timing.hpp.
#include "bench/timing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>

#include "logigrad/cost_model.hpp"

namespace logigrad::bench {
namespace {

// Times `evaluate` with Google's loop; returns the seconds that one evaluation took.
template <class F>
double time_loop(benchmark::State& state, const F& evaluate) {
  evaluate();  // warm: the validation ended elsewhere
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) {
    evaluate();
    benchmark::ClobberMemory();
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return seconds.count() / static_cast<double>(state.iterations());
}

// Validates the case once; returns whether it may be timed.
template <class F>
bool may_be_timed(benchmark::State& state, Case& c, RunLog& log, const F& validate) {
  if (!c.validation) {
    c.validation = validate();
    if (!c.validation->failure.empty())
      log.failures.push_back(c.name + ": " + c.validation->failure);
  }
  if (c.validation->failure.empty()) return true;
  state.SkipWithError(c.validation->failure.c_str());
  return false;
}

template <class T>
void set_counters(benchmark::State& state, const Case& c, const Problem<T>& p) {
  using benchmark::Counter;
  const Cost cost = cost_of(p.rows, p.cols, sizeof(T));
  const auto rate = Counter::kIsIterationInvariantRate;
  state.counters["rows_per_second"] = Counter(static_cast<double>(p.rows), rate);
  state.counters["bytes_per_second"] = Counter(cost.bytes, rate, Counter::kIs1024);
  state.counters["flops_per_second"] = Counter(cost.flops, rate);
  if (c.validation) state.counters["error_of_bound"] = c.validation->error_of_bound;
}

template <class T>
void run_limit_case(benchmark::State& state, const Case& c, const LimitCase& limit,
                    Workload<T>& workload, GroupTimes& group) {
  const double seconds = time_loop(state, [&] {
    benchmark::DoNotOptimize(run_limit(limit.index, workload.problem(), c.threads));
  });
  using Kind = LimitInfo::Kind;
  if (limit.info.kind == Kind::kRead) group.read = std::min(group.read, seconds);
  if (limit.info.kind == Kind::kArithmetic) group.arithmetic = std::min(group.arithmetic, seconds);
  state.SetLabel(c.shape.name);
  set_counters(state, c, workload.problem());
}

template <class T>
void run_peer_case(benchmark::State& state, Case& c, const PeerInfo& peer, Workload<T>& workload,
                   GroupTimes& group, RunLog& log) {
  state.SetLabel(fmt::format("{}, {}", c.shape.name, peer.library));
  if (!may_be_timed(state, c, log, [&] { return workload.validate_peer(peer, c.threads); })) return;
  const double seconds = time_loop(state, [&] { workload.evaluate_peer(peer, c.threads); });
  group.best_peer = std::min(group.best_peer, seconds);
  set_counters(state, c, workload.problem());
}

template <class T>
void run_variant_case(benchmark::State& state, Case& c, const VariantCase& what,
                      Workload<T>& workload, const GroupTimes& group, RunLog& log) {
  const Variant* variant = what.variant ? &*what.variant : nullptr;
  const Problem<T>& p = workload.problem();
  std::string label = c.shape.name;
  if (!variant) label += ", picked " + auto_variant(c.dtype, p.rows, p.cols).name();
  if (group.limits_known())
    label += group.read > group.arithmetic ? ", bound by reading" : ", bound by arithmetic";
  state.SetLabel(label);
  const auto validate = [&] { return workload.validate(variant, what.want_loss, c.threads); };
  if (!may_be_timed(state, c, log, validate)) return;
  const double seconds =
      time_loop(state, [&] { workload.evaluate(variant, what.want_loss, c.threads); });
  set_counters(state, c, p);
  if (group.limits_known()) {
    state.counters["limit_fraction"] = std::max(group.read, group.arithmetic) / seconds;
  }
  // Without the libraries that a user would take, the best of the rest is no verdict.
  if (!what.want_loss && absent_peers().empty() && group.best_peer < GroupTimes::kUnmeasured) {
    state.counters["vs_best_peer"] = group.best_peer / seconds;
  }
}

template <class T>
void run_contender(benchmark::State& state, Case& c, Workload<T>& workload, GroupTimes& group,
                   RunLog& log) {
  if (const auto* limit = std::get_if<LimitCase>(&c.what)) {
    run_limit_case(state, c, *limit, workload, group);
  } else if (const auto* peer = std::get_if<PeerInfo>(&c.what)) {
    run_peer_case(state, c, *peer, workload, group, log);
  } else {
    run_variant_case(state, c, std::get<VariantCase>(c.what), workload, group, log);
  }
}

}  // namespace

std::string Case::group() const {
  return fmt::format("{}/{}/{}/{}", shape.data_file, shape.name, name_of(dtype), threads);
}

void run_case(benchmark::State& state, Case& c, RunState& run, RunLog& log) {
  try {
    GroupTimes& group = run.groups[c.group()];
    if (c.dtype == Dtype::kF32) {
      run.f64.clear();
      run_contender(state, c, run.f32.get(c.shape, c.load), group, log);
    } else {
      run.f32.clear();
      run_contender(state, c, run.f64.get(c.shape, c.load), group, log);
    }
  } catch (const std::exception& error) {
    log.failures.push_back(c.name + ": " + error.what());
    state.SkipWithError(error.what());
  }
}

}  // namespace logigrad::bench
