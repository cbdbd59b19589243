// Made-up trees of whole machines, with all that `logigrad doctor` reads of them.
//
// Each begins as a quiet server on which no check warns, and is changed by its test: whatever a
// check then says is due to that change.
#pragma once

#include <fmt/format.h>

#include <string>

#include "tests/machine_tree.hpp"

namespace logigrad {

class DoctorTree : public MachineTree {
 public:
  // Bare metal: 4 cores without SMT, a fixed clock, nobody else.
  DoctorTree() {
    write_amd("fpu sse2 sse4_2 avx2 fma");
    write_cpus(4, 1, 32, 1024, 32768);
    write_node(0, "f");
    write_frequency("performance", "acpi-cpufreq");
    write(kCpus + "cpufreq/boost", "0");
    write("proc/loadavg", "0.08 0.12 0.09 1/302 4711");
    write("proc/stat", "cpu  1000 0 1000 98000 0 0 0 0 0 0");
    write("proc/self/cgroup", "0::/user.slice");
    write("proc/sys/kernel/perf_event_paranoid", "2");
    write("proc/sys/kernel/numa_balancing", "1");
    write("sys/bus/event_source/devices/cpu/type", "4");
    write("sys/bus/event_source/devices/software/type", "1");
    write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    write(kClock, "tsc");
  }

  void write_node(unsigned node, const std::string& cpu_map) const {
    const std::string base = fmt::format("sys/devices/system/node/node{}/", node);
    write(base + "cpumap", cpu_map);
    write(base + "meminfo", fmt::format("Node {} MemTotal:  8388608 kB", node));
  }

  void write_frequency(const std::string& governor, const std::string& driver,
                       unsigned cpus = 4) const {
    for (unsigned cpu = 0; cpu < cpus; ++cpu) {
      const std::string base = fmt::format("{}cpu{}/cpufreq/", kCpus, cpu);
      write(base + "scaling_governor", governor);
      write(base + "scaling_driver", driver);
      write(base + "cpuinfo_min_freq", "1500000");
      write(base + "cpuinfo_max_freq", "3700000");
      write(base + "scaling_max_freq", "3700000");
    }
  }

  // What a hypervisor hides from its guests.
  void make_guest() const {
    write_amd("fpu sse2 sse4_2 avx2 fma hypervisor");
    for (unsigned cpu = 0; cpu < 4; ++cpu) remove(fmt::format("{}cpu{}/cpufreq", kCpus, cpu));
    remove(kCpus + "cpufreq");
    remove("sys/bus/event_source/devices/cpu");
  }

  void remove(const std::string& name) const { std::filesystem::remove_all(path() / name); }

  const std::string kClock = "sys/devices/system/clocksource/clocksource0/current_clocksource";
};

}  // namespace logigrad
