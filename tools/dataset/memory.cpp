// Linux says what is available in /proc/meminfo. sysconf() knows only all the memory, or the unused
// part without the page cache, which is far too little on a machine that has read some files.
#include "tools/dataset/memory.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace logigrad::dataset {
namespace {

std::uint64_t physical_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page_size = sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || page_size <= 0) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_size);
}

}  // namespace

std::uint64_t available_memory() {
  std::uint64_t bytes = physical_memory();
  std::ifstream meminfo("/proc/meminfo");
  std::string key, unit;
  for (std::uint64_t kib = 0; meminfo >> key >> kib && std::getline(meminfo, unit);) {
    if (key == "MemAvailable:") bytes = std::min(bytes, kib * 1024);
  }
  for (const char* limit_file :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    // "max", the word for no limit, is no number and leaves bytes as they are.
    if (std::uint64_t limit = 0; std::ifstream(limit_file) >> limit) bytes = std::min(bytes, limit);
  }
  return bytes;
}

std::string memory_shortage(std::size_t rows, std::size_t cols) {
  constexpr double kGib = 1024.0 * 1024.0 * 1024.0;
  // In double, because the product may be beyond 64 bits.
  const double needed = sizeof(double) * static_cast<double>(rows) * static_cast<double>(cols);
  const double available = static_cast<double>(available_memory());
  if (needed <= available) return "";
  return fmt::format(
      "needs {} x {} doubles = {:.1f} GiB, expected at most the {:.1f} GiB that are available",
      rows, cols, needed / kGib, available / kGib);
}

}  // namespace logigrad::dataset
