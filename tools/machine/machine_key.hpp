// The name under which a machine's results are kept: "amd-epyc-2-1a2b3c4d".
//
// It has to be the same tomorrow, and differ where times cannot be compared. So it holds what the
// hardware says of itself and nothing that changes between two runs: no frequency, governor, load,
// memory, kernel or host name.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tools/machine/machine.hpp"

namespace logigrad {

// Lower-case letters a-z, digits, and a single '-' for any run of other bytes between them:
// "Intel(R) Xeon(R) CPU @ 2.80GHz" is "intel-r-xeon-r-cpu-2-80ghz". "" if nothing is left.
std::string slug(std::string_view text);

// slug(cpu_model) - logical_cpus - the first 8 hexadecimal digits of the SHA-256 of this text,
// which is ASCII with a line feed after each line, the ISAs sorted, the sizes in bytes of one
// instance:
//     vendor=AuthenticAMD
//     family=25
//     model=17
//     stepping=1
//     isas=avx2_fma,avx512,sse2,sse4_2
//     l1d=32768
//     l2=1048576
//     l3=33554432
// `usable_isas` are those that CPU and operating system support. A cap on the ISA
// (LOGIGRAD_MAX_ISA) must not have been applied: it would make another machine of this one.
std::string machine_key(const Machine& machine, std::span<const std::string> usable_isas);

}  // namespace logigrad
