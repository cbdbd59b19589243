// Ties the parts of a run together; see run.hpp.
#include "bench/run.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>

#include "bench/context.hpp"
#include "bench/options.hpp"
#include "bench/peers/peer.hpp"
#include "bench/table_reporter.hpp"
#include "tools/dataset/input_error.hpp"
#include "tools/machine/machine_key.hpp"
#include "tools/machine/result_file.hpp"

namespace logigrad::bench {
namespace {

// The 44 variants of an AVX-512 machine, with limits and peers over all shapes on 2 cores, take 3
// to 4 minutes at this.
constexpr double kDefaultMinTime = 0.05;  // seconds a case

const std::string* find_argument(const std::vector<std::string>& arguments,
                                 const std::string& prefix) {
  for (const std::string& argument : arguments) {
    if (argument.rfind(prefix, 0) == 0) return &argument;
  }
  return nullptr;
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
  google.push_back("--benchmark_out_format=json");
  return file;
}

int run_planned(int argc, char** argv, const std::function<void(CaseList&)>& adjust) {
  BenchOptions options = parse_options(argc, argv);
  std::vector<std::string>& google = options.google;
  if (find_argument(google, "--help")) return print_help(), 0;
  const Machine machine = describe_machine();
  std::vector<std::string> notes;
  CaseList list = plan_cases(options, machine, notes);
  if (adjust) adjust(list);

  const bool listing = find_argument(google, "--benchmark_list_tests") != nullptr;
  const std::string* min_time = find_argument(google, "--benchmark_min_time=");
  if (!min_time) google.push_back(fmt::format("--benchmark_min_time={}", kDefaultMinTime));
  const std::string* filter = find_argument(google, "--benchmark_filter=");
  const std::string pattern = filter ? filter->substr(filter->find('=') + 1) : "";
  const bool own_table = !find_argument(google, "--benchmark_format=") && !listing;
  const std::unique_ptr<AtomicFile> result = begin_result(options, machine, google);
  if (!initialize_google(google)) return 2;

  if (list.compare) {
    for (const AbsentPeer& peer : absent_peers()) {
      notes.push_back(fmt::format("peer {} is absent: {}", peer.name, peer.reason));
    }
  }
  for (const std::string& note : notes) fmt::print(stderr, "note: {}\n", note);
  add_context(machine, notes);
  const auto log = std::make_shared<RunLog>();
  register_cases(list, kDefaultMinTime, log);
  TableReporter table(log, pattern);
  const std::size_t matched = benchmark::RunSpecifiedBenchmarks(own_table ? &table : nullptr);
  if (matched == 0) throw InputError("--benchmark_filter: matches no benchmark");
  if (listing) return 0;
  for (const std::string& failure : log->failures) fmt::print(stderr, "wrong: {}\n", failure);
  if (result) {
    fmt::print("\nwritten to {}\n", result->commit().string());
  }
  return log->failures.empty() ? 0 : 1;
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
