// Two steps, because the width is known at the end only: the entries as they come, then the dense
// matrix, once it is known to fit in memory. A line of 14 bytes can ask for 16 GiB.
#include "tools/dataset/libsvm.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "tools/dataset/cells.hpp"
#include "tools/dataset/labels.hpp"
#include "tools/dataset/memory.hpp"
#include "tools/dataset/number.hpp"

namespace logigrad::dataset {
namespace {

// More than the int that LIBSVM itself uses can hold: what is larger is no column but an id or a
// hash.
constexpr std::uint64_t kLargestIndex = std::uint64_t{1} << 31;

struct Entry {
  std::uint64_t index;  // from 1
  double value;
};

struct SparseRows {
  std::vector<Entry> entries;
  std::vector<std::size_t> row_ends;  // in entries
  std::uint64_t cols = 0;             // the largest index
  const char* widest = nullptr;       // where it stands in the file
};

std::string_view without_comment(std::string_view line) {
  for (std::size_t hash = line.find('#'); hash != std::string_view::npos;
       hash = line.find('#', hash + 1)) {
    if (hash == 0 || is_blank(line[hash - 1])) return trim(line.substr(0, hash));
  }
  return line;
}

Entry parse_entry(const TextFile& file, std::string_view word, std::uint64_t previous,
                  double largest) {
  const std::size_t colon = word.find(':');
  if (colon == std::string_view::npos) {
    file.fail_at(word.data(), fmt::format("found {}, expected index:value", quoted(word)));
  }
  std::uint64_t index = 0;
  const auto [stop, error] = std::from_chars(word.data(), word.data() + colon, index);
  const bool is_index = error == std::errc() && stop == word.data() + colon;
  if (!is_index || index == 0 || index > kLargestIndex) {
    file.fail_at(word.data(), fmt::format("found {}, expected an index from 1 to {} before the ':'",
                                          quoted(word), kLargestIndex));
  }
  if (index <= previous) {
    file.fail_at(word.data(), fmt::format("found index {} after index {}, expected ascending ones",
                                          index, previous));
  }
  return {index, finite_number(file, word.substr(colon + 1), largest)};
}

void parse_line(const TextFile& file, std::string_view line, double largest, SparseRows& sparse,
                Labels& labels) {
  std::string_view rest = without_comment(line);
  const std::string_view label = next_word(rest);
  if (label.empty() || label.find(':') != std::string_view::npos) {
    file.fail_at(line.data(), fmt::format("found {}, expected a label first",
                                          quoted(label.empty() ? line : label)));
  }
  labels.add(label);
  std::uint64_t previous = 0;
  for (auto word = next_word(rest); !word.empty(); word = next_word(rest)) {
    const Entry entry = parse_entry(file, word, previous, largest);
    sparse.entries.push_back(entry);
    previous = entry.index;
    if (entry.index > sparse.cols) {
      sparse.cols = entry.index;
      sparse.widest = word.data();
    }
  }
  sparse.row_ends.push_back(sparse.entries.size());
}

// Allocates data.x, zeros, or throws InputError with what it would have needed.
void allocate(const TextFile& file, const SparseRows& sparse, Dataset& data) {
  std::string problem = memory_shortage(data.rows, data.cols);
  if (problem.empty()) {
    try {
      return data.x.assign(data.rows * data.cols, 0.0);
    } catch (const std::bad_alloc&) {  // a limit of the process, as ulimit -v sets it
      problem =
          fmt::format("needs {} x {} doubles, more than can be allocated, expected a smaller one",
                      data.rows, data.cols);
    }
  }
  file.fail_at(sparse.widest, fmt::format("found index {}, which {}", sparse.cols, problem));
}

}  // namespace

bool is_libsvm(TextFile& file) {
  file.rewind();
  bool only_word_has_colon = false;
  for (bool first = true; const auto line = file.next_line(); first = false) {
    std::string_view rest = without_comment(*line);
    if (rest.find(',') != std::string_view::npos) return false;
    std::size_t words = 0;
    bool has_colon = false;
    for (auto word = next_word(rest); !word.empty(); word = next_word(rest), ++words) {
      has_colon = word.find(':') != std::string_view::npos;
    }
    if (words > 1) return has_colon;
    if (first) only_word_has_colon = has_colon;
  }
  return only_word_has_colon;
}

Dataset load_libsvm(TextFile& file, const LoadOptions& options) {
  file.rewind();
  SparseRows sparse;
  Labels labels(file);
  while (const auto line = file.next_line()) {
    parse_line(file, *line, options.largest, sparse, labels);
  }
  Dataset data;
  labels.move_to(data, options.positive);
  data.cols = static_cast<std::size_t>(sparse.cols);
  allocate(file, sparse, data);
  std::size_t i = 0;
  for (std::size_t row = 0; row < data.rows; ++row) {
    for (; i < sparse.row_ends[row]; ++i) {
      data.x[row * data.cols + sparse.entries[i].index - 1] = sparse.entries[i].value;
    }
  }
  return data;
}

}  // namespace logigrad::dataset
