// Who else uses the CPUs: other processes (load), and other guests of the host (steal).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace logigrad {

// What all CPUs together have done since boot, in the kernel's ticks.
struct CpuTicks {
  std::uint64_t total = 0;
  std::uint64_t stolen = 0;  // a virtual CPU had work, and the host ran something else
};

struct Activity {
  std::optional<double> load;  // processes that ran or wanted to, the mean of the last minute
  std::optional<CpuTicks> ticks;
};

Activity read_activity(const std::string& sysroot);

// The fraction of all ticks between two readings that was stolen; nothing if there were none.
std::optional<double> stolen_fraction(const CpuTicks& before, const CpuTicks& after);

}  // namespace logigrad
