// A chain of additions, each of which needs the one before it: the clock of a CPU without a PMU.
//
// An addition of two registers takes one cycle on every x86-64 and AArch64 core from 2003 on that
// we know of, in order or not, and nothing makes a chain of them faster. An immediate operand
// would: Intel's Golden Cove adds small constants while it renames, five in a cycle
// (https://www.uops.info/, ADD R64 I8; Fog, microarchitecture.pdf). So the operand is a register.
// All is in one asm, which a compiler can neither fold nor vectorise, at any level of optimisation.
#pragma once

#include <cstdint>

namespace logigrad::doctor {

#if defined(__x86_64__) || defined(__aarch64__)
inline constexpr bool kHasAddChain = true;
#else
inline constexpr bool kHasAddChain = false;
#endif

constexpr int kAddsInBlock = 1000;  // 3 or 4 KB of code: within any L1i, and a loop is 0.1 % of it

// kAddsInBlock additions of `step` to `value`.
inline std::uint64_t add_block(std::uint64_t value, std::uint64_t step) {
#if defined(__x86_64__)
  asm volatile(".rept 1000\n\taddq %1, %0\n\t.endr" : "+r"(value) : "r"(step) : "cc");
#elif defined(__aarch64__)
  asm volatile(".rept 1000\n\tadd %0, %0, %1\n\t.endr" : "+r"(value) : "r"(step));
#endif
  return value;
}

}  // namespace logigrad::doctor
