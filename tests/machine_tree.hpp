// Made-up /proc and /sys trees, which hwloc reads too: what Linux shows on a machine, cut down to
// what is read.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/temporary_directory.hpp"
#include "tools/machine/machine.hpp"

namespace logigrad {

constexpr std::uint64_t kMib = 1 << 20;

class MachineTree {
 public:
  const std::filesystem::path& path() const { return directory_.path(); }
  Machine machine() const { return describe_machine(path().string()); }

  void write(const std::string& name, const std::string& text) const {
    directory_.write(name, text + '\n');
  }

  void write_mib(const std::string& name, std::uint64_t mib) const {
    write(name, fmt::format("{}", mib * kMib));
  }

  void write_cache(unsigned cpu, int level, int kib, unsigned shared) const {
    const std::string base = fmt::format("{}cpu{}/cache/index{}/", kCpus, cpu, level - 1);
    write(base + "level", fmt::format("{}", level));
    write(base + "type", level == 1 ? "Data" : "Unified");
    write(base + "size", fmt::format("{}K", kib));
    write(base + "shared_cpu_map", fmt::format("{:x}", shared));
  }

  // CPUs with `smt` threads a core, an L1d and an L2 for each core and, if not 0, one L3 for all.
  void write_cpus(unsigned count, unsigned smt, int l1d_kib, int l2_kib, int l3_kib) const {
    const unsigned all = (1U << count) - 1;
    for (unsigned cpu = 0; cpu < count; ++cpu) {
      const std::string base = fmt::format("{}cpu{}/topology/", kCpus, cpu);
      const unsigned core = ((1U << smt) - 1) << (cpu / smt * smt);
      write(base + "physical_package_id", "0");
      write(base + "core_id", fmt::format("{}", cpu / smt));
      write(base + "core_siblings", fmt::format("{:x}", all));
      write(base + "thread_siblings", fmt::format("{:x}", core));
      write_cache(cpu, 1, l1d_kib, core);
      write_cache(cpu, 2, l2_kib, core);
      if (l3_kib != 0) write_cache(cpu, 3, l3_kib, all);
    }
    write(kCpus + "online", fmt::format("0-{}", count - 1));
  }

  void write_amd(const std::string& flags) const {
    write("proc/cpuinfo",
          "vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n"
          "stepping\t: 1\nflags\t\t: " +
              flags + "\n\nprocessor\t: 1\nmodel\t: 99");
    write("proc/meminfo", "MemTotal:  16777216 kB\nMemFree:  9 kB\nMemAvailable:  8388608 kB");
  }

  const std::string kCpus = "sys/devices/system/cpu/";

 private:
  TemporaryDirectory directory_;
};

}  // namespace logigrad
