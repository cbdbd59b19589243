// What the tables of compare and gate share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tools/compare/comparison.hpp"

namespace logigrad::program {

// A benchmark's name in two, "gradient/auto/any" and "f32/N:100/D:2/threads:1": as a whole it would
// not fit beside six figures, and what those of one shape share is the heading of their lines.
std::pair<std::string, std::string> split_name(const std::string& name);

std::string p_value(double p);  // "0.0312"

// To stdout in lines of at most 100 columns, cut at spaces; those that follow are indented as far
// as the first one's text, behind `label`.
void print_wrapped(const std::string& label, const std::string& text);

// "TITLE (2):" and the names; of many only the first, since --json has them all. `bullet` stands
// before each: "  " for a terminal, "- " for Markdown. Nothing if there is none. The text is
// returned, not printed.
std::string name_list(const std::string& title, const std::vector<std::string>& names,
                      const char* bullet);

// "NAME: REASON"
std::vector<std::string> sentences(const std::vector<compare::Failure>& failures);

}  // namespace logigrad::program
