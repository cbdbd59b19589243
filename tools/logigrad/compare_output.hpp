// What compare prints, in three forms.
#pragma once

#include <string>
#include <vector>

#include "tools/compare/comparison.hpp"
#include "tools/logigrad/program.hpp"

namespace logigrad::program {

struct CompareReport {
  compare::Settings settings;
  compare::Side baseline;
  std::vector<compare::Side> candidates;
  std::vector<compare::Comparison> comparisons;  // one a candidate
  int exit_status = 0;
  std::string message;  // why the status is not 0
};

void print_compare_table(const CompareReport& report);     // for a terminal of 100 columns
void print_compare_markdown(const CompareReport& report);  // for GitHub
void print_compare_json(const CompareReport& report);

// What the first two share: one line each.
std::string origin_line(const compare::Side& side);
std::string rule_line(const CompareReport& report);
std::string summary_line(const std::vector<compare::Comparison>& comparisons, bool controls);

// What a reader has to know before he believes a verdict: runs that were interrupted, settings that
// differ, and that the rounds of a run are not independent of it.
std::vector<std::string> caveats(const CompareReport& report);

}  // namespace logigrad::program
