// std::from_chars does the work: exact, independent of the locale, no terminator needed. It lacks
// two things: a leading '+', and telling overflow from underflow (both are result_out_of_range).
#include "tools/dataset/number.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <locale>
#include <sstream>
#include <string>
#include <system_error>

#include "tools/dataset/cells.hpp"

namespace logigrad::dataset {
namespace {

// A stream gives 0 or a denormal for what is too small, and fails for what is too large only.
Number out_of_range(std::string_view digits) {
  std::istringstream stream{std::string(digits)};
  stream.imbue(std::locale::classic());
  double value = 0;
  stream >> value;
  if (stream.fail()) return {NumberKind::kOverflow, 0};
  return {NumberKind::kFinite, value};
}

}  // namespace

Number parse_number(std::string_view cell) {
  std::string_view digits = trim(unquoted(cell));
  if (digits.starts_with('+')) {
    digits.remove_prefix(1);
    if (digits.starts_with('-')) return {NumberKind::kText, 0};
  }
  const char* const end = digits.data() + digits.size();
  double value = 0;
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error == std::errc::invalid_argument || stop != end) return {NumberKind::kText, 0};
  if (error == std::errc::result_out_of_range) return out_of_range(digits);
  if (!std::isfinite(value)) return {NumberKind::kNotFinite, 0};
  return {NumberKind::kFinite, value};
}

double finite_number(const TextFile& file, std::string_view cell, double largest,
                     std::string_view hint) {
  const Number number = parse_number(cell);
  const bool finite = number.kind == NumberKind::kFinite;
  if (finite && std::fabs(number.value) <= largest) return number.value;
  if (finite || number.kind == NumberKind::kOverflow) {
    file.fail_at(cell.data(),
                 fmt::format("found {}, which overflows, expected a magnitude of at most {}",
                             quoted(cell), largest));
  }
  if (number.kind == NumberKind::kNotFinite) {
    file.fail_at(cell.data(), fmt::format("found {}, expected a finite number", quoted(cell)));
  }
  file.fail_at(cell.data(), fmt::format("found {}, expected a number{}",
                                        cell.empty() ? "an empty cell" : quoted(cell), hint));
}

}  // namespace logigrad::dataset
