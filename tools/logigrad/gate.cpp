// logigrad gate: did this get slower? Two programs, or two revisions, measured in one sitting.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <utility>

#include "tools/dataset/input_error.hpp"
#include "tools/gate/copies.hpp"
#include "tools/gate/instructions.hpp"
#include "tools/gate/process.hpp"
#include "tools/logigrad/gate_options.hpp"
#include "tools/logigrad/gate_output.hpp"
#include "tools/logigrad/gate_progress.hpp"
#include "tools/logigrad/gate_reports.hpp"
#include "tools/logigrad/gate_self_test.hpp"
#include "tools/logigrad/program.hpp"
#include "tools/machine/interruption.hpp"

namespace logigrad::program {
namespace {

using gate::Verdict;

using Outcome = std::pair<int, std::string>;  // exit status, verdict of the whole

// A wrong answer beats any time; what broke off is no verdict. `interrupted` is the exit status of
// an interruption. Nothing if there are verdicts to count.
std::optional<Outcome> broken_off(const gate::Sitting& sitting, int interrupted) {
  if (const std::size_t wrong = sitting.candidate_failures.size(); wrong > 0)
    return Outcome(
        kWrongAnswer,
        fmt::format("WRONG: {} of the candidate's benchmarks gave wrong answers", wrong));
  if (!sitting.error.empty()) return Outcome(kUsage, "ERROR: " + sitting.error);
  if (sitting.interrupted)
    return Outcome(interrupted,
                   fmt::format("INTERRUPTED after {} blocks: no verdict", sitting.blocks));
  if (sitting.lines.empty())
    return Outcome(kUsage, "ERROR: found no benchmark that has times on both sides");
  return std::nullopt;
}

std::string gone_text(std::size_t count) {
  if (count == 0) return "";
  return fmt::format(", and {} of the baseline {} gone from the candidate", count,
                     count == 1 ? "is" : "are");
}

// What could not be seen is no pass, and neither is what the candidate no longer has.
Outcome counted(const GateReport& report) {
  const std::size_t lines = report.sitting.lines.size();
  const std::size_t slower = count_of(report, Verdict::kRegressed);
  const std::size_t unclear = count_of(report, Verdict::kInconclusive);
  const std::size_t gone = report.sitting.only_baseline.size();
  if (slower > 0)
    return {kBad, fmt::format("REGRESSED: {} of {} benchmarks are slower by more than their "
                              "threshold{}",
                              slower, lines, gone_text(gone))};
  if (unclear + gone > 0)
    return {kInconclusive, fmt::format("INCONCLUSIVE: {} of {} benchmarks could not be decided{}",
                                       unclear, lines, gone_text(gone))};
  return {0, fmt::format("PASS: none of {} benchmarks is slower by more than its threshold, {} are "
                         "faster",
                         lines, count_of(report, Verdict::kImproved))};
}

gate::Sitting sit(const gate::Plan& plan, const GateOptions& options, const gate::Stop& stop) {
  GateProgress progress(options.budget);
  if (options.instructions)
    return count_instructions(
        plan, options.has_thresholds(), stop,
        [&](const gate::Sitting& sitting, std::size_t of) { progress.show_count(sitting, of); });
  return measure(plan, stop, [&](const gate::Sitting& sitting) { progress.show_block(sitting); });
}

GateReport gate_programs(const GateOptions& options, const gate::Stop& stop) {
  GateReport report;
  report.instructions = options.instructions;
  report.seed = options.seed ? *options.seed : std::random_device()();
  const gate::Scratch scratch;
  gate::Plan plan = plan_of(options, report.seed, scratch.path());
  gate::BuildSettings settings = options.build;
  settings.seed = report.seed;
  report.baseline = find_program(options.baseline, settings, stop);
  report.candidate = find_program(options.candidate, settings, stop);
  copy_programs(report.baseline, report.candidate, plan);
  report.rule = plan.rule;
  report.sitting = sit(plan, options, stop);
  std::vector<std::string> names;
  for (const gate::Line& line : report.sitting.lines) names.push_back(line.name);
  for (const std::string& exception : plan.thresholds.unused(names))
    report.notes.push_back(exception + " matches no benchmark");
  return report;
}

void run_gate(const GateOptions& options) {
  const Interruption interruption("logigrad");
  GateReports reports(options);
  try {
    GateReport report = gate_programs(options, [&] { return static_cast<bool>(interruption); });
    const auto broken = broken_off(report.sitting, interruption ? interruption.exit_status() : 0);
    std::tie(report.exit_status, report.verdict) = broken ? *broken : counted(report);
    reports.write(report);
    if (report.sitting.interrupted) throw Interrupted(report.verdict, report.exit_status);
    if (report.exit_status != 0)
      throw BadAnswer(report.verdict, static_cast<ExitStatus>(report.exit_status));
  } catch (const gate::Stopped&) {
    throw Interrupted("gate: interrupted before anything was measured", interruption.exit_status());
  }
}

}  // namespace

void add_gate(CLI::App& app, Work& work) {
  CLI::App* command =
      app.add_subcommand("gate", "Is a candidate slower than a baseline? For pull requests and CI");
  const auto options = std::make_shared<GateOptions>();
  add_gate_options(*command, *options);
  command->callback([&work, options] {
    require_gate_options(*options);
    work = [options] { options->self_test ? run_gate_self_test(*options) : run_gate(*options); };
  });
}

}  // namespace logigrad::program
