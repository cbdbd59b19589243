// /proc/meminfo and the control group; see memory.hpp. sysconf() knows only all the memory, or the
// unused part without the page cache, which is far too little on a machine that has read some
// files.
#include "tools/machine/memory.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "tools/machine/control_group.hpp"
#include "tools/machine/sysroot.hpp"

namespace logigrad {
namespace {

// "MemAvailable:   24265544 kB"
std::optional<std::uint64_t> memory_field(const std::string& sysroot, std::string_view name) {
  for (const std::string& line : read_lines(under(sysroot, "/proc/meminfo"))) {
    std::string_view rest = line;
    if (!rest.starts_with(name)) continue;
    rest.remove_prefix(name.size());
    if (!rest.ends_with("kB")) return std::nullopt;
    rest.remove_suffix(2);
    if (const std::optional<std::uint64_t> kib = parse_number(rest)) return *kib * 1024;
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t available_memory(const std::string& sysroot) {
  const std::optional<std::uint64_t> system = memory_field(sysroot, "MemAvailable:");
  const std::optional<std::uint64_t> group = read_control_group(sysroot).memory_left;
  if (system && group) return std::min(*system, *group);
  return system ? *system : group.value_or(0);
}

std::uint64_t total_memory(const std::string& sysroot) {
  return memory_field(sysroot, "MemTotal:").value_or(0);
}

}  // namespace logigrad
