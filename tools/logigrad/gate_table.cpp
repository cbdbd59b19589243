// gate's tables, for a terminal and in Markdown; see gate_output.hpp.
#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "tools/logigrad/gate_output.hpp"
#include "tools/logigrad/table.hpp"
#include "tools/results/duration.hpp"

namespace logigrad::program {
namespace {

using gate::Line;
using gate::Verdict;

constexpr const char* kNone = "-";

std::string interval(const gate::Decision& d) {
  if (!std::isfinite(d.high)) return "too few blocks";
  return fmt::format("{:.3f} to {:.3f}", d.low, d.high);
}

std::string time(double seconds) { return std::isfinite(seconds) ? duration(seconds) : kNone; }

std::string p_of(double p) { return std::isfinite(p) ? p_value(p) : kNone; }

std::string instructions(double count) {
  return std::isfinite(count) ? fmt::format("{:.0f}", count) : kNone;
}

std::string count_ratio(double ratio) {
  return std::isfinite(ratio) ? fmt::format("{:.6f}", ratio) : kNone;
}

void print_time_row(const Line& line) {
  const gate::Decision& d = line.decision;
  fmt::print("  {:<30} {:>9} {:>6} {:<14} {:>7} {:>5} {:>5}  {}\n", split_name(line.name).first,
             time(line.baseline), ratio_text(d.ratio), interval(d), p_of(d.p), percent(d.floor),
             percent(d.detectable), name_of(d.verdict));
}

void print_count_row(const Line& line) {
  fmt::print("  {:<31} {:>14} {:>14} {:>9} {:>7.3g}%  {}\n", split_name(line.name).first,
             instructions(line.baseline), instructions(line.candidate),
             count_ratio(line.decision.ratio), 100 * line.threshold,
             name_of(line.decision.verdict));
}

void print_rows(const GateReport& report) {
  if (report.sitting.lines.empty()) return;
  if (report.instructions) {
    fmt::print("{:<33} {:>14} {:>14} {:>9} {:>8}  {}\n", "", "baseline", "candidate", "ratio",
               "bar", "verdict");
  } else {
    fmt::print("{:<32} {:>9} {:>6} {:<14} {:>7} {:>5} {:>5}  {}\n", "", "baseline", "ratio",
               "interval", "p", "floor", "finds", "verdict");
  }
  std::string heading;
  for (const Line& line : report.sitting.lines) {
    const std::string shape = split_name(line.name).second;
    if (shape != heading) fmt::print("{}\n", shape);
    heading = shape;
    (report.instructions ? print_count_row : print_time_row)(line);
  }
}

std::string unmatched(const gate::Sitting& sitting, const char* bullet) {
  return name_list("WRONG in the candidate", sentences(sitting.candidate_failures), bullet) +
         name_list("wrong in the baseline", sentences(sitting.baseline_failures), bullet) +
         name_list("only in the baseline", sitting.only_baseline, bullet) +
         name_list("only in the candidate", sitting.only_candidate, bullet);
}

std::string markdown_row(const GateReport& report, const Line& line) {
  const gate::Decision& d = line.decision;
  const std::string mark = d.verdict == Verdict::kPass ? "" : "**";
  const std::string verdict = mark + std::string(name_of(d.verdict)) + mark;
  if (report.instructions)
    return fmt::format("| `{}` | {} | {} | {} | {:g} % | {} |\n", line.name,
                       instructions(line.baseline), instructions(line.candidate),
                       count_ratio(d.ratio), 100 * line.threshold, verdict);
  return fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", line.name,
                     time(line.baseline), time(line.candidate), ratio_text(d.ratio), interval(d),
                     percent(line.threshold), p_of(d.p), percent(d.floor), percent(d.detectable),
                     verdict);
}

}  // namespace

void print_gate_table(const GateReport& report) {
  fmt::print("baseline   {}\ncandidate  {}\n\n", program_line(report.baseline),
             program_line(report.candidate));
  print_rows(report);
  fmt::print("{}\n", unmatched(report.sitting, "  "));
  print_wrapped("", gate_rule_line(report));
  for (const std::string& note : gate_notes(report)) print_wrapped("note: ", note);
  fmt::print("\n");
  print_wrapped("", report.verdict);
}

std::string gate_markdown(const GateReport& report) {
  std::string text = fmt::format("### {}\n\nbaseline `{}`, candidate `{}`\n\n", report.verdict,
                                 program_line(report.baseline), program_line(report.candidate));
  if (!report.sitting.lines.empty())
    text += report.instructions
                ? "| benchmark | baseline | candidate | ratio | bar | verdict |\n"
                  "|---|---:|---:|---:|---:|---|\n"
                : "| benchmark | baseline | candidate | ratio | interval | threshold | p | floor | "
                  "finds | verdict |\n|---|---:|---:|---:|---|---:|---:|---:|---:|---|\n";
  for (const Line& line : report.sitting.lines) text += markdown_row(report, line);
  text += fmt::format("{}\n{}\n\n", unmatched(report.sitting, "- "), gate_rule_line(report));
  for (const std::string& note : gate_notes(report)) text += fmt::format("- note: {}\n", note);
  return text;
}

}  // namespace logigrad::program
