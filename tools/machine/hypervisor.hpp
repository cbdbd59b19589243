// Which hypervisor this is a guest of.
//
// A guest is told so by the CPU on x86 alone. Elsewhere the absence of a sign proves nothing, so
// the answer there is "unknown" rather than "none".
#pragma once

#include <string>

#include "tools/machine/cpu_info.hpp"

namespace logigrad {

// "none"; "unknown"; "unnamed" for a guest of something that does not say its name; otherwise the
// name: "kvm", "hyper-v", "vmware", "xen", "qemu", another one's CPUID signature, or what the
// firmware calls the maker of the system ("Amazon EC2").
std::string hypervisor_name(const std::string& sysroot, const CpuInfo& info);

}  // namespace logigrad
