// One splitter serves commas and white space: it differs only in what ends a cell and in what is
// skipped before the next.
#include "tools/dataset/cells.hpp"

#include <cstddef>

namespace logigrad::dataset {
namespace {

// Finds where a cell ends: at its separator or at the end of the line.
class CellEnds {
 public:
  CellEnds(std::string_view line, Separator separator) : line_(line), separator_(separator) {}

  std::size_t after(std::size_t begin) {
    if (quotes_can_close_ && begin < line_.size() && line_[begin] == '"') {
      if (const std::size_t end = after_quoted(begin); end != std::string_view::npos) return end;
      // What has no partner here has none further on: without this memory a line of lone quotes
      // would take quadratic time.
      quotes_can_close_ = false;
    }
    std::size_t end = begin;
    while (end < line_.size() && !separates(line_[end])) ++end;
    return end;
  }

  std::size_t skip_blanks(std::size_t at) const {
    while (at < line_.size() && is_blank(line_[at])) ++at;
    return at;
  }

 private:
  bool separates(char c) const { return separator_ == Separator::kComma ? c == ',' : is_blank(c); }

  std::size_t after_quoted(std::size_t begin) const {
    for (std::size_t close = line_.find('"', begin + 1); close != std::string_view::npos;
         close = line_.find('"', close + 1)) {
      const std::size_t next = separator_ == Separator::kComma ? skip_blanks(close + 1) : close + 1;
      if (next == line_.size() || separates(line_[next])) return next;
    }
    return std::string_view::npos;
  }

  std::string_view line_;
  Separator separator_;
  bool quotes_can_close_ = true;
};

}  // namespace

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_quote(char c) { return c == '"' || c == '\''; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

void split(std::string_view line, Separator separator, std::vector<std::string_view>& cells) {
  cells.clear();
  CellEnds ends(line, separator);
  for (std::size_t begin = ends.skip_blanks(0);;) {
    const std::size_t end = ends.after(begin);
    cells.push_back(trim(line.substr(begin, end - begin)));
    if (end == line.size()) return;
    begin = ends.skip_blanks(end + 1);
  }
}

std::string_view next_word(std::string_view& rest) {
  std::size_t begin = 0;
  while (begin < rest.size() && is_blank(rest[begin])) ++begin;
  std::size_t end = begin;
  while (end < rest.size() && !is_blank(rest[end])) ++end;
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

std::string_view unquoted(std::string_view cell) {
  const bool paired = cell.size() >= 2 && cell.front() == cell.back() && is_quote(cell.front());
  return paired ? cell.substr(1, cell.size() - 2) : cell;
}

}  // namespace logigrad::dataset
