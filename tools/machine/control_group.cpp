// /proc/self/cgroup gives the path of the process in each hierarchy. Inside a container that path
// is often the host's, which is not mounted there; those levels are then missing and pass unread,
// and the root of the mount is the container's own group.
#include "tools/machine/control_group.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <vector>

#include "tools/machine/sysroot.hpp"

namespace logigrad {
namespace {

namespace fs = std::filesystem;

struct MemoryFiles {
  std::array<std::string_view, 2> limits;
  std::string_view usage;
  std::array<std::string_view, 2> page_cache;  // keys in memory.stat
};

// memory.high does not kill but throttles, which ruins a measurement as surely.
constexpr MemoryFiles kVersion2 = {
    {"memory.max", "memory.high"}, "memory.current", {"inactive_file", "active_file"}};
constexpr MemoryFiles kVersion1 = {{"memory.limit_in_bytes", "memory.limit_in_bytes"},
                                   "memory.usage_in_bytes",
                                   {"total_inactive_file", "total_active_file"}};

template <class T>
void tighten(std::optional<T>& limit, std::optional<T> other) {
  if (other && (!limit || *other < *limit)) limit = other;
}

std::uint64_t difference_or_zero(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

// The number behind `key` in a file of lines "key number".
std::optional<std::uint64_t> number_of(const fs::path& file, std::string_view key) {
  for (const std::string& line : read_lines(file)) {
    const std::size_t space = line.find(' ');
    if (space == key.size() && line.starts_with(key)) {
      return parse_number(std::string_view(line).substr(space));
    }
  }
  return std::nullopt;
}

std::uint64_t page_cache(const fs::path& group, const MemoryFiles& files) {
  std::uint64_t bytes = 0;
  for (const std::string_view key : files.page_cache) {
    bytes += number_of(group / "memory.stat", key).value_or(0);
  }
  return bytes;
}

std::optional<std::uint64_t> memory_left(const fs::path& group, const MemoryFiles& files) {
  std::optional<std::uint64_t> limit;
  for (const std::string_view name : files.limits) {
    tighten(limit, parse_number(read_word(group / name)));
  }
  if (!limit) return std::nullopt;
  const std::uint64_t usage = parse_number(read_word(group / files.usage)).value_or(0);
  return difference_or_zero(*limit, difference_or_zero(usage, page_cache(group, files)));
}

// "200000 100000" is two CPUs; "max" and "-1" are no numbers, so they are no quota.
std::optional<double> quota(std::string_view quota_us, std::string_view period_us) {
  const std::optional<std::uint64_t> time = parse_number(quota_us);
  const std::optional<std::uint64_t> period = parse_number(period_us);
  if (!time || !period || *period == 0) return std::nullopt;
  return static_cast<double>(*time) / static_cast<double>(*period);
}

std::optional<double> quota_version_2(const fs::path& group) {
  std::string time, period;
  std::istringstream(read_word(group / "cpu.max")) >> time >> period;
  return quota(time, period);
}

std::optional<double> quota_version_1(const fs::path& group) {
  return quota(read_word(group / "cpu.cfs_quota_us"), read_word(group / "cpu.cfs_period_us"));
}

// Both versions have the same keys in cpu.stat.
std::optional<double> throttled(const fs::path& group) {
  const std::optional<std::uint64_t> periods = number_of(group / "cpu.stat", "nr_periods");
  const std::optional<std::uint64_t> stopped = number_of(group / "cpu.stat", "nr_throttled");
  if (!periods || !stopped || *periods == 0) return std::nullopt;
  return static_cast<double>(*stopped) / static_cast<double>(*periods);
}

// The group itself, then what is above it, up to the root of the mount. Outside of its namespace a
// process sees "/../..": only the root is then known to be above it.
std::vector<fs::path> levels(const fs::path& mount, const fs::path& absolute) {
  std::vector<fs::path> groups;
  const fs::path path = absolute.relative_path();
  if (std::ranges::find(path, fs::path("..")) == path.end()) {
    for (fs::path p = path; !p.empty(); p = p.parent_path()) groups.push_back(mount / p);
  }
  groups.push_back(mount);
  return groups;
}

}  // namespace

ControlGroup read_control_group(const std::string& sysroot) {
  ControlGroup result;
  const fs::path mount = under(sysroot, "/sys/fs/cgroup");
  for (const std::string& line : read_lines(under(sysroot, "/proc/self/cgroup"))) {
    std::istringstream fields(line);  // "4:memory:/docker/1f3c", "0::/user.slice"
    std::string hierarchy, controllers, path;
    std::getline(fields, hierarchy, ':');
    std::getline(fields, controllers, ':');
    std::getline(fields, path);
    result.known = result.known || path.starts_with('/');
    if (controllers.empty()) {
      for (const fs::path& group : levels(mount, path)) {
        tighten(result.memory_left, memory_left(group, kVersion2));
        tighten(result.cpu_quota, quota_version_2(group));
        result.throttled = std::max(result.throttled, throttled(group));
      }
    }
    std::istringstream names(controllers);  // "cpu,cpuacct": both names lead to the one mount
    for (std::string name; std::getline(names, name, ',');) {
      for (const fs::path& group : levels(mount / name, path)) {
        if (name == "memory") tighten(result.memory_left, memory_left(group, kVersion1));
        if (name != "cpu") continue;
        tighten(result.cpu_quota, quota_version_1(group));
        result.throttled = std::max(result.throttled, throttled(group));
      }
    }
  }
  return result;
}

}  // namespace logigrad
