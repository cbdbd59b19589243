// What the control group, which is what a container is made of, leaves of memory and CPU time.
//
// A limit can stand at any level above the process and the tightest counts, so all levels are read;
// version 1 and version 2 are both looked for, because a machine can mount the two side by side.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace logigrad {

struct ControlGroup {
  bool known = false;  // whether it could be read in which group the process is

  // Bytes that may still be allocated: limit - (usage - page cache), the least over the levels. As
  // in the kernel's MemAvailable page cache is no usage: it is dropped when memory gets tight, and
  // a group that has just compiled something is full of it. Nothing: no limit.
  std::optional<std::uint64_t> memory_left;

  // CPUs' worth of time a period, for example 1.5. Nothing: no quota.
  std::optional<double> cpu_quota;

  // Of the periods in which a group had work, the fraction in which its quota ran out and it was
  // stopped: since it was made, the largest of the levels. Nothing: not recorded.
  std::optional<double> throttled;
};

// Expects the control groups where every distribution mounts them, in /sys/fs/cgroup.
ControlGroup read_control_group(const std::string& sysroot);

}  // namespace logigrad
