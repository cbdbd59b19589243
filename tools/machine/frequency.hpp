// Who decides the clock frequency, and between which bounds: cpufreq's files.
//
// A virtual machine has none of them, as a rule: its clock is the host's affair. So nothing here is
// an error, and what the files do not say stays unknown; `logigrad doctor` then measures the clock.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace logigrad {

// The distinct texts of several CPUs are sorted, with ',' between; "": unknown.
struct Frequency {
  std::string governor;    // "performance"
  std::string driver;      // "acpi-cpufreq", "intel_pstate"
  std::string preference;  // "balance_performance": what a driver that has its own governor obeys

  // Whether the CPU may exceed its nominal clock while it is cool and few cores are busy.
  std::optional<bool> turbo;

  // kHz; the hardware's bounds, over all CPUs, and the least upper bound that somebody has set.
  std::optional<std::uint64_t> lowest_khz, highest_khz, limit_khz;
};

Frequency read_frequency(const std::string& sysroot, std::span<const unsigned> cpus);

}  // namespace logigrad
