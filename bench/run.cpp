// Ties the parts of a run together; see run.hpp.
#include "bench/run.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "bench/context.hpp"
#include "bench/full.hpp"
#include "bench/options.hpp"
#include "bench/peers/openblas_core.hpp"
#include "bench/progress.hpp"
#include "bench/report.hpp"
#include "bench/shortfall.hpp"
#include "bench/table.hpp"
#include "tools/dataset/input_error.hpp"
#include "tools/machine/interruption.hpp"
#include "tools/machine/machine_key.hpp"
#include "tools/machine/result_file.hpp"
#include "tools/results/result.hpp"

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

std::string file_format(const std::vector<std::string>& google) {
  return find_argument(google, "--benchmark_out_format=").value_or("json");
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

// The file of --benchmark_out, which then is whole or not there, too; null for a device.
std::unique_ptr<AtomicFile> begin_named_result(const std::string& path,
                                               std::vector<std::string>& google) {
  namespace fs = std::filesystem;
  const fs::path directory = fs::absolute(path).parent_path();
  if (!fs::is_directory(directory))
    throw InputError(
        fmt::format("--benchmark_out={}: found no directory {}", path, directory.string()));
  if (fs::exists(path) && !fs::is_regular_file(path) && !fs::is_directory(path)) return nullptr;
  auto file = std::make_unique<AtomicFile>(path, Existing::kReplace);
  google.push_back("--benchmark_out=" + file->temporary().string());  // the last one counts
  return file;
}

// The result file, begun before the run: an unwritable directory is noticed while nothing is lost.
std::unique_ptr<AtomicFile> begin_result(const BenchOptions& options, const Machine& machine,
                                         std::vector<std::string>& google) {
  const auto out = find_argument(google, "--benchmark_out=");
  if (options.results.empty()) return out ? begin_named_result(*out, google) : nullptr;
  if (out) throw InputError("--results and --benchmark_out exclude each other");
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

// Measures the groups until it is interrupted; what came out, one for each case that was measured.
Results measure_groups(const std::vector<Group>& groups, const MeasureSettings& settings,
                       const Interruption& interruption) {
  Results results;
  Progress progress(groups, settings.case_seconds);
  const auto stop = [&] { return static_cast<bool>(interruption); };
  for (std::size_t g = 0; g < groups.size() && !stop(); ++g) {
    const Group& group = groups[g];
    const auto advance = [&](std::size_t i) { progress.advance(group, group.cases[i]); };
    std::vector<CaseResult> measured = measure_group(group, settings, {advance, stop});
    for (std::size_t i = 0; i < measured.size(); ++i) {
      if (!measured[i].timed() && measured[i].failure.empty()) continue;
      measured[i].group = g;
      results[group.cases[i].name] = std::move(measured[i]);
    }
  }
  progress.finish(results.size());
  return results;
}

// Where Google Benchmark is to report to.
struct Reporters {
  std::unique_ptr<benchmark::BenchmarkReporter> display, file;  // no file: null
  bool table;                                                   // ours instead of a display
};

Reporters make_reporters(const std::vector<std::string>& google, const Results& results) {
  const auto format = find_argument(google, "--benchmark_format=");
  Reporters reporters{format ? make_reporter(*format, results, false) : make_silent_reporter(),
                      nullptr, !format};
  auto file = make_reporter(file_format(google), results, true);
  if (find_argument(google, "--benchmark_out=")) reporters.file = std::move(file);
  return reporters;
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

// The report of what was measured, all of it or until the interruption.
void report(const std::vector<Group>& groups, const Results& results, const Reporters& reporters,
            const std::vector<std::string>& shortfall) {
  register_cases(groups, results);
  benchmark::RunSpecifiedBenchmarks(reporters.display.get(), reporters.file.get());
  if (!reporters.table) return;
  print_table(std::cout, groups, results);
  if (!shortfall.empty()) fmt::print("\n");
  for (const std::string& line : shortfall) fmt::print("{}\n", line);
}

// Gives the result its name. A JSON is read back before: Google Benchmark writes it by a stream and
// never asks whether the disk was full.
std::string commit_checked(AtomicFile& file, const std::vector<std::string>& google,
                           std::size_t measured) {
  if (file_format(google) == "json") {
    try {
      const Result written = load_results(file.temporary()).at(0).result;
      if (written.measurements.size() != measured)
        throw InputError(
            fmt::format("found {} benchmarks, expected {}", written.measurements.size(), measured));
    } catch (const InputError& error) {
      throw std::runtime_error(
          fmt::format("the result was not written whole (is the disk full?) and is not kept: {}",
                      error.what()));
    }
  }
  return file.commit();
}

// Measures, reports, and gives the result its name. Returns the exit status. Interrupted, it keeps
// what was measured whole.
int run_groups(BenchOptions& options, const Machine& machine, const std::vector<Group>& groups,
               std::vector<std::string> notes) {
  const Interruption interruption("logigrad_bench");
  const std::unique_ptr<AtomicFile> file = begin_result(options, machine, options.google);
  Results results;
  const Reporters reporters = make_reporters(options.google, results);
  if (!initialize_google(options.google)) return 2;
  benchmark::CPUInfo::Get();  // its load average is that of now, and not what this run makes of it
  for (const std::string& note : notes) fmt::print(stderr, "note: {}\n", note);
  results = measure_groups(groups, {options.case_seconds, options.events}, interruption);
  std::vector<std::string> shortfall;
  if (interruption) shortfall = describe_shortfall(groups, results, interruption.name());
  const int failures = count_failures(results);
  if (!shortfall.empty()) {
    const bool nothing = std::none_of(results.begin(), results.end(),
                                      [](const auto& each) { return each.second.timed(); });
    fmt::print(stderr, "logigrad_bench: {}{}\n", shortfall.front(),
               nothing ? "; there is no result" : "");
    if (nothing) return interruption.exit_status();
  }
  notes.insert(notes.end(), shortfall.begin(), shortfall.end());
  add_context(machine, options.full ? "full" : "standard", !shortfall.empty(), notes);
  report(groups, results, reporters, shortfall);
  if (file) fmt::print("\nwritten to {}\n", commit_checked(*file, options.google, results.size()));
  if (!shortfall.empty()) return interruption.exit_status();
  return failures == 0 ? 0 : 1;
}

int run_planned(int argc, char** argv, const std::function<void(CaseList&)>& adjust) {
  BenchOptions options = parse_options(argc, argv);
  std::vector<std::string>& google = options.google;
  if (find_argument(google, "--help")) return print_help(), 0;
  check_events(options.events);
  const Machine machine = describe_machine();
  std::vector<std::string> notes;
  const std::vector<Group> groups = plan_groups(options, machine, adjust, notes);
  if (options.list) {
    for (const Group& group : groups) {
      for (const Case& c : group.cases) fmt::print("{}\n", c.name);
    }
    return 0;
  }
  if (options.compare) restart_with_openblas_core(argv);
  return run_groups(options, machine, groups, std::move(notes));
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
