// /proc/meminfo, the control group and the limits of the process; see memory.hpp. sysconf() knows
// only all the memory, or the unused part without the page cache, which is far too little on a
// machine that has read some files.
#include "tools/machine/memory.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "tools/machine/control_group.hpp"
#include "tools/machine/sysroot.hpp"

namespace logigrad {
namespace {

// "MemAvailable:   24265544 kB"
std::optional<std::uint64_t> field_of(const std::string& sysroot, std::string_view file,
                                      std::string_view name) {
  for (const std::string& line : read_lines(under(sysroot, file))) {
    std::string_view rest = line;
    if (!rest.starts_with(name)) continue;
    rest.remove_prefix(name.size());
    if (!rest.ends_with("kB")) return std::nullopt;
    rest.remove_suffix(2);
    if (const std::optional<std::uint64_t> kib = parse_number(rest)) return *kib * 1024;
  }
  return std::nullopt;
}

// What a limit of the process leaves, as ulimit -v sets one: "Max address space   1048576 ..." less
// "VmSize:   524 kB". "unlimited" is no number.
std::optional<std::uint64_t> left_of_limit(const std::string& sysroot, std::string_view limit,
                                           std::string_view used) {
  for (const std::string& line : read_lines(under(sysroot, "/proc/self/limits"))) {
    if (!line.starts_with(limit)) continue;
    std::string_view soft = trim_space(std::string_view(line).substr(limit.size()));
    soft = soft.substr(0, soft.find(' '));
    const std::optional<std::uint64_t> most = parse_number(soft);
    const std::uint64_t now = field_of(sysroot, "/proc/self/status", used).value_or(0);
    if (most) return *most > now ? *most - now : 0;
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t available_memory(const std::string& sysroot) {
  std::optional<std::uint64_t> least;
  for (const std::optional<std::uint64_t> left :
       {field_of(sysroot, "/proc/meminfo", "MemAvailable:"),
        read_control_group(sysroot).memory_left,
        left_of_limit(sysroot, "Max address space", "VmSize:"),
        left_of_limit(sysroot, "Max data size", "VmData:")}) {
    if (left && (!least || *left < *least)) least = left;
  }
  return least.value_or(0);
}

std::uint64_t total_memory(const std::string& sysroot) {
  return field_of(sysroot, "/proc/meminfo", "MemTotal:").value_or(0);
}

}  // namespace logigrad
