// Who made the CPU and which one it is, from /proc/cpuinfo.
//
// Linux writes there what CPUID says on x86 and what the MIDR register says on AArch64, so that one
// reader serves both, and trees copied from other machines too. hwloc holds the same only where it
// knows the architecture, which a copied tree does not say.
#pragma once

#include <string>
#include <vector>

namespace logigrad {

// -1 and "" stand for "unknown".
struct CpuInfo {
  // x86: the brand string. AArch64 has none: "arm implementer 0x41 part 0xd0c", and with several
  // kinds of core "... part 0xd05+0xd0b", in the order of the CPUs.
  std::string model_name;
  std::string vendor;  // "AuthenticAMD", "GenuineIntel"; AArch64: the implementer, "0x41"

  // x86: family, model and stepping. AArch64, of CPU 0: architecture, part and 16 variant +
  // revision (r3p1 is 49), which is how MIDR_EL1 splits them.
  int family = -1;
  int model = -1;
  int stepping = -1;

  // x86 alone tells a guest that it is one, by a flag: -1 where there is no such list of flags.
  int hypervisor_flag = -1;

  // "x86_64" or "aarch64", and the words of "flags" or "Features", with which the kernel names what
  // it lets programs use; both empty if unknown.
  std::string architecture;
  std::vector<std::string> flags;
};

CpuInfo read_cpu_info(const std::string& sysroot);

}  // namespace logigrad
