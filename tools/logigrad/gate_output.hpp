// What gate says of a sitting, in four forms.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/gate/build.hpp"
#include "tools/gate/session.hpp"
#include "tools/logigrad/input.hpp"

namespace logigrad::program {

struct GateReport {
  gate::Program baseline, candidate;
  bool instructions = false;  // counts, not times
  gate::Rule rule;
  std::uint64_t seed = 0;
  gate::Sitting sitting;
  std::vector<std::string> notes;  // what was found amiss before the sitting
  int exit_status = 0;
  std::string verdict;  // of the whole, "PASS: 16 of 16 benchmarks ..."
};

void print_gate_table(const GateReport& report);      // for a terminal of 100 columns
std::string gate_markdown(const GateReport& report);  // for GitHub
std::string gate_json(const GateReport& report);      // one object
std::string gate_junit(const GateReport& report);     // JUnit's XML, a test case a benchmark

// What the first two share. How many benchmarks have the verdict; what is compared; and what a
// reader has to know before he believes it.
std::size_t count_of(const GateReport& report, gate::Verdict verdict);
std::string program_line(const gate::Program& program);
std::string gate_rule_line(const GateReport& report);
std::vector<std::string> gate_notes(const GateReport& report);

// "1.2%"; "-" of what is infinite, or was not measured.
std::string percent(double ratio_minus_1);
std::string ratio_text(double ratio);  // "1.234", likewise

// A benchmark of gate_json(); `unit`: seconds or instructions.
Json line_json(const gate::Line& line, const char* unit);

}  // namespace logigrad::program
