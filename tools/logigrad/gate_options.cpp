// See gate_options.hpp.
#include "tools/logigrad/gate_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>
#include <map>
#include <string_view>

#include "tools/dataset/number.hpp"
#include "tools/logigrad/options.hpp"

namespace logigrad::program {
namespace {

constexpr double kThreshold = 0.03;
constexpr std::size_t kMostRelinks = 20;

constexpr const char* kFooter =
    R"(BIN_OR_REF is the path of a logigrad_bench, or a git revision (a branch, a tag, HEAD~1) of
the repository that holds the current directory. Revisions are built, both in the same place by the
same --build-command, and kept in --cache. A file is meant where it has the name of a revision.

Processes of the baseline, of a second copy of it and of the candidate run in blocks, in a random
order that is balanced against drift. The unit is the process: its time of a benchmark is the median
of its rounds. What the copy shows is the floor: no difference that identical code also shows is
called one. It ends when every benchmark has a verdict, or at --budget:
  PASS          the whole interval of candidate / baseline is below 1 + threshold
  REGRESSED     all of it is above that, significantly after Holm's correction over all benchmarks
  IMPROVED      likewise, faster
  INCONCLUSIVE  none of these: a longer --budget, fewer benchmarks, or a quieter machine
"finds" is the smallest slowdown that this sitting would have found.

Examples:
  logigrad gate --baseline origin/main --candidate HEAD
  logigrad gate --baseline old/logigrad_bench --candidate new/logigrad_bench --threshold 2%
  logigrad gate --baseline HEAD~1 --candidate HEAD --instructions
  logigrad gate --self-test --budget 5m
--thresholds: a line "PERCENT% REGEX" for benchmarks whose name has a match, the first one decides;
'#' begins a comment. --json has kind, baseline, candidate, alpha, power, seed, blocks, seconds,
interrupted, benchmarks (name, verdict, threshold, times or instructions, ratio with its interval,
p, floor, detectable), only_in_baseline, only_in_candidate, failed_in_baseline, failed_in_candidate,
notes, exit_status and verdict; of --self-test kind, trials (slowdown, blocks, seconds, benchmarks
with lie), verdicts, lies, undecided and exit_status. What was not measured is null. With GITHUB_STEP_SUMMARY set, the table in Markdown is appended to
that file.

Exit status:
  0  every benchmark passes
  1  a benchmark regressed; of --self-test: the gate has lied (a wrong verdict, or INCONCLUSIVE
     where "finds" is below the slowdown)
  2  usage, a build or a process that failed, or nothing that is on both sides
  3  none regressed, but some could not be decided, or are gone from the candidate (--filter leaves
     out what was taken out on purpose); of --self-test: none could be decided
  4  the candidate gave a wrong answer: beats any time
  5  not comparable: other machine, build type, compiler or flags (see --any-build)
  130, 143  interrupted: what was seen so far is printed, and is no verdict)";

const std::vector<std::string> kShapes = {"tiny-d", "higgs", "square", "mnist"};
// Under valgrind validation takes most of the time, so that these are smaller; the last is as large
// as two threads (--threads 1,2) need.
const std::vector<std::string> kCountedShapes = {"512x8", "512x28", "128x256", "64x784", "4096x8"};
constexpr const char* kFilter = "^(loss_)?gradient/auto/";

// "90", "90s", "10m", "1h", in seconds.
double duration_option(const std::string& name, const std::string& text) {
  const std::map<char, double> units = {{'s', 1}, {'m', 60}, {'h', 3600}};
  const auto unit = text.empty() ? units.end() : units.find(text.back());
  const std::size_t digits = text.size() - (unit == units.end() ? 0 : 1);
  const dataset::Number number = dataset::parse_number(std::string_view(text).substr(0, digits));
  if (number.kind != dataset::NumberKind::kFinite || number.value <= 0)
    refuse_option(name, text, "a time above 0, such as 90s, 10m or 1h");
  return number.value * (unit == units.end() ? 1 : unit->second);
}

// An option whose text `read` turns into a value.
template <class T, class Read>
void add_read_option(CLI::App& command, const std::string& name, T& value, const char* type,
                     const std::string& help, Read read) {
  command
      .add_option_function<std::string>(
          name, [&value, name, read](const std::string& text) { value = read(name, text); }, help)
      ->type_name(type);
}

void add_choice_options(CLI::App& command, GateOptions& options) {
  gate::Choice& choice = options.choice;
  command
      .add_option("--shape", choice.shapes,
                  "A shape of logigrad_bench or NxD; may be repeated (default:\n"
                  "tiny-d, higgs, square, mnist; of --instructions smaller ones)")
      ->type_name("SHAPE");
  command
      .add_option("--filter", choice.filter,
                  "Only names that match, as logigrad_bench --benchmark_filter\n"
                  "(default: ^(loss_)?gradient/auto/)")
      ->type_name("REGEX");
  command.add_option("--dtype", choice.dtypes, "f32 or f64 (default: both)")
      ->check(CLI::IsMember({"f32", "f64"}))
      ->type_name("TYPE");
  command.add_option("--threads", choice.threads, "Thread counts, 1,2 (default: 1)")
      ->type_name("N");
}

void add_timing_options(CLI::App& command, GateOptions& options) {
  gate::Choice& choice = options.choice;
  add_read_option(command, "--rounds", choice.rounds, "N", "Of a process (default 25)",
                  [](const std::string& name, const std::string& text) {
                    return static_cast<int>(whole_option(name, text, 1, 1000));
                  });
  add_read_option(
      command, "--case-seconds", choice.case_seconds, "S",
      "Of timing a benchmark in a process (default 0.05)",
      [](const std::string& name, const std::string& text) { return duration_option(name, text); });
}

void add_rule_options(CLI::App& command, GateOptions& options) {
  add_read_option(command, "--threshold", options.threshold, "PERCENT",
                  "What is too slow (default 3%; of --instructions 0.01%, OpenMP 0.1%)",
                  percentage_option);
  command.add_option("--thresholds", options.thresholds, "Others, by name")->type_name("FILE");
  add_read_option(command, "--budget", options.budget, "TIME",
                  "Ends by then, decided or not (default 10m; builds not counted)",
                  duration_option);
  add_read_option(command, "--timeout", options.timeout, "TIME",
                  "A process that takes longer is an error (default 10m)", duration_option);
  add_read_option(command, "--seed", options.seed, "N", "Of the order (default: a new one)",
                  [](const std::string& name, const std::string& text) {
                    return whole_option(name, text, 0, std::numeric_limits<std::uint64_t>::max());
                  });
  add_read_option(command, "--relink", options.build.relinks, "K",
                  "Also K copies of each revision, their functions in other orders,\n"
                  "whose spread joins the floor",
                  [](const std::string& name, const std::string& text) {
                    return whole_option(name, text, 0, kMostRelinks);
                  });
}

void add_build_options(CLI::App& command, GateOptions& options) {
  options.build.command =
      "cmake --preset release -DLOGIGRAD_BUILD_TESTS=OFF -DLOGIGRAD_WITH_PEERS=OFF && "
      "cmake --build --preset release --target logigrad_bench";
  command
      .add_option("--build-command", options.build.command,
                  "Builds a revision, in the root of its tree (default: preset release)")
      ->type_name("SHELL");
  options.build.output = "build/release/bench/logigrad_bench";
  command
      .add_option("--build-output", options.build.output,
                  "What it leaves (default: build/release/bench/logigrad_bench)")
      ->type_name("PATH");
  command
      .add_option("--cache", options.build.cache,
                  "Where builds are kept (default: build/gate in the repository)")
      ->type_name("DIR");
  command.add_flag("--any-build", options.any_build, "Also sides of different compilers or flags");
}

void add_output_options(CLI::App& command, GateOptions& options) {
  command.add_option("--json", options.json, "Write one JSON object")->type_name("FILE");
  command.add_option("--junit", options.junit, "Write JUnit's XML")->type_name("FILE");
  command.add_flag("--markdown", options.markdown, "Print a table for GitHub");
}

}  // namespace

