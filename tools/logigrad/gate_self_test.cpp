// See gate_self_test.hpp. bench/slowed.cpp is how the slower program is made.
#include "tools/logigrad/gate_self_test.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <random>
#include <utility>

#include "tools/dataset/input_error.hpp"
#include "tools/gate/copies.hpp"
#include "tools/gate/process.hpp"
#include "tools/logigrad/gate_output.hpp"
#include "tools/logigrad/gate_progress.hpp"
#include "tools/logigrad/gate_reports.hpp"
#include "tools/logigrad/program.hpp"
#include "tools/machine/interruption.hpp"

namespace logigrad::program {
namespace {

namespace fs = std::filesystem;
using gate::Verdict;

constexpr double kSlowdowns[] = {0, 5, 10, 20};  // percent

// Where the build has put it: beside the directory of this program.
fs::path slowed_program(const GateOptions& options) {
  const fs::path path = options.slowed.empty()
                            ? fs::read_symlink("/proc/self/exe").parent_path().parent_path() /
                                  "bench" / "logigrad_bench_slowed"
                            : fs::path(options.slowed);
  if (fs::is_regular_file(path)) return fs::canonical(path);
  throw InputError(path.string() + ": found no such file, expected the program of --self-test " +
                   "(the build target logigrad_bench_slowed; --slowed names another)");
}

// A claim about a ratio that is known to be 1 + slowdown. "finds" is a claim too.
bool is_lie(const gate::Decision& decision, double slowdown, double threshold) {
  switch (decision.verdict) {
    case Verdict::kImproved:
      return true;
    case Verdict::kRegressed:
      return slowdown <= threshold;
    case Verdict::kPass:
      return slowdown > threshold;
    case Verdict::kInconclusive:
      return decision.detectable < slowdown;
  }
  return true;
}

struct Trial {
  double slowdown;  // a ratio - 1
  gate::Sitting sitting;
  std::size_t lies = 0;
};

Trial try_slowdown(const GateOptions& options, double percent, const gate::Stop& stop) {
  const gate::Scratch scratch;
  gate::Plan plan =
      plan_of(options, options.seed ? *options.seed : std::random_device()(), scratch.path());
  if (plan.choice.shapes.empty()) plan.choice.shapes = {"higgs", "square"};
  if (plan.choice.filter.empty()) plan.choice.filter = "^gradient/(narrow|panel)/";
  plan.budget = options.budget / static_cast<double>(std::size(kSlowdowns));
  const gate::Program program{"", "", slowed_program(options), {}};
  copy_programs(program, program, plan);
  for (gate::Runner& runner : plan.sides) runner.arguments = {"--slowdown=0"};
  plan.sides.back().arguments = {fmt::format("--slowdown={:g}", percent)};
  GateProgress progress(plan.budget);
  Trial trial{percent / 100, measure(plan, stop, [&](const gate::Sitting& sitting) {
                progress.show_block(sitting);
              })};
  for (const gate::Line& line : trial.sitting.lines)
    trial.lies += is_lie(line.decision, trial.slowdown, line.threshold) ? 1 : 0;
  return trial;
}

void print_trial(const Trial& trial) {
  fmt::print("\n{}, {} blocks:\n",
             trial.slowdown == 0 ? "identical code"
                                 : fmt::format("slower by {:g} %", 100 * trial.slowdown),
             trial.sitting.blocks);
  for (const gate::Line& line : trial.sitting.lines) {
    const gate::Decision& d = line.decision;
    fmt::print("  {:<58} {:>5} finds {:>6}  {}{}\n", line.name, ratio_text(d.ratio),
               percent(d.detectable), name_of(d.verdict),
               is_lie(d, trial.slowdown, line.threshold) ? "  A LIE" : "");
  }
  std::fflush(stdout);
}

Json trial_json(const Trial& trial) {
  Json json = {{"slowdown", trial.slowdown},
               {"blocks", trial.sitting.blocks},
               {"seconds", trial.sitting.seconds},
               {"benchmarks", Json::array()}};
  for (const gate::Line& line : trial.sitting.lines) {
    Json entry = line_json(line, "seconds");
    entry["lie"] = is_lie(line.decision, trial.slowdown, line.threshold);
    json["benchmarks"].push_back(std::move(entry));
  }
  return json;
}

// What kept a trial from being one.
void require_whole(const Trial& trial, const Interruption& interruption) {
  const gate::Sitting& sitting = trial.sitting;
  if (sitting.interrupted)
    throw Interrupted("gate: self-test interrupted", interruption.exit_status());
  if (!sitting.error.empty()) throw InputError(sitting.error);
  if (!sitting.candidate_failures.empty())
    throw BadAnswer(
        "a kernel of the self-test gave a wrong answer: " + sitting.candidate_failures[0].reason,
        kWrongAnswer);
  if (sitting.lines.empty()) throw InputError("gate: the self-test found no benchmark");
}

}  // namespace

void run_gate_self_test(const GateOptions& options) {
  const Interruption interruption("logigrad");
  const gate::Stop stop = [&] { return static_cast<bool>(interruption); };
  const auto file = begin_file("--json", options.json);
  Json json = {{"kind", "self_test"}, {"trials", Json::array()}};
  std::size_t lies = 0, claims = 0, undecided = 0;
  try {
    for (const double percent : kSlowdowns) {
      const Trial trial = try_slowdown(options, percent, stop);
      print_trial(trial);
      require_whole(trial, interruption);
      json["trials"].push_back(trial_json(trial));
      lies += trial.lies;
      for (const gate::Line& line : trial.sitting.lines)
        ++(line.decision.verdict == Verdict::kInconclusive ? undecided : claims);
    }
  } catch (const gate::Stopped&) {
    throw Interrupted("gate: self-test interrupted", interruption.exit_status());
  }
  const std::string summary =
      fmt::format("{} verdicts, {} of them wrong; {} times inconclusive", claims, lies, undecided);
  fmt::print("\n{}\n", summary);
  const int status = lies > 0 ? kBad : claims == 0 ? kInconclusive : 0;
  json["verdicts"] = claims;
  json["lies"] = lies;
  json["undecided"] = undecided;
  json["exit_status"] = status;
  write_file(file, json_text(json));
  if (lies > 0) throw BadAnswer("the gate has lied: " + summary);
  if (claims == 0)
    throw BadAnswer("nothing was decided, so that nothing was tested (--budget): " + summary,
                    kInconclusive);
}

}  // namespace logigrad::program
