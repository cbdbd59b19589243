// What CPU and operating system lack of the features that cmake/isas.cmake names. Compiled with
// baseline flags, before anything else is known of the CPU; CMake asks by it too.
//
// core_kind(): what kind of core the CPU has, as far as a rule of speed depends on it.
// LOGIGRAD_LACKING(name): "" if the feature is there, otherwise how a person would name it.
//
// x86: __builtin_cpu_supports() asks the operating system too (xgetbv), which xsimd 8.1's own
// detection does not. It takes a literal, so that each name is asked for where it is spelt.
// AArch64: the kernel says whether there is SVE, and how long this process's vectors are: "sve256"
// is SVE with vectors of 256 bits, neither more nor less. A thread has the length of the one that
// started it.
#pragma once

#include <string>
#include <string_view>

namespace logigrad {
enum class Core { kOther, kAmd, kRedwoodCove };  // the last: of Granite Rapids, and what follows it
}  // namespace logigrad

#if defined(__x86_64__)

#include <cpuid.h>

#define LOGIGRAD_LACKING(name) std::string(__builtin_cpu_supports(name) ? "" : name)

namespace logigrad {
// Virtual machines may give a CPU another model's number, but not its features: PREFETCHIT0, bit 14
// of EDX of leaf 7.1, came with Redwood Cove. To be asked once: CPUID may take
// microseconds there.
inline Core core_kind() {
  if (__builtin_cpu_is("amd")) return Core::kAmd;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  const bool has_leaf = __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0;
  return has_leaf && (edx >> 14 & 1) ? Core::kRedwoodCove : Core::kOther;
}
}  // namespace logigrad

#else

#define LOGIGRAD_LACKING(name) logigrad::lacking(name)

#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#endif

namespace logigrad {

inline Core core_kind() { return Core::kOther; }

// 0 if there is no SVE.
inline int sve_bits() {
#if defined(__aarch64__)
  if (!(getauxval(AT_HWCAP) & HWCAP_SVE)) return 0;
  const int length = prctl(PR_SVE_GET_VL);
  return length < 0 ? 0 : 8 * (length & PR_SVE_VL_LEN_MASK);
#else
  return 0;
#endif
}

inline std::string lacking(std::string_view feature) {
  if (feature.substr(0, 3) != "sve") return std::string(feature);
  const int bits = sve_bits();
  const std::string wanted(feature.substr(3));
  if (bits == 0) return "sve";
  if (std::to_string(bits) == wanted) return {};
  return "sve of " + wanted + " bits, its vectors here have " + std::to_string(bits);
}

}  // namespace logigrad

#endif