void add_gate_options(CLI::App& command, GateOptions& options) {
  command.footer(kFooter);
  command.add_option("--baseline", options.baseline, "What is compared with")
      ->type_name("BIN_OR_REF");
  command.add_option("--candidate", options.candidate, "What may be slower")
      ->type_name("BIN_OR_REF");
  add_choice_options(command, options);
  add_timing_options(command, options);
  add_rule_options(command, options);
  add_build_options(command, options);
  command.add_flag("--instructions", options.instructions,
                   "Count instructions by valgrind instead, on any machine");
  command.add_flag("--self-test", options.self_test,
                   "What the gate says here of identical code and of known slowdowns");
  command
      .add_option("--slowed", options.slowed,
                  "The program for it (default: logigrad_bench_slowed of this build)")
      ->type_name("FILE");
  add_output_options(command, options);
}

void require_gate_options(GateOptions& options) {
  const bool sides = !options.baseline.empty() && !options.candidate.empty();
  if (options.self_test ? !options.baseline.empty() || !options.candidate.empty() : !sides)
    throw CLI::ValidationError(
        "gate: expected both --baseline and --candidate, or --self-test without them");
  if (options.instructions && (options.self_test || options.build.relinks > 0))
    throw CLI::ValidationError(
        "--instructions: found --self-test or --relink beside it, which are about times");
  if (options.self_test && options.build.relinks > 0)
    throw CLI::ValidationError("--relink: found --self-test beside it, which builds nothing");
  if (options.self_test && (options.markdown || !options.junit.empty()))
    throw CLI::ValidationError(
        fmt::format("{}: found --self-test beside it, which writes --json only",
                    options.markdown ? "--markdown" : "--junit"));
  gate::Choice& choice = options.choice;
  if (choice.shapes.empty() && !options.self_test)
    choice.shapes = options.instructions ? kCountedShapes : kShapes;
  if (choice.filter.empty() && !options.self_test) choice.filter = kFilter;
  if (choice.threads.empty()) choice.threads = "1";
}

gate::Plan plan_of(const GateOptions& options, std::uint64_t seed,
                   const std::filesystem::path& scratch) {
  gate::Thresholds thresholds(options.threshold.value_or(kThreshold));
  if (!options.thresholds.empty()) thresholds.load(options.thresholds);
  return {{},
          {},
          options.choice,
          options.timeout,
          options.any_build,
          thresholds,
          {},
          options.budget,
          seed,
          scratch};
}

}  // namespace logigrad::program
