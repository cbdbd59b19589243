// Reads by chunks until the end instead of asking for a size first: a FIFO and the files of /proc
// have none. Each chunk is searched for NUL at once, so that /dev/zero ends after the first.
#include "tools/dataset/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <ios>
#include <new>
#include <system_error>
#include <utility>

#include "tools/dataset/cells.hpp"
#include "tools/dataset/input_error.hpp"
#include "tools/machine/memory.hpp"

namespace logigrad::dataset {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace

TextFile::TextFile(std::string path, std::uint64_t most_bytes) : path_(std::move(path)) {
  try {
    read(most_bytes);
  } catch (const std::bad_alloc&) {  // a limit of the process, met while a stream was growing
    fail(
        fmt::format("found more than {} bytes, expected a file that fits in memory", text_.size()));
  }
}

// The size of a regular file is known: a string that grows would need three times as much, and a
// chunk is written before it is read, 1 MiB for a file of ten lines. What the file has gained since
// is read by further chunks, as is a file of /proc, which says 0.
std::size_t TextFile::reserve(std::uint64_t most_bytes) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path_, error)) return kChunk;
  const std::uint64_t size = std::filesystem::file_size(path_, error);
  if (error || size == 0) return kChunk;
  if (size > most_bytes) {
    fail(fmt::format("found {} bytes, expected at most {}, half of the memory that is available",
                     size, most_bytes));
  }
  // One byte more than the file: the end is met by the chunk that holds the last of it.
  const std::size_t chunk = std::min(kChunk, static_cast<std::size_t>(size) + 1);
  text_.reserve(size + chunk);
  return chunk;
}

void TextFile::read(std::uint64_t most_bytes) {
  const auto reason = [] { return std::generic_category().message(errno != 0 ? errno : EIO); };
  std::error_code ignored;
  if (std::filesystem::is_directory(path_, ignored)) fail("found a directory, expected a file");
  errno = 0;
  std::ifstream stream(path_, std::ios::binary);
  if (!stream) fail(fmt::format("cannot be opened: {}", reason()));
  const std::size_t chunk = reserve(most_bytes);
  while (stream) {
    const std::size_t old_size = text_.size();
    text_.resize(old_size + chunk);
    stream.read(&text_[old_size], static_cast<std::streamsize>(chunk));
    text_.resize(old_size + static_cast<std::size_t>(stream.gcount()));
    if (stream.bad()) fail(fmt::format("cannot be read: {}", reason()));
    if (text_.starts_with(kByteOrderMark)) byte_order_mark_ = kByteOrderMark.size();
    if (const std::size_t nul = text_.find('\0', old_size); nul != std::string::npos) {
      fail_at(&text_[nul], "found a NUL byte, expected plain text");
    }
    if (text_.size() > most_bytes) {
      fail(
          fmt::format("found more than {} bytes, expected a file that fits in memory", most_bytes));
    }
  }
}

std::optional<std::string_view> TextFile::next_line() {
  const std::string_view all = text();
  while (position_ < all.size()) {
    const std::size_t begin = position_;
    std::size_t end = begin;
    while (end < all.size() && all[end] != '\n' && all[end] != '\r') ++end;
    position_ = end + 1;  // between CR and LF is a blank line, which is passed over
    const std::string_view line = trim(all.substr(begin, end - begin));
    if (!line.empty() && all[begin] != '#') return line;
  }
  return std::nullopt;
}

std::size_t TextFile::line_of(const char* at) const {
  std::size_t line = 1;
  // The string's terminator makes c[1] readable.
  for (const char* c = text_.data(); c != at; ++c) {
    if (*c == '\n' || (*c == '\r' && c[1] != '\n')) ++line;
  }
  return line;
}

void TextFile::fail(std::string_view problem) const {
  throw InputError(fmt::format("{}: {}", path_, problem));
}

void TextFile::fail_at(const char* at, std::string_view problem) const {
  const char* line_begin = at;
  while (line_begin != text().data() && line_begin[-1] != '\n' && line_begin[-1] != '\r') {
    --line_begin;
  }
  const auto column =
      1 + std::count_if(line_begin, at, [](char c) { return !continues_character(c); });
  throw InputError(fmt::format("{}:{}:{}: {}", path_, line_of(at), column, problem));
}

void TextFile::fail_for_memory() const {
  const std::size_t at = std::min(position_, text().size());
  throw InputError(fmt::format(
      "{}:{}: found data that need more than the {} that are available beside the text, expected "
      "fewer",
      path_, line_of(text().data() + (at > 0 ? at - 1 : 0)),
      size_in_words(static_cast<double>(available_memory()))));
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kMostBytes = 40;
  std::size_t length = std::min(text.size(), kMostBytes);
  if (length < text.size()) {
    while (length > 0 && continues_character(text[length])) --length;
  }
  std::string shown = "'";
  for (const char c : text.substr(0, length)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += c;
    }
  }
  shown += length < text.size() ? "...'" : "'";
  return shown;
}

}  // namespace logigrad::dataset
