// The first line, header or data, fixes the separator, the width and the place of the label; every
// other line is held to it.
#include "tools/dataset/delimited.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "tools/dataset/cells.hpp"
#include "tools/dataset/labels.hpp"
#include "tools/dataset/number.hpp"

namespace logigrad::dataset {
namespace {

using Cells = std::vector<std::string_view>;

std::string names_in(const Cells& header) {
  constexpr std::size_t kMost = 40;  // a message may list, not flood
  std::string list;
  for (std::size_t i = 0; i < std::min(header.size(), kMost); ++i) {
    const std::string name = quoted(unquoted(header[i]));
    list += (i == 0 ? "" : ", ") + name.substr(1, name.size() - 2);
  }
  return header.size() > kMost ? fmt::format("{}, ... ({} in all)", list, header.size()) : list;
}

// The column that `header` calls `name`, if there is one.
std::optional<std::size_t> named_column(const TextFile& file, const Cells& header,
                                        std::string_view name) {
  const auto is_name = [&](std::string_view cell) { return unquoted(cell) == name; };
  const auto found = std::find_if(header.begin(), header.end(), is_name);
  if (found == header.end()) return std::nullopt;
  const auto again = std::find_if(found + 1, header.end(), is_name);
  if (again != header.end()) {
    file.fail_at(again->data(), fmt::format("found the name {} a second time, expected the label "
                                            "column to be the only one of that name",
                                            quoted(name)));
  }
  return static_cast<std::size_t>(found - header.begin());
}

// The number that `text` is, if it is digits alone; what does not fit is too large for any use.
std::optional<std::size_t> digits_in(std::string_view text) {
  std::size_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::invalid_argument || stop != text.data() + text.size()) {
    return std::nullopt;
  }
  if (error == std::errc::result_out_of_range) return std::numeric_limits<std::size_t>::max();
  return number;
}

// `first` holds the cells of the header or, without one, of the first data line.
std::size_t label_column(const TextFile& file, const LoadOptions& options, const Cells& first) {
  const std::string& wanted = options.label_column;
  if (wanted == "first") return 0;
  if (wanted == "last") return first.size() - 1;
  if (options.header) {
    if (const auto column = named_column(file, first, wanted)) return *column;
  }
  if (const auto column = digits_in(wanted)) {
    if (*column < first.size()) return *column;
    file.fail_at(first[0].data(),
                 fmt::format("found {} columns, expected the label column {} to be at most {}",
                             first.size(), wanted, first.size() - 1));
  }
  if (options.header) {
    file.fail_at(first[0].data(), fmt::format("found no column {} for the label, have: {}",
                                              quoted(wanted), names_in(first)));
  }
  file.fail_at(first[0].data(),
               fmt::format("found no header line (--header), expected one because the label column "
                           "{} is a name and not first, last or 0 ... {}",
                           quoted(wanted), first.size() - 1));
}

[[noreturn]] void fail_ragged(const TextFile& file, const Cells& cells, const Cells& first,
                              bool header) {
  const std::size_t width = first.size();
  // The place of the first cell too many, or of where the first one is missing.
  const char* const at =
      cells.size() > width ? cells[width].data() : cells.back().data() + cells.back().size();
  file.fail_at(at, fmt::format("found {} fields, expected {} as in {}line {}", cells.size(), width,
                               header ? "the header, " : "", file.line_of(first[0].data())));
}

// Reserves the memory for data.x, whose number of rows is not known yet.
void reserve(const TextFile& file, const Cells& first, Dataset& data) {
  // A cell and its separator take two bytes at least, however ragged the lines turn out to be.
  const std::size_t row_bound =
      data.cols == 0 ? 0 : std::min(file.line_count(), file.size() / 2 / data.cols + 1);
  if (const std::string problem = memory_shortage(row_bound, data.cols); !problem.empty()) {
    file.fail_at(first[0].data(), fmt::format("found {} columns, which {}", first.size(), problem));
  }
  data.x.reserve(row_bound * data.cols);
}

}  // namespace

Dataset load_delimited(TextFile& file, const LoadOptions& options) {
  file.rewind();
  std::optional<std::string_view> line = file.next_line();
  const Separator separator =
      line->find(',') != std::string_view::npos ? Separator::kComma : Separator::kWhiteSpace;
  Cells first;
  split(*line, separator, first);
  const std::size_t label = label_column(file, options, first);
  Dataset data;
  data.cols = first.size() - 1;
  if (options.header) {
    for (const std::string_view name : first) data.feature_names.emplace_back(unquoted(name));
    data.feature_names.erase(data.feature_names.begin() + static_cast<std::ptrdiff_t>(label));
    line = file.next_line();
    if (!line) file.fail("found a header line only, expected data lines after it");
  }
  reserve(file, first, data);
  Labels labels(file);
  Cells cells;
  std::string_view hint = options.header ? "" : " (or, if this line holds names, --header)";
  for (; line; line = file.next_line(), hint = "") {
    split(*line, separator, cells);
    if (cells.size() != first.size()) fail_ragged(file, cells, first, options.header);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i == label) {
        labels.add(cells[i]);
      } else {
        data.x.push_back(finite_number(file, cells[i], options.largest, hint));
      }
    }
  }
  labels.move_to(data, options.positive);
  return data;
}

}  // namespace logigrad::dataset
