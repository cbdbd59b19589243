// Names and registration; see cases.hpp.
#include "bench/cases.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <regex>
#include <utility>

#include "bench/timing.hpp"

namespace logigrad::bench {
namespace {

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
      [kept, run, log](benchmark::State& state) { run_case(state, *kept, *run, *log); });
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
