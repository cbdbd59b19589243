// Command line of the benchmark; see options.hpp.
#include "bench/options.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <omp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "tools/dataset/input_error.hpp"

namespace logigrad::bench {
namespace {

constexpr const char* kDescription =
    R"(logigrad_bench: times the gradient of the logistic-regression loss.

Every variant that this CPU runs is compared with a double-double reference first; a variant whose
answer is outside its error bound, or not exact where it must be, gets no time, and the exit
status is 1. Names: gradient/panel/avx2_fma/f32/N:65536/D:256/threads:2, that is quantity, kernel body,
instruction set, type, rows, columns, threads. Beside them, on the same data, run limit/... (what the
hardware can do: reading X and y, and the loads and FMAs alone) and peer/... (what a user would
call instead; tools/bench.sh --with-peers installs the libraries). "of limit" is the lower bound of
the time over the time, "x peer" the best peer's time over it.

Every case runs once a round, one after the other, and its time is the median of the rounds; a ratio
is the median of the ratios within a round. The result file holds each round's time, in seconds.

  logigrad_bench --shape higgs --shape 1000x100        two shapes
  logigrad_bench --benchmark_filter='panel|auto/'      all shapes, two bodies
  logigrad_bench --data my.csv --header --label-column last

Shapes: toy 100x2, tiny-d 4096x8, higgs 4096x28, a9a 2048x123, square 256x256, mnist 1000x784,
wide 64x4096, llc (half the last-level cache), dram (8 times it). Without --shape or --data: all of
them and the Wisconsin breast cancer data (wdbc, 569x30).
Environment: OMP_NUM_THREADS, LOGIGRAD_MAX_ISA (the strongest ISA that may run).
Interrupted (Ctrl-C, SIGTERM) it ends after the current case and keeps what was measured whole; a
second time it ends at once.
Exit status: 0; 1 a wrong answer; 2 usage, input, or nothing to run; 130, 143 interrupted.)";

std::unique_ptr<CLI::App> make_app(BenchOptions& options) {
  auto app = std::make_unique<CLI::App>(kDescription);
  app->set_help_flag();  // --help prints Google Benchmark's options too
  app->allow_extras();
  app->add_option("--shape", options.shapes, "A named shape or NxD; may be repeated");
  app->add_option("--data", options.data_files, "A CSV, TSV or LIBSVM file; may be repeated");
  app->add_option("--label-column", options.load.label_column,
                  "first (default), last, a number from 0, or a name; of --data");
  app->add_option("--positive", options.load.positive,
                  "The label that is +1 (default: the larger)");
  app->add_flag("--header", options.load.header, "The first line of --data holds names");
  app->add_option("--dtype", options.dtypes, "f32 or f64 (default: both)")
      ->check(CLI::IsMember({"f32", "f64"}));
  app->add_option("--threads", options.threads, "Thread counts (default: 1 and all of OpenMP's)")
      ->delimiter(',')
      ->check(CLI::Range(1, 4096));
  app->add_flag_callback(
      "--no-compare", [&options] { options.compare = false; },
      "Without the hardware's limits and the peers (OpenBLAS, Eigen, libtorch ...)");
  app->add_flag("--full", options.full,
                "The shapes of results/README.md instead; see tools/bench.sh --full");
  app->add_option("--rounds,--benchmark_repetitions", options.rounds,
                  "How often each case is timed (default: 9; --full: 21, and 9 from memory)")
      ->check(CLI::Range(1, 10000));
  app->add_option("--benchmark_min_time", options.case_seconds,
                  "Seconds for a case, over all rounds (default: 0.05); an evaluation that takes\n"
                  "longer is timed at least 3 times")
      ->check(CLI::PositiveNumber);
  app->add_option(
         "--counters", options.events,
         "Count these events in every OpenMP thread, after a case was timed: libpfm's names,\n"
         "cycles,instructions for instance (tools/setup.sh --with-counters)")
      ->delimiter(',');
  app->add_option("--benchmark_filter", options.filter,
                  "Only the names that match this regular expression; -REGEX: only the others");
  app->add_flag("--benchmark_list_tests", options.list, "Print the names and end");
  app->add_option("--results", options.results,
                  "Write the JSON to DIR/<machine>/<time>-<revision>.json");
  for (CLI::Option* option : app->get_options())
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return app;
}

// A data file as a shape: its size is in the names, so it is read here once already.
BenchShape shape_of_file(const std::string& path, const std::string& name,
                         const LoadOptions& load) {
  const Dataset data = load_dataset(path, load);
  return {name, data.rows, data.cols, false, path, load};
}

}  // namespace

BenchOptions parse_options(int argc, char** argv) {
  BenchOptions options;
  const auto app = make_app(options);
  app->parse(argc, argv);
  options.google = app->remaining();
  // Not argv[0]: it goes into the results, where a path of the machine has no use.
  options.google.insert(options.google.begin(), "logigrad_bench");
  return options;
}

void print_help() {
  BenchOptions unused;
  fmt::print("{}\nGoogle Benchmark's options:\n", make_app(unused)->help());
  benchmark::PrintDefaultHelp();
}

CaseList plan_cases(const BenchOptions& options, const MachineSizes& sizes,
                    std::vector<std::string>& notes) {
  const std::vector<BenchShape> named = named_shapes(sizes, notes);
  CaseList list;
  for (const std::string& request : options.shapes)
    list.shapes.push_back(find_shape(request, named));
  for (const std::string& path : options.data_files) {
    const std::size_t slash = path.rfind('/');
    list.shapes.push_back(shape_of_file(
        path, slash == std::string::npos ? path : path.substr(slash + 1), options.load));
  }
  if (list.shapes.empty()) {
    list.shapes = named;
    LoadOptions load;
    load.header = true;
    load.label_column = "last";
    const auto llc = list.shapes.end() - 2;  // before the shapes that leave the caches
    list.shapes.insert(llc, shape_of_file(LOGIGRAD_WDBC, "wdbc", load));
  }
  for (const Dtype dtype : {Dtype::kF32, Dtype::kF64}) {
    const bool wanted =
        options.dtypes.empty() ||
        std::count(options.dtypes.begin(), options.dtypes.end(), std::string(name_of(dtype)));
    if (wanted) list.dtypes.push_back(dtype);
  }
  for (const BenchShape& shape : list.shapes) {
    for (const Dtype dtype : list.dtypes) check_fits(shape, dtype, sizes);
  }
  list.threads = options.threads;
  if (list.threads.empty()) list.threads = {1, omp_get_max_threads()};
  std::sort(list.threads.begin(), list.threads.end());
  list.threads.erase(std::unique(list.threads.begin(), list.threads.end()), list.threads.end());
  list.compare = options.compare;
  if (options.rounds > 0 || options.full) list.rounds = options.rounds;
  for (const Variant& variant : variants()) {
    if (variant.runnable()) list.variants.push_back(variant);
  }
  return list;
}

}  // namespace logigrad::bench
