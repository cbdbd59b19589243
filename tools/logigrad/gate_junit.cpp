// gate as JUnit's XML; see gate_output.hpp.
//
// A reader of it must not come to another end than the exit status: whatever does not pass is a
// failure, REGRESSED and wrong answers, or an error, INCONCLUSIVE and what broke off the sitting.
#include <fmt/format.h>

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <cmath>
#include <sstream>

#include "tools/logigrad/gate_output.hpp"
#include "tools/logigrad/table.hpp"

namespace logigrad::program {
namespace {

using boost::property_tree::ptree;
using gate::Verdict;

// XML has no control characters, not even escaped ones.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t'; }, '?');
  return text;
}

class Suite {
 public:
  void add(const std::string& name, const char* outcome = nullptr,
           const std::string& message = "") {
    ptree test;
    test.put("<xmlattr>.classname", printable(split_name(name).second));
    test.put("<xmlattr>.name", printable(name));
    if (outcome) {
      ptree why;
      why.put("<xmlattr>.message", printable(message));
      test.add_child(outcome, why);
      ++(outcome == std::string("failure") ? failures_ : errors_);
    }
    ++tests_;
    cases_.push_back(std::move(test));
  }

  std::string text(double seconds) const {
    ptree suite;
    suite.put("<xmlattr>.name", "logigrad gate");
    suite.put("<xmlattr>.tests", tests_);
    suite.put("<xmlattr>.failures", failures_);
    suite.put("<xmlattr>.errors", errors_);
    suite.put("<xmlattr>.time", fmt::format("{:.3f}", seconds));
    for (const ptree& test : cases_) suite.add_child("testcase", test);
    ptree document;
    document.add_child("testsuites.testsuite", suite);
    std::ostringstream stream;
    write_xml(stream, document,
              boost::property_tree::xml_writer_make_settings<std::string>(' ', 1));
    return stream.str();
  }

 private:
  std::vector<ptree> cases_;
  int tests_ = 0, failures_ = 0, errors_ = 0;
};

std::string message_of(const gate::Line& line) {
  const gate::Decision& d = line.decision;
  if (!std::isfinite(d.ratio)) return fmt::format("{}: not measured", name_of(d.verdict));
  return fmt::format("{}: ratio {:.6g}, interval {:.6g} to {:.6g}, threshold {:g} %, p {:.3g}",
                     name_of(d.verdict), d.ratio, d.low, d.high, 100 * line.threshold, d.p);
}

}  // namespace

std::string gate_junit(const GateReport& report) {
  const gate::Sitting& sitting = report.sitting;
  Suite suite;
  for (const gate::Line& line : sitting.lines) {
    const Verdict verdict = line.decision.verdict;
    const char* const outcome = verdict == Verdict::kRegressed      ? "failure"
                                : verdict == Verdict::kInconclusive ? "error"
                                                                    : nullptr;
    suite.add(line.name, outcome, message_of(line));
  }
  for (const compare::Failure& wrong : sitting.candidate_failures)
    suite.add(wrong.name, "failure", "wrong answer: " + wrong.reason);
  for (const std::string& name : sitting.only_baseline)
    suite.add(name, "error", "gone from the candidate");
  if (sitting.interrupted || !sitting.error.empty() || sitting.lines.empty())
    suite.add("gate", "error", report.verdict);
  return suite.text(sitting.seconds);
}

}  // namespace logigrad::program
