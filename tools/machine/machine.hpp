// What machine this is, as far as it decides how fast a kernel can be.
//
// Nothing is guessed: what the system does not say stays unknown (0, -1 or "unknown"), and the
// reader decides what that means. `logigrad doctor` judges these facts; here they are only stated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tools/machine/topology.hpp"

namespace logigrad {

struct Machine {
  std::string cpu_model = "unknown";  // the brand: "AMD EPYC"; for AArch64 see CpuInfo
  std::string vendor = "unknown";     // "AuthenticAMD"; AArch64: the implementer, "0x41"
  int family = -1;                    // -1: unknown
  int model = -1;
  int stepping = -1;

  // The logical CPUs this process may run on: of its control group and its affinity mask, before
  // OpenMP binds any thread. 0: unknown.
  unsigned logical_cpus = 0;

  Cache l1d;  // of the machine or its control group, not of the affinity mask
  Cache l2;
  Cache l3;

  std::uint64_t total_memory = 0;  // bytes of the machine; 0: unknown

  // Bytes that can be allocated without swapping, and without being killed by the limit of the
  // control group. 0: unknown.
  std::uint64_t available_memory = 0;

  double cpu_quota = 0;  // CPUs' worth of time the control group grants, as 1.5; 0: no quota

  // cpufreq's governor, "performance"; the distinct ones of all CPUs, sorted, with ',' between;
  // "unknown" without cpufreq, which is the rule in a virtual machine and no fault.
  std::string governor = "unknown";

  std::string hypervisor = "unknown";  // see hypervisor_name()

  // Bytes of one instance of the outermost level that is known; 0 if none is.
  std::size_t last_level_cache() const;
};

// Describes this machine, or with a sysroot the one whose /proc and /sys lie below it; for the use
// of HWLOC_FSROOT see read_topology(). A sysroot that is no directory throws std::runtime_error;
// without that hwloc would describe this machine instead. Missing files throw nothing.
Machine describe_machine(const std::string& sysroot = "");

}  // namespace logigrad
