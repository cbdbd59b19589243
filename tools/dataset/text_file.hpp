// The whole text of one file, read line by line, and the errors that name a place in it.
//
// Nothing carries a line number: lines and cells are views into the text, and the address of a view
// is its place. Line and column are counted only when an error is reported.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/dataset/memory.hpp"

namespace logigrad::dataset {

class TextFile {
 public:
  // Reads `path`: a regular file, a FIFO, a device. Half of the memory is left for what is made of
  // the text; without a limit an endless stream would fill the machine.
  // Throws InputError if it cannot be read, is larger than `most_bytes` or holds a NUL byte.
  explicit TextFile(std::string path, std::uint64_t most_bytes = half_of_memory());

  // The views would point into the old object.
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  const std::string& path() const { return path_; }
  // All of it, behind a byte order mark.
  std::string_view text() const { return std::string_view(text_).substr(byte_order_mark_); }
  bool empty() const { return text().empty(); }
  std::size_t size() const { return text().size(); }

  // The next line that holds data, without the white space around it; lines that are blank or have
  // '#' in column 1 are passed over. A line ends with LF, CR LF or CR, the last one also without.
  std::optional<std::string_view> next_line();
  void rewind() { position_ = 0; }

  // The number of lines of any kind: at least as many as next_line() returns.
  std::size_t line_count() const { return line_of(text_.data() + text_.size()); }

  // The number, from 1, of the line that holds `at`, a place in a view of this text.
  std::size_t line_of(const char* at) const;

  // Throws InputError "FILE: problem" and "FILE:LINE:COLUMN: problem". The column is in characters,
  // from 1, where a character is a code point of UTF-8.
  [[noreturn]] void fail(std::string_view problem) const;
  [[noreturn]] void fail_at(const char* at, std::string_view problem) const;

  // Throws InputError for what std::bad_alloc says, of the line that next_line() was at: a limit of
  // the process, as ulimit -v sets one, was met by what is made of the text.
  [[noreturn]] void fail_for_memory() const;

 private:
  void read(std::uint64_t most_bytes);
  // Room for the file if its size is known. The bytes to read at a time.
  std::size_t reserve(std::uint64_t most_bytes);

  std::string path_;
  std::string text_;
  std::size_t byte_order_mark_ = 0;  // its length
  std::size_t position_ = 0;         // in text()
};

// `text` as an error message may show it: in '', with control characters as \xNN and cut after 40
// bytes, so that a binary file or a long line does not fill the terminal.
std::string quoted(std::string_view text);

}  // namespace logigrad::dataset
