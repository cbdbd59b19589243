// Which ISAs must have run, from sources that are not the registry's.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "logigrad/variant.hpp"

namespace logigrad {

// The bits of SVE's vectors, by the CPU's own instruction to count them; only for a CPU with SVE.
inline std::size_t sve_vector_bits() {
#if defined(__aarch64__)
  register std::size_t bytes asm("x0");
  asm volatile(".inst 0x0420e3e0" : "=r"(bytes));  // cntb x0, which not every assembler knows
  return 8 * bytes;
#else
  return 0;
#endif
}

// Which of the compiled ISAs the operating system says this CPU has, independently of the registry.
inline std::set<std::string> isas_of_cpuinfo() {
  static const std::map<std::string, std::set<std::string>> kFlags = {
      {"sse2", {"sse2"}},
      {"sse4_2", {"sse4_2"}},
      {"avx2_fma", {"avx2", "fma"}},
      {"avx512", {"avx512f", "avx512cd", "avx512dq", "avx512bw", "fma"}},
      {"neon64", {"asimd"}},
      {"sve128", {"sve"}},
      {"sve256", {"sve"}},
      {"sve512", {"sve"}}};
  std::set<std::string> cpu, result{"generic"};
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (line.rfind("flags", 0) != 0 && line.rfind("Features", 0) != 0) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    for (std::string word; words >> word;) cpu.insert(word);
    break;
  }
  for (const std::string& isa : compiled_isas()) {
    const auto flags = kFlags.find(isa);
    if (flags != kFlags.end() &&
        std::includes(cpu.begin(), cpu.end(), flags->second.begin(), flags->second.end())) {
      const bool is_sve = isa.rfind("sve", 0) == 0;
      if (!is_sve || isa == "sve" + std::to_string(sve_vector_bits())) result.insert(isa);
    }
  }
  return result;
}

// LOGIGRAD_EXPECTED_ISAS, the names separated by spaces; empty if there is none.
inline std::set<std::string> expected_isas() {
  const char* list = std::getenv("LOGIGRAD_EXPECTED_ISAS");
  std::istringstream words(list ? list : "");
  std::set<std::string> isas;
  for (std::string word; words >> word;) isas.insert(word);
  return isas;
}

}  // namespace logigrad
