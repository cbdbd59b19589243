// The judgements of a fuzz target: what does not hold ends the process, which is what a fuzzer, and
// the replay of a corpus, notice.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace logigrad::fuzz {

inline void expect(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

// That a message names the file first, says what was found and expected, and fits on a terminal.
inline void expect_message(const std::exception& error, const std::string& path) {
  const std::string message = error.what();
  const bool is_whole = message.starts_with(path + ":") &&
                        message.find("found ") != std::string::npos &&
                        message.find("expected ") != std::string::npos;
  expect(is_whole, "an error that does not say where, what, and what was expected: " + message);
  expect(message.size() < 1000, "an error of more than 1000 bytes");
  for (const char c : message)
    expect(static_cast<unsigned char>(c) >= 0x20, "an error with control characters");
}

}  // namespace logigrad::fuzz
