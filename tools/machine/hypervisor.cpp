// From the surest sign to the weakest: Xen's own directory, the CPU's flag, the CPUID signature (of
// this machine only: a sysroot has none), the device tree, the firmware's name for the machine.
#include "tools/machine/hypervisor.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "tools/machine/sysroot.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace logigrad {
namespace {

// The 12 characters of CPUID leaf 0x40000000, which every hypervisor keeps free for its name.
// __get_cpuid() would refuse that leaf: it lies beyond the largest that the CPU itself knows.
std::string cpuid_signature() {
#if defined(__x86_64__)
  unsigned largest = 0;
  std::array<unsigned, 3> words = {};
  __cpuid(0x40000000, largest, words[0], words[1], words[2]);
  std::array<char, sizeof(words)> bytes = {};
  std::memcpy(bytes.data(), words.data(), sizeof(words));
  const std::string_view text(bytes.data(), bytes.size());
  return std::string(trim_space(text.substr(0, text.find('\0'))));
#else
  return "";
#endif
}

std::string name_of_signature(const std::string& signature) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kNames = {{
      {"KVMKVMKVM", "kvm"},
      {"Microsoft Hv", "hyper-v"},
      {"VMwareVMware", "vmware"},
      {"XenVMMXenVMM", "xen"},
      {"TCGTCGTCGTCG", "qemu"},
  }};
  for (const auto& [known, name] : kNames) {
    if (signature == known) return std::string(name);
  }
  // A leaf that nobody answers, as under valgrind, returns what the last one of the CPU's own has.
  const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
  return std::all_of(signature.begin(), signature.end(), printable) ? signature : "";
}

}  // namespace

std::string hypervisor_name(const std::string& sysroot, const CpuInfo& info) {
  if (std::string type = read_word(under(sysroot, "/sys/hypervisor/type")); !type.empty()) {
    return type;
  }
  if (info.hypervisor_flag == 0) return "none";
  const std::string vendor = read_word(under(sysroot, "/sys/class/dmi/id/sys_vendor"));
  if (info.hypervisor_flag == 1) {
    std::string name = sysroot.empty() ? name_of_signature(cpuid_signature()) : "";
    if (name.empty()) name = vendor;
    return name.empty() ? "unnamed" : name;
  }
  std::string compatible = read_word(under(sysroot, "/proc/device-tree/hypervisor/compatible"));
  if (!compatible.empty()) return compatible.substr(compatible.find(',') + 1);  // "linux,kvm"
  return vendor == "QEMU" ? "qemu" : "unknown";
}

}  // namespace logigrad
