// See report.hpp.
#include "bench/report.hpp"

#include <fmt/format.h>

#include "tools/dataset/input_error.hpp"

namespace logigrad::bench {
namespace {

using benchmark::BenchmarkReporter;
using Run = BenchmarkReporter::Run;

void state_result(benchmark::State& state, const CaseResult& result) {
  state.SetLabel(result.label);
  if (!result.failure.empty()) {
    state.SkipWithError(result.failure.c_str());
    return;
  }
  for (auto _ : state) state.SetIterationTime(result.seconds);
  state.counters["group"] = static_cast<double>(result.group);
  state.counters["rows_per_second"] = static_cast<double>(result.rows) / result.seconds;
  state.counters["bytes_per_second"] = result.bytes / result.seconds;
  state.counters["flops_per_second"] = result.flops / result.seconds;
  if (result.error_of_bound) state.counters["error_of_bound"] = *result.error_of_bound;
  if (result.limit_fraction) state.counters["limit_fraction"] = *result.limit_fraction;
  if (result.vs_best_peer) state.counters["vs_best_peer"] = *result.vs_best_peer;
  for (const EventCount& each : result.counts) state.counters["event:" + each.event] = each.count;
}

template <class Base>
class MeasuredReporter final : public Base {
 public:
  template <class... Arguments>
  MeasuredReporter(const Results& results, bool with_rounds, Arguments... arguments)
      : Base(arguments...), results_(results), with_rounds_(with_rounds) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> measured = runs;
    for (Run& run : measured) put_measured(run, results_.at(run.run_name.function_name));
    Base::ReportRuns(measured);
  }

 private:
  void put_measured(Run& run, const CaseResult& result) const {
    run.run_name.iterations.clear();  // these two are of the stand-in's loop
    run.run_name.time_type.clear();
    if (run.error_occurred) return;
    const double cpu_seconds = median(result.times.cpu_seconds);
    run.iterations = static_cast<benchmark::IterationCount>(result.times.evaluations);
    run.real_accumulated_time = result.seconds * static_cast<double>(run.iterations);
    run.cpu_accumulated_time = cpu_seconds * static_cast<double>(run.iterations);
    if (!with_rounds_) return;
    for (std::size_t r = 0; r < result.times.seconds.size(); ++r)
      run.counters[fmt::format("round_{}", r + 1)] = result.times.seconds[r];
  }

  const Results& results_;
  bool with_rounds_;
};

class SilentReporter final : public BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

}  // namespace

void register_cases(const std::vector<Group>& groups, const Results& results) {
  for (const Group& group : groups) {
    for (const Case& c : group.cases) {
      const auto found = results.find(c.name);
      if (found == results.end()) continue;
      const auto run = [&result = found->second](benchmark::State& state) {
        state_result(state, result);
      };
      benchmark::RegisterBenchmark(c.name.c_str(), run)
          ->UseManualTime()
          ->Iterations(1)
          ->Unit(benchmark::kMicrosecond);
    }
  }
}

std::unique_ptr<BenchmarkReporter> make_reporter(const std::string& format, const Results& results,
                                                 bool with_rounds) {
  if (format == "json")
    return std::make_unique<MeasuredReporter<benchmark::JSONReporter>>(results, with_rounds);
  if (format == "console") {
    using benchmark::ConsoleReporter;
    return std::make_unique<MeasuredReporter<ConsoleReporter>>(results, with_rounds,
                                                               ConsoleReporter::OO_None);
  }
  throw InputError(fmt::format("format of a report: found '{}', expected json or console", format));
}

std::unique_ptr<BenchmarkReporter> make_silent_reporter() {
  return std::make_unique<SilentReporter>();
}

}  // namespace logigrad::bench
