// Which instruction sets of cmake/isas.cmake a CPU has, without running anything on it: by the
// flags that Linux shows, which serve for trees copied from other machines too, and by CPUID alone.
//
// The two differ where the operating system does not save an ISA's registers: Linux then hides the
// flags, CPUID still has them. What the library itself asks is supported_isas().
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/machine/cpu_info.hpp"

namespace logigrad {

// Those of the CPU's architecture, weakest first; none if that is unknown. `sve_bits`: of SVE's
// vectors, on which the choice among the ISAs of SVE depends; 0: unknown.
std::vector<std::string> isas_of_flags(const CpuInfo& info, std::size_t sve_bits);

// From /proc/sys/abi; 0: unknown, or no SVE.
std::size_t read_sve_bits(const std::string& sysroot);

// This machine's CPU, whatever the operating system says; none where the architecture lets only the
// operating system ask, as AArch64 does.
std::vector<std::string> isas_of_cpuid();

}  // namespace logigrad
