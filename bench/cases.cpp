// Registration and the timed loop; see cases.hpp.
#include "bench/cases.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <exception>
#include <regex>
#include <utility>

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

struct Caches {
  WorkloadCache<float> f32;
  WorkloadCache<double> f64;
};

struct Case {
  BenchShape shape;
  LoadOptions load;
  std::optional<Variant> variant;  // none: auto
  Dtype dtype;
  bool want_loss;
  int threads;
  std::string name;
  std::optional<Validation> validation{};  // kept: Google Benchmark calls a case several times
};

template <class T>
void run_case(benchmark::State& state, Case& c, Workload<T>& workload, RunLog& log) {
  const Variant* variant = c.variant ? &*c.variant : nullptr;
  const Problem<T>& p = workload.problem();
  state.SetLabel(variant
                     ? c.shape.name
                     : c.shape.name + ", picked " + auto_variant(c.dtype, p.rows, p.cols).name());
  if (!c.validation) {
    c.validation = workload.validate(variant, c.want_loss, c.threads);
    if (!c.validation->failure.empty())
      log.failures.push_back(c.name + ": " + c.validation->failure);
  }
  if (!c.validation->failure.empty()) {
    state.SkipWithError(c.validation->failure.c_str());
    return;
  }
  workload.evaluate(variant, c.want_loss, c.threads);  // warm: the validation ended elsewhere
  for (auto _ : state) {
    workload.evaluate(variant, c.want_loss, c.threads);
    benchmark::ClobberMemory();
  }
  using benchmark::Counter;
  const Cost cost = cost_of(p.rows, p.cols, sizeof(T));
  const auto rate = Counter::kIsIterationInvariantRate;
  state.counters["rows_per_second"] = Counter(static_cast<double>(p.rows), rate);
  state.counters["bytes_per_second"] = Counter(cost.bytes, rate, Counter::kIs1024);
  state.counters["flops_per_second"] = Counter(cost.flops, rate);
  state.counters["error_of_bound"] = c.validation->error_of_bound;
}

void run_any_case(benchmark::State& state, Case& c, Caches& caches, RunLog& log) {
  try {
    if (c.dtype == Dtype::kF32) {
      caches.f64.clear();
      run_case(state, c, caches.f32.get(c.shape, c.load), log);
    } else {
      caches.f32.clear();
      run_case(state, c, caches.f64.get(c.shape, c.load), log);
    }
  } catch (const std::exception& error) {
    log.failures.push_back(c.name + ": " + error.what());
    state.SkipWithError(error.what());
  }
}

std::string case_name(const Case& c, std::size_t rows) {
  std::string variant;
  if (c.variant) {
    variant = c.variant->name();
  } else {
    const Variant& picked = auto_variant(c.dtype, rows, c.shape.cols);
    variant = fmt::format("auto/{}/{}", picked.isa, name_of(picked.dtype));
  }
  return fmt::format("{}/{}/N:{}/D:{}/threads:{}", c.want_loss ? "loss_gradient" : "gradient",
                     variant, rows, c.shape.cols, c.threads);
}

void register_case(Case c, double min_time, const std::shared_ptr<Caches>& caches,
                   const std::shared_ptr<RunLog>& log) {
  const std::size_t rows = c.shape.rows_of(c.dtype);
  c.name = case_name(c, rows);
  // Time per element of a scalar body, for a rough share of the whole: 2 ns.
  const double work = 1.5 * min_time + 2e-9 * static_cast<double>(rows * (c.shape.cols + 4));
  const std::string suffix = c.threads > 1 ? "/process_time/real_time" : "/real_time";
  log->planned.push_back({c.name + suffix, work});
  auto kept = std::make_shared<Case>(std::move(c));
  auto* registered = benchmark::RegisterBenchmark(
      kept->name.c_str(),
      [kept, caches, log](benchmark::State& state) { run_any_case(state, *kept, *caches, *log); });
  registered->UseRealTime()->Unit(benchmark::kMicrosecond);
  if (kept->threads > 1) registered->MeasureProcessCPUTime();
}

}  // namespace

void register_cases(const CaseList& list, double min_time, const std::shared_ptr<RunLog>& log) {
  const auto caches = std::make_shared<Caches>();
  for (const BenchShape& shape : list.shapes) {
    for (const Dtype dtype : list.dtypes) {
      for (const bool want_loss : {false, true}) {
        for (const int threads : list.threads) {
          const std::size_t rows = shape.rows_of(dtype);
          if (planned_threads(rows, shape.cols, dtype, threads) != threads) continue;
          Case c{shape, list.load, std::nullopt, dtype, want_loss, threads, ""};
          register_case(c, min_time, caches, log);
          for (const Variant& variant : list.variants) {
            if (variant.dtype != dtype) continue;
            c.variant = variant;
            register_case(c, min_time, caches, log);
          }
        }
      }
    }
  }
}

std::optional<CaseName> parse_case_name(const std::string& name) {
  static const std::regex kPattern(
      "(gradient|loss_gradient)/([^/]+)/([^/]+)/(f32|f64)/N:([0-9]+)/D:([0-9]+)/threads:([0-9]+)"
      "(/.*)?");
  std::smatch m;
  if (!std::regex_match(name, m, kPattern)) return std::nullopt;
  return CaseName{m[1], m[2], m[3], m[4], std::stoull(m[5]), std::stoull(m[6]), std::stoi(m[7])};
}

}  // namespace logigrad::bench
