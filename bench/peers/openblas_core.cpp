#include "bench/peers/openblas_core.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace logigrad::bench {

std::string_view better_openblas_core(std::string_view core, bool has_avx2_fma, bool has_avx512) {
  // Those without AVX2, of x86-64.
  constexpr std::array<std::string_view, 14> kOld{
      "Katmai", "Coppermine", "Northwood", "Prescott",    "Banias",    "Atom",   "Core2",
      "Penryn", "Dunnington", "Nehalem",   "Sandybridge", "Barcelona", "Bobcat", "Bulldozer"};
  if (!has_avx2_fma || std::find(kOld.begin(), kOld.end(), core) == kOld.end()) return "";
  return has_avx512 ? "SkylakeX" : "Haswell";
}

void restart_with_openblas_core(char** argv) {
#if defined(__x86_64__)
  constexpr const char* kVariable = "OPENBLAS_CORETYPE";
  using CoreName = char*();
  const auto core_name = reinterpret_cast<CoreName*>(dlsym(RTLD_DEFAULT, "openblas_get_corename"));
  if (!core_name || std::getenv(kVariable)) return;
  const bool has_avx2_fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  const std::string better(better_openblas_core(core_name(), has_avx2_fma, has_avx512));
  if (better.empty()) return;
  setenv(kVariable, better.c_str(), 1);
  execv("/proc/self/exe", argv);  // where it can't be, its own choice stays, which the label tells
#else
  static_cast<void>(argv);
#endif
}

}  // namespace logigrad::bench
