// compare's tables, for a terminal and in Markdown; see compare_output.hpp.
//
// A name is too long to stand in a line of 100 columns beside six figures. What benchmarks of one
// shape share, "f32/N:4096/D:28/threads:1", is the heading of their lines, in the file's order.
#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include "tools/logigrad/compare_output.hpp"
#include "tools/results/duration.hpp"
#include "tools/stats/sample.hpp"

namespace logigrad::program {
namespace {

using compare::Comparison;
using compare::Failure;
using compare::Line;
using compare::Side;
using Strings = std::vector<std::string>;

constexpr std::size_t kMostNames = 20;  // of those on one side only; --json has them all
constexpr std::size_t kColumns = 100;

std::string interval(const Line& line) {
  if (!std::isfinite(line.high)) return "too few rounds";
  return fmt::format("{:.3f} to {:.3f}", line.low, line.high);
}

std::string p_value(double p) { return p < 1e-4 ? "<0.0001" : fmt::format("{:.4f}", p); }

// "gradient/auto/any" and "f32/N:100/D:2/threads:1"
std::pair<std::string, std::string> split(const std::string& name) {
  std::size_t at = 0;
  for (int i = 0; i < 3; ++i) at = name.find('/', at) + 1;
  return {name.substr(0, at - 1), name.substr(at)};
}

void print_row(const Line& line) {
  fmt::print("  {:<31} {:>10} {:>10} {:>7.3f}  {:<16} {:>7}  {}\n", split(line.name).first,
             duration(stats::median(line.baseline)), duration(stats::median(line.candidate)),
             line.ratio, interval(line), p_value(line.adjusted_p), name_of(line.verdict));
}

// At spaces, the following lines indented as far as the first one's text.
void print_wrapped(const std::string& label, const std::string& text) {
  std::istringstream words(text);
  std::string line = label;
  bool has_words = false;
  for (std::string word; words >> word; has_words = true) {
    if (has_words && line.size() + 1 + word.size() > kColumns) {
      fmt::print("{}\n", line);
      line.assign(label.size(), ' ');
      line += word;
    } else {
      line += (has_words ? " " : "") + word;
    }
  }
  fmt::print("{}\n", line);
}

void print_names(const std::string& title, const Strings& names, const char* bullet) {
  if (names.empty()) return;
  fmt::print("\n{} ({}):\n{}", title, names.size(), bullet[0] == '-' ? "\n" : "");
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i)
    fmt::print("{}{}\n", bullet, names[i]);
  if (names.size() > kMostNames)
    fmt::print("{}and {} more, which --json lists\n", bullet, names.size() - kMostNames);
}

Strings sentences(const std::vector<Failure>& failures) {
  Strings result;
  for (const Failure& failure : failures) result.push_back(failure.name + ": " + failure.reason);
  return result;
}

void print_unmatched(const Comparison& comparison, const char* bullet) {
  print_names("WRONG in the candidate", sentences(comparison.candidate_failures), bullet);
  print_names("wrong in the baseline", sentences(comparison.baseline_failures), bullet);
  print_names("only in the baseline", comparison.only_baseline, bullet);
  print_names("only in the candidate", comparison.only_candidate, bullet);
}

void print_rows(const Comparison& comparison) {
  fmt::print("{:<33} {:>10} {:>10} {:>7}  {:<16} {:>7}  {}\n", "", "baseline", "candidate", "ratio",
             "interval", "p", "verdict");
  std::string heading;
  for (const Line& line : comparison.lines) {
    const std::string shape = split(line.name).second;
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
