// See json_text.hpp.
#include "tools/results/json_text.hpp"

#include <fmt/format.h>

#include "tools/dataset/input_error.hpp"

namespace logigrad {
namespace {

// The position of a byte as an editor shows it.
std::string line_and_column(std::string_view text, std::size_t byte) {
  std::size_t line = 1, column = 1;
  for (const char c : text.substr(0, byte > 0 ? byte - 1 : 0)) {
    ++column;
    if (c == '\n') ++line, column = 1;
  }
  return fmt::format("{}:{}", line, column);
}

}  // namespace

nlohmann::ordered_json parse_json(const std::string& path, std::string_view text) {
  try {
    return nlohmann::ordered_json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    const bool ended = error.byte > text.size();
    throw InputError(fmt::format("{}:{}: found {}, expected the JSON of logigrad_bench", path,
                                 line_and_column(text, error.byte),
                                 ended ? "the end of the file" : "what is no JSON"));
  } catch (const nlohmann::json::out_of_range&) {  // 1e999
    throw InputError(fmt::format("{}: found a number beyond double, expected none", path));
  }
}

}  // namespace logigrad
