// compare's tables, for a terminal and in Markdown; see compare_output.hpp.
//
// A name is too long to stand in a line of 100 columns beside six figures. What benchmarks of one
// shape share, "f32/N:4096/D:28/threads:1", is the heading of their lines, in the file's order.
#include <fmt/format.h>

#include <cmath>

#include "tools/logigrad/compare_output.hpp"
#include "tools/logigrad/table.hpp"
#include "tools/results/duration.hpp"
#include "tools/stats/sample.hpp"

namespace logigrad::program {
namespace {

using compare::Comparison;
using compare::Line;
using compare::Side;
using Strings = std::vector<std::string>;

std::string interval(const Line& line) {
  if (!std::isfinite(line.high)) return "too few rounds";
  return fmt::format("{:.3f} to {:.3f}", line.low, line.high);
}

void print_row(const Line& line) {
  fmt::print("  {:<33} {:>9} {:>9} {:>7.3f}  {:<16} {:>7}  {}\n", split_name(line.name).first,
             duration(stats::median(line.baseline)), duration(stats::median(line.candidate)),
             line.ratio, interval(line), p_value(line.adjusted_p), name_of(line.verdict));
}

void print_unmatched(const Comparison& comparison, const char* bullet) {
  fmt::print("{}{}{}{}",
             name_list("WRONG in the candidate", sentences(comparison.candidate_failures), bullet),
             name_list("wrong in the baseline", sentences(comparison.baseline_failures), bullet),
             name_list("only in the baseline", comparison.only_baseline, bullet),
             name_list("only in the candidate", comparison.only_candidate, bullet));
}

void print_rows(const Comparison& comparison) {
  fmt::print("{:<35} {:>9} {:>9} {:>7}  {:<16} {:>7}  {}\n", "", "baseline", "candidate", "ratio",
             "interval", "p", "verdict");
  std::string heading;
  for (const Line& line : comparison.lines) {
    const std::string shape = split_name(line.name).second;
    if (shape != heading) fmt::print("{}\n", shape);
    heading = shape;
    print_row(line);
  }
}

void print_markdown_rows(const Comparison& comparison) {
  fmt::print(
      "| benchmark | baseline | candidate | ratio | interval | p | verdict |\n"
      "|---|---:|---:|---:|---|---:|---|\n");
  for (const Line& line : comparison.lines) {
    const bool matters =
        line.verdict == compare::Verdict::kSlower || line.verdict == compare::Verdict::kFaster;
    const std::string mark = matters ? "**" : "";
    fmt::print("| `{}` | {} | {} | {:.3f} | {} | {} | {}{}{} |\n", line.name,
               duration(stats::median(line.baseline)), duration(stats::median(line.candidate)),
               line.ratio, interval(line), p_value(line.adjusted_p), mark, name_of(line.verdict),
               mark);
  }
}

Strings summaries(const std::vector<Comparison>& comparisons) {
  Strings result;
  for (const bool controls : {false, true}) {
    const std::string line = summary_line(comparisons, controls);
    if (!line.empty()) result.push_back(line);
  }
  return result;
}

}  // namespace

void print_compare_table(const CompareReport& report) {
  fmt::print("baseline   {}\n           {}\n", report.baseline.title(),
             origin_line(report.baseline));
  for (std::size_t i = 0; i < report.candidates.size(); ++i) {
    const Side& side = report.candidates[i];
    const Comparison& comparison = report.comparisons[i];
    fmt::print("{}candidate  {}\n           {}\n\n", i > 0 ? "\n" : "", side.title(),
               origin_line(side));
    print_rows(comparison);
    print_unmatched(comparison, "  ");
    fmt::print("\n");
    for (const std::string& line : summaries({comparison})) print_wrapped("", line);
  }
  fmt::print("\n");
  print_wrapped("", rule_line(report));
  for (const std::string& caveat : caveats(report)) print_wrapped("note: ", caveat);
}

void print_compare_markdown(const CompareReport& report) {
  fmt::print("baseline: `{}` ({})\n", report.baseline.title(), origin_line(report.baseline));
  for (std::size_t i = 0; i < report.candidates.size(); ++i) {
    const Side& side = report.candidates[i];
    const Comparison& comparison = report.comparisons[i];
    fmt::print("\ncandidate: `{}` ({})\n\n", side.title(), origin_line(side));
    for (const std::string& line : summaries({comparison})) fmt::print("- {}\n", line);
    fmt::print("\n");
    print_markdown_rows(comparison);
    print_unmatched(comparison, "- ");
  }
  fmt::print("\n{}\n\n", rule_line(report));
  for (const std::string& caveat : caveats(report)) fmt::print("- note: {}\n", caveat);
}

}  // namespace logigrad::program
