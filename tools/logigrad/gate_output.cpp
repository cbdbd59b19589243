// The sentences of gate, and its JSON; see gate_output.hpp.
#include "tools/logigrad/gate_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "tools/dataset/text_file.hpp"
#include "tools/gate/instructions.hpp"
#include "tools/results/duration.hpp"

namespace logigrad::program {
namespace {

using gate::Line;

// What an interval does not have, of too few blocks, is null, and so is what was not measured.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json program_json(const gate::Program& program) {
  return {{"given", program.given}, {"commit", program.commit}};
}

Json failures_json(const std::vector<compare::Failure>& failures) {
  Json json = Json::array();
  for (const compare::Failure& failure : failures)
    json.push_back({{"name", failure.name}, {"reason", failure.reason}});
  return json;
}

}  // namespace

std::size_t count_of(const GateReport& report, gate::Verdict verdict) {
  const auto& lines = report.sitting.lines;
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(), [&](const Line& l) { return l.decision.verdict == verdict; }));
}

std::string program_line(const gate::Program& program) {
  if (program.commit.empty()) return program.given;
  return fmt::format("{} ({})", program.given, program.commit.substr(0, 12));
}

std::string gate_rule_line(const GateReport& report) {
  if (report.instructions)
    return fmt::format(
        "Instructions of one evaluation, as callgrind counts them, with at most AVX2. A ratio "
        "above "
        "1 + bar is REGRESSED; the bar is {:g} % for one thread and {:g} % for more unless "
        "--threshold says otherwise.",
        100 * gate::kSerialBar, 100 * gate::kOpenMpBar);
  return fmt::format(
      "The ratio is candidate / baseline of {} blocks of processes, its interval widened by the "
      "floor: what copies of one program showed. REGRESSED: all of the interval is above 1 + "
      "threshold, p <= {:g} after Holm and over all looks; PASS: all of it is below; finds: the "
      "smallest slowdown that {:g} % of such sittings would find. --seed {} draws this order "
      "again.",
      report.sitting.blocks, report.rule.alpha, 100 * report.rule.power, report.seed);
}

std::vector<std::string> gate_notes(const GateReport& report) {
  std::vector<std::string> result = report.notes;
  for (const auto& [key, from, to] : report.sitting.differences)
    result.push_back(fmt::format("{} is {} in the candidate, in the baseline {}", key,
                                 dataset::quoted(to), dataset::quoted(from)));
  const bool same =
      !report.baseline.commit.empty() && report.baseline.commit == report.candidate.commit;
  if (same) result.push_back("both sides are of one commit, so that it is no code that differs");
  return result;
}

std::string percent(double ratio_minus_1) {
  return std::isfinite(ratio_minus_1) ? fmt::format("{:.1f}%", 100 * ratio_minus_1) : "-";
}

std::string ratio_text(double ratio) {
  return std::isfinite(ratio) ? fmt::format("{:.3f}", ratio) : "-";
}

Json line_json(const Line& line, const char* unit) {
  const gate::Decision& d = line.decision;
  return {{"name", line.name},
          {"verdict", std::string(name_of(d.verdict))},
          {"threshold", line.threshold},
          {fmt::format("baseline_{}", unit), number(line.baseline)},
          {fmt::format("candidate_{}", unit), number(line.candidate)},
          {"ratio", number(d.ratio)},
          {"ratio_low", number(d.low)},
          {"ratio_high", number(d.high)},
          {"p", number(d.p)},
          {"floor", number(d.floor)},
          {"detectable", number(d.detectable)}};
}

std::string gate_json(const GateReport& report) {
  const gate::Sitting& sitting = report.sitting;
  Json json = {{"kind", report.instructions ? "instructions" : "times"},
               {"baseline", program_json(report.baseline)},
               {"candidate", program_json(report.candidate)},
               {"alpha", report.rule.alpha},
               {"power", report.rule.power},
               {"seed", report.seed},
               {"blocks", sitting.blocks},
               {"seconds", sitting.seconds},
               {"interrupted", sitting.interrupted},
               {"benchmarks", Json::array()},
               {"only_in_baseline", sitting.only_baseline},
               {"only_in_candidate", sitting.only_candidate},
               {"failed_in_baseline", failures_json(sitting.baseline_failures)},
               {"failed_in_candidate", failures_json(sitting.candidate_failures)},
               {"notes", gate_notes(report)},
               {"exit_status", report.exit_status},
               {"verdict", report.verdict}};
  for (const Line& line : sitting.lines)
    json["benchmarks"].push_back(line_json(line, report.instructions ? "instructions" : "seconds"));
  return json_text(json);
}

}  // namespace logigrad::program
