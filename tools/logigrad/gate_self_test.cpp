// See gate_self_test.hpp. bench/slowed.cpp is how the slower program is made.
#include "tools/logigrad/gate_self_test.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <random>

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

// A claim about a ratio that is known to be 1 + slowdown.
bool is_lie(Verdict verdict, double slowdown, double threshold) {
  if (verdict == Verdict::kImproved) return true;
  if (verdict == Verdict::kRegressed) return slowdown <= threshold;
  return verdict == Verdict::kPass && slowdown > threshold;
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
    trial.lies += is_lie(line.decision.verdict, trial.slowdown, line.threshold) ? 1 : 0;
  return trial;
}

void print_trial(const Trial& trial) {
  fmt::print("\n{}, {} blocks:\n",
             trial.slowdown == 0 ? "identical code"
                                 : fmt::format("slower by {:g} %", 100 * trial.slowdown),
             trial.sitting.blocks);
  for (const gate::Line& line : trial.sitting.lines) {
    const gate::Decision& d = line.decision;
    fmt::print("  {:<58} {:.3f} finds {:>6}  {}{}\n", line.name, d.ratio, percent(d.detectable),
               name_of(d.verdict),
               is_lie(d.verdict, trial.slowdown, line.threshold) ? "  A LIE" : "");
  }
  std::fflush(stdout);
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
  std::size_t lies = 0, claims = 0, undecided = 0;
  try {
    for (const double percent : kSlowdowns) {
      const Trial trial = try_slowdown(options, percent, stop);
      print_trial(trial);
      require_whole(trial, interruption);
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
  if (lies > 0) throw BadAnswer("the gate has lied: " + summary);
}

}  // namespace logigrad::program
