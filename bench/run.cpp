// Ties the parts of a run together; see run.hpp.
#include "bench/run.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "bench/context.hpp"
#include "bench/full.hpp"
#include "bench/options.hpp"
#include "bench/progress.hpp"
#include "bench/report.hpp"
#include "bench/table.hpp"
#include "tools/dataset/input_error.hpp"
#include "tools/machine/machine_key.hpp"
#include "tools/machine/result_file.hpp"

namespace logigrad::bench {
namespace {

// The value of "prefix=value" among Google Benchmark's arguments.
std::optional<std::string> find_argument(const std::vector<std::string>& arguments,
                                         const std::string& prefix) {
  for (const std::string& argument : arguments) {
    if (argument.rfind(prefix, 0) != 0) continue;
    const std::size_t equals = argument.find('=');
    return equals == std::string::npos ? "" : argument.substr(equals + 1);
  }
  return std::nullopt;
}

// Hands Google Benchmark its arguments; returns false if one is unknown, after saying so.
bool initialize_google(std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int argc = static_cast<int>(arguments.size());
  benchmark::Initialize(&argc, argv.data(), print_help);
  return !benchmark::ReportUnrecognizedArguments(argc, argv.data());
}

// The result file, begun before the run: an unwritable directory is noticed while nothing is lost.
std::unique_ptr<AtomicFile> begin_result(const BenchOptions& options, const Machine& machine,
                                         std::vector<std::string>& google) {
  if (options.results.empty()) return nullptr;
  if (find_argument(google, "--benchmark_out=")) {
    throw InputError("--results and --benchmark_out exclude each other");
  }
  auto file = std::make_unique<AtomicFile>(
      result_path(options.results, machine_key(machine, supported_isas()),
                  std::chrono::system_clock::now(), build_revision()));
  google.push_back("--benchmark_out=" + file->temporary().string());
  return file;
}

MachineSizes sizes_of(const Machine& machine, std::vector<std::string>& notes) {
  MachineSizes sizes{machine.last_level_cache(), machine.available_memory};
  if (sizes.available_memory == 0) {
    notes.push_back("the available memory is unknown: no shape is refused or capped");
    sizes.available_memory = UINT64_MAX;
  }
  return sizes;
}

std::vector<Group> plan_groups(const BenchOptions& options, const Machine& machine,
                               const std::function<void(CaseList&)>& adjust,
                               std::vector<std::string>& notes) {
  const MachineSizes sizes = sizes_of(machine, notes);
  CaseList list = plan_cases(options, sizes, notes);
  if (adjust) adjust(list);
  std::vector<Group> groups = options.full ? full_groups(list, sizes) : all_groups(list);
  keep_matching(groups, options.filter);
  if (groups.empty()) throw InputError("--benchmark_filter: matches no benchmark");
  if (!list.compare) return groups;
  for (const AbsentPeer& peer : absent_peers()) {
    notes.push_back(fmt::format("peer {} is absent: {}", peer.name, peer.reason));
  }
  return groups;
}

// Runs the groups under Google Benchmark; the results, one for each case.
Results run_groups(const std::vector<Group>& groups, double case_seconds,
                   const std::vector<std::string>& google) {
  Results results;
  const auto format = find_argument(google, "--benchmark_format=");
  std::optional<Progress> progress;
  if (!format) progress.emplace(groups, case_seconds);
  register_cases(groups, results, [&](std::size_t g) {
    const Group& group = groups[g];
    std::vector<CaseResult> measured = measure_group(group, case_seconds, [&](std::size_t i) {
      if (progress) progress->advance(group, group.cases[i]);
    });
    for (std::size_t i = 0; i < measured.size(); ++i) {
      measured[i].group = g;
      results[group.cases[i].name] = std::move(measured[i]);
    }
  });
  const auto display = format ? make_reporter(*format, results, false) : make_silent_reporter();
  const auto file = make_reporter(find_argument(google, "--benchmark_out_format=").value_or("json"),
                                  results, true);
  const bool out = find_argument(google, "--benchmark_out=").has_value();
  benchmark::RunSpecifiedBenchmarks(display.get(), out ? file.get() : nullptr);
  if (progress) {
    progress->finish();
    print_table(std::cout, groups, results);
  }
  return results;
}

int count_failures(const Results& results) {
  int failures = 0;
  for (const auto& [name, result] : results) {
    if (result.failure.empty()) continue;
    fmt::print(stderr, "wrong: {}: {}\n", name, result.failure);
    ++failures;
  }
  return failures;
}

int run_planned(int argc, char** argv, const std::function<void(CaseList&)>& adjust) {
  BenchOptions options = parse_options(argc, argv);
  std::vector<std::string>& google = options.google;
  if (find_argument(google, "--help")) return print_help(), 0;
  const Machine machine = describe_machine();
  std::vector<std::string> notes;
  const std::vector<Group> groups = plan_groups(options, machine, adjust, notes);
  if (options.list) {
    for (const Group& group : groups) {
      for (const Case& c : group.cases) fmt::print("{}\n", c.name);
    }
    return 0;
  }
  const std::unique_ptr<AtomicFile> result = begin_result(options, machine, google);
  if (!initialize_google(google)) return 2;
  for (const std::string& note : notes) fmt::print(stderr, "note: {}\n", note);
  add_context(machine, options.full ? "full" : "standard", notes);
  const int failures = count_failures(run_groups(groups, options.case_seconds, google));
  if (result) fmt::print("\nwritten to {}\n", result->commit().string());
  return failures == 0 ? 0 : 1;
}

}  // namespace

int run_benchmarks(int argc, char** argv, const std::function<void(CaseList&)>& adjust) {
  try {
    return run_planned(argc, argv, adjust);
  } catch (const std::exception& error) {  // CLI::ParseError, InputError, an unwritable result
    fmt::print(stderr, "logigrad_bench: {}\n", error.what());
    return 2;
  }
}

}  // namespace logigrad::bench
