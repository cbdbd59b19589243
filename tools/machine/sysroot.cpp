// std::from_chars rather than a stream: it knows no locale, takes no sign and says where it
// stopped.
#include "tools/machine/sysroot.hpp"

#include <charconv>
#include <fstream>
#include <system_error>

namespace logigrad {

std::filesystem::path under(const std::string& sysroot, std::string_view path) {
  return std::filesystem::path(sysroot + std::string(path));
}

std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string read_word(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return std::string(trim_space(std::string_view(line).substr(0, line.find('\0'))));
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  text = trim_space(text);
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, hexadecimal ? 16 : 10);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string_view trim_space(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

}  // namespace logigrad
