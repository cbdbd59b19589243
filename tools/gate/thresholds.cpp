// See thresholds.hpp.
#include "tools/gate/thresholds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "tools/dataset/number.hpp"
#include "tools/dataset/text_file.hpp"
#include "tools/machine/sysroot.hpp"

namespace logigrad::gate {
namespace {

constexpr std::string_view kSpace = " \t";

// The threshold of a line, from its first word: "3%".
double threshold_of(const dataset::TextFile& file, std::string_view word) {
  const dataset::Number number = dataset::parse_number(word.substr(0, word.size() - 1));
  if (!word.ends_with('%') || number.kind != dataset::NumberKind::kFinite || number.value < 0)
    file.fail_at(word.data(), fmt::format("found {}, expected a percentage >= 0, such as 3%",
                                          dataset::quoted(word)));
  return number.value / 100;
}

std::regex regex_of(const dataset::TextFile& file, std::string_view text) {
  try {
    return std::regex(text.begin(), text.end());
  } catch (const std::regex_error&) {
    file.fail_at(text.data(), fmt::format("found {}, expected a regular expression (ECMAScript)",
                                          dataset::quoted(text)));
  }
}

}  // namespace

void Thresholds::load(const std::string& path) {
  dataset::TextFile file(path);
  while (const std::optional<std::string_view> line = file.next_line()) {
    const std::size_t end = std::min(line->find_first_of(kSpace), line->size());
    const double threshold = threshold_of(file, line->substr(0, end));
    const std::string_view pattern = trim_space(line->substr(end));
    if (pattern.empty())
      file.fail_at(line->data() + end, "found no regular expression behind the threshold");
    exceptions_.push_back({fmt::format("{}:{}", path, file.line_of(pattern.data())),
                           std::string(pattern), regex_of(file, pattern), threshold});
  }
  if (exceptions_.empty()) file.fail("found no line, expected THRESHOLD% REGEX");
}

double Thresholds::of(const std::string& name) const {
  for (const Exception& each : exceptions_) {
    if (std::regex_search(name, each.regex)) return each.threshold;
  }
  return otherwise_;
}

std::vector<std::string> Thresholds::unused(const std::vector<std::string>& names) const {
  std::vector<std::string> result;
  for (const Exception& each : exceptions_) {
    const auto matches = [&](const std::string& name) {
      return std::regex_search(name, each.regex);
    };
    if (std::none_of(names.begin(), names.end(), matches))
      result.push_back(each.place + ": " + each.pattern);
  }
  return result;
}

}  // namespace logigrad::gate
