// Reading the one-value files of /proc and /sys, below any root.
//
// A file that is missing, unreadable or garbled is no error here: containers and hypervisors hide
// these files as they please, and every caller has a word for "unknown". The root exists for the
// tests and for `logigrad doctor --sysroot`, which read trees copied from other machines.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace logigrad {

// `path` below `sysroot`: ("/tmp/tree", "/proc/meminfo") is "/tmp/tree/proc/meminfo". An empty
// sysroot is this machine.
std::filesystem::path under(const std::string& sysroot, std::string_view path);

// The lines of a file without their ends; none if it cannot be read.
std::vector<std::string> read_lines(const std::filesystem::path& path);

// The first line up to a NUL (device trees write C strings) without white space around it; "" if
// the file cannot be read.
std::string read_word(const std::filesystem::path& path);

// `text` as an unsigned number, decimal or 0x hexadecimal: nothing if it is anything else, as are
// "max" and "-1", the kernel's two words for "no limit".
std::optional<std::uint64_t> parse_number(std::string_view text);

std::string_view trim_space(std::string_view text);

}  // namespace logigrad
