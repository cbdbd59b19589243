// What Linux was told, or found out, that changes times: its clock, its pages, who may count.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace logigrad {

struct KernelSettings {
  std::string clock_source;  // that the system reads time from, "tsc"; "": unknown

  // Whether memory comes in large pages without being reserved: "always", "madvise" (where a
  // program asks), "never"; "": unknown.
  std::string transparent_huge_pages;

  std::optional<bool> numa_balancing;  // whether pages are moved after the threads that use them

  // Who may count CPU events: 2 lets anyone count his own programs, more than 2 nobody without
  // CAP_PERFMON. Nothing: this kernel does not count.
  std::optional<int> perf_event_paranoid;

  // The CPU's counters, as the kernel calls them: "cpu", "cpu_core", "armv8_pmuv3_0"; sorted.
  std::vector<std::string> counter_devices;
};

KernelSettings read_kernel_settings(const std::string& sysroot);

// Tries to count the cycles of this program: 0, or the system's error number. Of this machine only.
int counter_error();

}  // namespace logigrad
