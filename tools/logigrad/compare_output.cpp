// The sentences of compare, and its JSON; see compare_output.hpp.
#include "tools/logigrad/compare_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/dataset/text_file.hpp"
#include "tools/logigrad/input.hpp"
#include "tools/stats/sample.hpp"

namespace logigrad::program {
namespace {

using compare::Comparison;
using compare::Failure;
using compare::Line;
using compare::Side;

// An interval without an end has null for it.
Json number(double value) { return std::isfinite(value) && value > 0 ? Json(value) : Json(); }

Json line_json(const Line& line) {
  return {{"name", line.name},
          {"control", line.control},
          {"baseline_seconds", stats::median(line.baseline)},
          {"candidate_seconds", stats::median(line.candidate)},
          {"baseline_rounds", line.baseline.size()},
          {"candidate_rounds", line.candidate.size()},
          {"machine_floor", std::exp(line.floor)},
          {"ratio", line.ratio},
          {"ratio_low", number(line.low)},
          {"ratio_high", number(line.high)},
          {"p", line.p},
          {"adjusted_p", line.adjusted_p},
          {"adjusted_p_by_rounds", line.p_by_rounds},
          {"verdict", std::string(name_of(line.verdict))}};
}

Json failures_json(const std::vector<Failure>& failures) {
  Json json = Json::array();
  for (const Failure& failure : failures) {
    json.push_back({{"name", failure.name}, {"reason", failure.reason}});
  }
  return json;
}

Json summary_json(const Comparison& comparison, bool controls) {
  const compare::Summary s = compare::summarize({comparison}, controls);
  return {
      {"benchmarks", s.lines}, {"slower", s.slower},
      {"faster", s.faster},    {"same", s.same},
      {"unclear", s.unclear},  {"machine", s.machine},
      {"missing", s.missing},  {"geometric_mean", s.lines > 0 ? Json(s.geometric_mean) : Json()}};
}

Json side_json(const Side& side) {
  return {{"files", side.paths},
          {"machine_key", side.origin.machine_key},
          {"build_type", side.origin.build_type},
          {"revision", side.origin.revision},
          {"date", side.origin.date},
          {"interrupted", side.interrupted}};
}

Json comparison_json(const Side& baseline, const Side& candidate, const Comparison& comparison) {
  Json json = {{"candidate", side_json(candidate)},
               {"benchmarks", Json::array()},
               {"only_in_baseline", comparison.only_baseline},
               {"only_in_candidate", comparison.only_candidate},
               {"failed_in_baseline", failures_json(comparison.baseline_failures)},
               {"failed_in_candidate", failures_json(comparison.candidate_failures)},
               {"kernels", summary_json(comparison, false)},
               {"controls", summary_json(comparison, true)},
               {"differences", Json::array()}};
  for (const Line& line : comparison.lines) json["benchmarks"].push_back(line_json(line));
  for (const auto& [key, from, to] : differences(baseline, candidate)) {
    json["differences"].push_back({{"key", key}, {"baseline", from}, {"candidate", to}});
  }
  return json;
}

constexpr const char* kRoundsAreNoRuns =
    "the rounds of a run share its process: its code layout, its memory, its minutes on the "
    "machine. They tell two runs apart, not two revisions: for that, run both in turn, several "
    "times, and pool their results by --baseline and --candidate.";

std::vector<std::string> interruptions(const Side& side) {
  std::vector<std::string> result;
  for (const std::string& path : side.interrupted)
    result.push_back(path + ": the run was interrupted before its end");
  return result;
}

// A dirty tree may be another one by the next run.
bool is_same_code(const Side& a, const Side& b) {
  const std::string& revision = a.origin.revision;
  if (revision != b.origin.revision || revision.empty() || revision == "norevision" ||
      revision.ends_with("-dirty") || a.origin.build_type != b.origin.build_type)
    return false;
  const std::vector<compare::Difference> all = differences(a, b);
  return std::none_of(all.begin(), all.end(), [](const compare::Difference& difference) {
    return difference.key == "compiler" || difference.key.starts_with("flags_");
  });
}

// What limits and peers say of the machine between two runs of it.
std::string machine_note(const CompareReport& report, std::size_t candidate) {
  const Side& side = report.candidates[candidate];
  const Comparison& comparison = report.comparisons[candidate];
  if (!are_comparable(report.baseline, side)) return "";
  if (comparison.floor.controls() == 0)
    return side.title() +
           ": no limits and peers on both sides (--no-compare), so that nothing tells a change of "
           "the machine from one of the code";
  return fmt::format(
      "{}: limits and peers, which no change of the kernels touches, tell what the machine did "
      "between the runs: every interval is wider by what those of its rounds say, up to {:.1f} %",
      side.title(), 100 * (compare::summarize({comparison}, false).largest_floor - 1));
}

}  // namespace

std::string origin_line(const Side& side) {
  const std::string revision = side.origin.revision.empty() ? "unknown" : side.origin.revision;
  return fmt::format("{}, {}, revision {}, {}", side.origin.machine_key, side.origin.build_type,
                     revision, side.origin.date);
}

std::string rule_line(const CompareReport& report) {
  return fmt::format(
      "The ratio is candidate / baseline, with its {:g} % interval. Slower and faster: by more "
      "than {:g} %, p <= {:g} after Holm, and than limits and peers beside it have moved (machine: "
      "no more than these); same: the interval is within {:g} %.",
      100 * (1 - report.settings.alpha), 100 * report.settings.threshold, report.settings.alpha,
      100 * report.settings.threshold);
}

std::string summary_line(const std::vector<Comparison>& comparisons, bool controls) {
  const compare::Summary s = compare::summarize(comparisons, controls);
  if (s.lines == 0) return "";
  return fmt::format(
      "{}: {} matched{}, {} slower, {} faster, {} same, {} unclear{}; geometric mean {:.3f}",
      controls ? "limits and peers" : "kernels", s.lines,
      s.missing > 0 ? fmt::format(", {} of the baseline MISSING", s.missing) : "", s.slower,
      s.faster, s.same, s.unclear, controls ? "" : fmt::format(", {} machine", s.machine),
      s.geometric_mean);
}

std::vector<std::string> caveats(const CompareReport& report) {
  std::vector<std::string> result = interruptions(report.baseline);
  for (std::size_t i = 0; i < report.candidates.size(); ++i) {
    const Side& side = report.candidates[i];
    const std::vector<std::string> more = interruptions(side);
    result.insert(result.end(), more.begin(), more.end());
    for (const auto& [key, from, to] : differences(report.baseline, side)) {
      result.push_back(fmt::format("{}: {} is {}, in the baseline {}", side.title(), key,
                                   dataset::quoted(to), dataset::quoted(from)));
    }
    if (is_same_code(report.baseline, side))
      result.push_back(side.title() +
                       ": of the baseline's revision, compiler and flags, so that it is no code "
                       "that differs: whatever does is the machine, or how it was used");
    if (const std::string note = machine_note(report, i); !note.empty()) result.push_back(note);
  }
  result.push_back(kRoundsAreNoRuns);
  return result;
}

void print_compare_json(const CompareReport& report) {
  Json json = {{"threshold", report.settings.threshold}, {"alpha", report.settings.alpha},
               {"baseline", side_json(report.baseline)}, {"comparisons", Json::array()},
               {"exit_status", report.exit_status},      {"message", report.message}};
  for (std::size_t i = 0; i < report.candidates.size(); ++i) {
    json["comparisons"].push_back(
        comparison_json(report.baseline, report.candidates[i], report.comparisons[i]));
  }
  print_json(json);
}

}  // namespace logigrad::program
