// Registration and the timed loop; see cases.hpp.
#include "bench/cases.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <map>
#include <regex>
#include <utility>
#include <variant>

#include "bench/limits/limits.hpp"
#include "bench/peers/peer.hpp"
#include "logigrad/cost_model.hpp"

namespace logigrad::bench {
namespace {

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

struct RunState {
  WorkloadCache<float> f32;
  WorkloadCache<double> f64;
  std::map<std::string, GroupTimes> groups;
};

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

  std::string group() const {
    return fmt::format("{}/{}/{}/{}", shape.data_file, shape.name, name_of(dtype), threads);
  }
};

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
void run_case(benchmark::State& state, Case& c, Workload<T>& workload, GroupTimes& group,
              RunLog& log) {
  if (const auto* limit = std::get_if<LimitCase>(&c.what)) {
    run_limit_case(state, c, *limit, workload, group);
  } else if (const auto* peer = std::get_if<PeerInfo>(&c.what)) {
    run_peer_case(state, c, *peer, workload, group, log);
  } else {
    run_variant_case(state, c, std::get<VariantCase>(c.what), workload, group, log);
  }
}

void run_any_case(benchmark::State& state, Case& c, RunState& run, RunLog& log) {
  try {
    GroupTimes& group = run.groups[c.group()];
    if (c.dtype == Dtype::kF32) {
      run.f64.clear();
      run_case(state, c, run.f32.get(c.shape, c.load), group, log);
    } else {
      run.f32.clear();
      run_case(state, c, run.f64.get(c.shape, c.load), group, log);
    }
  } catch (const std::exception& error) {
    log.failures.push_back(c.name + ": " + error.what());
    state.SkipWithError(error.what());
  }
}

// "quantity/body/isa", the start of a case's name.
std::string contender_name(const Case& c) {
  if (const auto* limit = std::get_if<LimitCase>(&c.what))
    return fmt::format("limit/{}/{}", limit->info.name, limit->info.isa);
  if (const auto* peer = std::get_if<PeerInfo>(&c.what))
    return fmt::format("peer/{}/any", peer->name);
  const auto& [variant, want_loss] = std::get<VariantCase>(c.what);
  const Variant& used =
      variant ? *variant : auto_variant(c.dtype, c.shape.rows_of(c.dtype), c.shape.cols);
  return fmt::format("{}/{}/{}", want_loss ? "loss_gradient" : "gradient",
                     variant ? used.body : "auto", used.isa);
}

void register_case(Case c, double min_time, const std::shared_ptr<RunState>& run,
                   const std::shared_ptr<RunLog>& log) {
  const std::size_t rows = c.shape.rows_of(c.dtype);
  c.name = fmt::format("{}/{}/N:{}/D:{}/threads:{}", contender_name(c), name_of(c.dtype), rows,
                       c.shape.cols, c.threads);
  // Time per element of a scalar body, for a rough share of the whole: 2 ns.
  const double work = 1.5 * min_time + 2e-9 * static_cast<double>(rows * (c.shape.cols + 4));
  const std::string suffix = c.threads > 1 ? "/process_time/real_time" : "/real_time";
  log->planned.push_back({c.name + suffix, work});
  auto kept = std::make_shared<Case>(std::move(c));
  auto* registered = benchmark::RegisterBenchmark(
      kept->name.c_str(),
      [kept, run, log](benchmark::State& state) { run_any_case(state, *kept, *run, *log); });
  registered->UseRealTime()->Unit(benchmark::kMicrosecond);
  if (kept->threads > 1) registered->MeasureProcessCPUTime();
}

// What competes for a type, in the order in which it runs.
std::vector<Contender> contenders(const CaseList& list, const BenchShape& shape, Dtype dtype) {
  std::vector<Contender> all;
  if (list.compare && shape.cols > 0) {
    const std::vector<LimitInfo> infos = limits();
    for (std::size_t i = 0; i < infos.size(); ++i) all.emplace_back(LimitCase{i, infos[i]});
    for (const PeerInfo& peer : peers()) all.emplace_back(peer);
  }
  for (const bool want_loss : {false, true}) {
    all.emplace_back(VariantCase{std::nullopt, want_loss});
    for (const Variant& variant : list.variants) {
      if (variant.dtype == dtype && shape.cols <= variant.most_cols)
        all.emplace_back(VariantCase{variant, want_loss});
    }
  }
  return all;
}

}  // namespace

void register_cases(const CaseList& list, double min_time, const std::shared_ptr<RunLog>& log) {
  const auto run = std::make_shared<RunState>();
  for (const BenchShape& shape : list.shapes) {
    for (const Dtype dtype : list.dtypes) {
      for (const int threads : list.threads) {
        if (planned_threads(shape.rows_of(dtype), shape.cols, dtype, threads) != threads) continue;
        for (const auto& what : contenders(list, shape, dtype)) {
          register_case({shape, list.load, dtype, threads, what}, min_time, run, log);
        }
      }
    }
  }
}

std::optional<CaseName> parse_case_name(const std::string& name) {
  static const std::regex kPattern(
      "(limit|peer|gradient|loss_gradient)/([^/]+)/([^/]+)/(f32|f64)/N:([0-9]+)/D:([0-9]+)/"
      "threads:([0-9]+)"
      "(/.*)?");
  std::smatch m;
  if (!std::regex_match(name, m, kPattern)) return std::nullopt;
  return CaseName{m[1], m[2], m[3], m[4], std::stoull(m[5]), std::stoull(m[6]), std::stoi(m[7])};
}

}  // namespace logigrad::bench
