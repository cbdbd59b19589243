// The ISA table comes from cmake/isas.cmake; only how its features are called by Linux and where
// CPUID has them stands here.
#include "tools/machine/isa_support.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <sstream>
#include <string_view>

#include "tools/machine/sysroot.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace logigrad {
namespace {

struct Isa {
  std::string_view architecture, name, features;  // features separated by spaces
};

constexpr Isa kIsas[] = {
#define LOGIGRAD_ISA_FEATURES(architecture, name, features) {#architecture, #name, features},
#include "machine/isa_features.inc"  // generated from cmake/isas.cmake
#undef LOGIGRAD_ISA_FEATURES
};

std::vector<std::string> isas_with(std::string_view architecture,
                                   const std::function<bool(const std::string&)>& has) {
  std::vector<std::string> names;
  for (const Isa& isa : kIsas) {
    if (isa.architecture != architecture) continue;
    std::istringstream features{std::string(isa.features)};
    bool all = true;
    for (std::string feature; all && features >> feature;) all = has(feature);
    if (all) names.emplace_back(isa.name);
  }
  return names;
}

#if defined(__x86_64__)
struct CpuidBit {
  std::string_view feature;
  unsigned leaf, word, bit;  // word: 0 to 3, EAX to EDX
};

constexpr CpuidBit kBits[] = {{"sse2", 1, 3, 26},     {"sse4.2", 1, 2, 20},  {"fma", 1, 2, 12},
                              {"avx2", 7, 1, 5},      {"avx512f", 7, 1, 16}, {"avx512dq", 7, 1, 17},
                              {"avx512cd", 7, 1, 28}, {"avx512bw", 7, 1, 30}};

bool cpuid_has(const std::string& feature) {
  const auto* const found = std::ranges::find(kBits, feature, &CpuidBit::feature);
  if (found == std::end(kBits)) return false;
  std::array<unsigned, 4> words = {};
  if (!__get_cpuid_count(found->leaf, 0, &words[0], &words[1], &words[2], &words[3])) return false;
  return (words[found->word] >> found->bit & 1U) != 0;
}
#endif

}  // namespace

std::vector<std::string> isas_of_flags(const CpuInfo& info, std::size_t sve_bits) {
  return isas_with(info.architecture, [&](std::string feature) {
    std::ranges::replace(feature, '.', '_');  // sse4.2 is sse4_2 there
    if (feature.starts_with("sve")) {
      if (feature.substr(3) != std::to_string(sve_bits)) return false;
      feature = "sve";
    }
    return std::ranges::count(info.flags, feature) != 0;
  });
}

std::size_t read_sve_bits(const std::string& sysroot) {
  const std::optional<std::uint64_t> bytes =
      parse_number(read_word(under(sysroot, "/proc/sys/abi/sve_default_vector_length")));
  return 8 * static_cast<std::size_t>(bytes.value_or(0));
}

std::vector<std::string> isas_of_cpuid() {
#if defined(__x86_64__)
  return isas_with("x86_64", cpuid_has);
#else
  return {};
#endif
}

}  // namespace logigrad
