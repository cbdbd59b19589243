// See table.hpp.
#include "tools/logigrad/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace logigrad::program {
namespace {

using Strings = std::vector<std::string>;

constexpr std::size_t kMostNames = 20;
constexpr std::size_t kColumns = 100;

}  // namespace

std::pair<std::string, std::string> split_name(const std::string& name) {
  std::size_t at = 0;
  for (int i = 0; i < 3; ++i) at = name.find('/', at) + 1;
  return {name.substr(0, at - 1), name.substr(at)};
}

std::string p_value(double p) { return p < 1e-4 ? "<0.0001" : fmt::format("{:.4f}", p); }

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

std::string name_list(const std::string& title, const Strings& names, const char* bullet) {
  if (names.empty()) return "";
  std::string text =
      fmt::format("\n{} ({}):\n{}", title, names.size(), bullet[0] == '-' ? "\n" : "");
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i)
    text += fmt::format("{}{}\n", bullet, names[i]);
  if (names.size() > kMostNames)
    text += fmt::format("{}and {} more, which --json lists\n", bullet, names.size() - kMostNames);
  return text;
}

Strings sentences(const std::vector<compare::Failure>& failures) {
  Strings result;
  for (const compare::Failure& failure : failures)
    result.push_back(failure.name + ": " + failure.reason);
  return result;
}

}  // namespace logigrad::program
