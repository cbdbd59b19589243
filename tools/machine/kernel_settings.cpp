// One file a setting; and the one system call that knows whether cycles can be counted, whatever
// the files say: a container's filter of system calls shows in none of them.
#include "tools/machine/kernel_settings.hpp"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "tools/machine/sysroot.hpp"

namespace logigrad {
namespace {

namespace fs = std::filesystem;

// The choice among "always [madvise] never".
std::string bracketed(const std::string& text) {
  const std::size_t begin = text.find('['), end = text.find(']');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return "";
  return text.substr(begin + 1, end - begin - 1);
}

// From -1, which parse_number() refuses.
std::optional<int> signed_number(const std::string& text) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

// Beside the CPU's counters there are those of memory controllers, of software and so on.
std::vector<std::string> counter_devices(const std::string& sysroot) {
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& entry :
       fs::directory_iterator(under(sysroot, "/sys/bus/event_source/devices"), missing)) {
    const std::string name = entry.path().filename().string();
    const bool of_cpu = name == "cpu" || name == "cpu_core" || name == "cpu_atom";
    if (of_cpu || name.starts_with("armv")) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

KernelSettings read_kernel_settings(const std::string& sysroot) {
  const auto read = [&sysroot](std::string_view path) { return read_word(under(sysroot, path)); };
  KernelSettings settings;
  settings.clock_source = read("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  settings.transparent_huge_pages = bracketed(read("/sys/kernel/mm/transparent_hugepage/enabled"));
  if (const auto balancing = parse_number(read("/proc/sys/kernel/numa_balancing"))) {
    settings.numa_balancing = *balancing != 0;
  }
  settings.perf_event_paranoid = signed_number(read("/proc/sys/kernel/perf_event_paranoid"));
  settings.counter_devices = counter_devices(sysroot);
  return settings;
}

int counter_error() {
  perf_event_attr attributes = {};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.config = PERF_COUNT_HW_CPU_CYCLES;
  attributes.disabled = 1;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  const long file = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
  if (file < 0) return errno;
  close(static_cast<int>(file));
  return 0;
}

}  // namespace logigrad
