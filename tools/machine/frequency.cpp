// /sys/devices/system/cpu/cpuN/cpufreq/ of each CPU, and the two switches for turbo: cpufreq's own,
// and intel_pstate's, which is the other way round.
#include "tools/machine/frequency.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "tools/machine/sysroot.hpp"

namespace logigrad {
namespace {

constexpr std::string_view kCpus = "/sys/devices/system/cpu/";

std::string distinct(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(std::set<std::string>(words.begin(), words.end()), ","));
}

// The file of each CPU that has it.
std::vector<std::string> words_of(const std::string& sysroot, std::span<const unsigned> cpus,
                                  std::string_view file) {
  std::vector<std::string> words;
  for (const unsigned cpu : cpus) {
    std::string word =
        read_word(under(sysroot, fmt::format("{}cpu{}/cpufreq/{}", kCpus, cpu, file)));
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

std::vector<std::uint64_t> numbers_of(const std::string& sysroot, std::span<const unsigned> cpus,
                                      std::string_view file) {
  std::vector<std::uint64_t> numbers;
  for (const std::string& word : words_of(sysroot, cpus, file)) {
    if (const std::optional<std::uint64_t> number = parse_number(word)) numbers.push_back(*number);
  }
  return numbers;
}

std::optional<bool> read_turbo(const std::string& sysroot) {
  const auto read = [&sysroot](std::string_view file) {
    return read_word(under(sysroot, fmt::format("{}{}", kCpus, file)));
  };
  const std::string no_turbo = read("intel_pstate/no_turbo"), boost = read("cpufreq/boost");
  if (no_turbo == "0" || no_turbo == "1") return no_turbo == "0";
  if (boost == "0" || boost == "1") return boost == "1";
  return std::nullopt;
}

}  // namespace

Frequency read_frequency(const std::string& sysroot, std::span<const unsigned> cpus) {
  Frequency frequency;
  frequency.governor = distinct(words_of(sysroot, cpus, "scaling_governor"));
  frequency.driver = distinct(words_of(sysroot, cpus, "scaling_driver"));
  frequency.preference = distinct(words_of(sysroot, cpus, "energy_performance_preference"));
  frequency.turbo = read_turbo(sysroot);
  const std::vector<std::uint64_t> lowest = numbers_of(sysroot, cpus, "cpuinfo_min_freq");
  const std::vector<std::uint64_t> highest = numbers_of(sysroot, cpus, "cpuinfo_max_freq");
  const std::vector<std::uint64_t> limits = numbers_of(sysroot, cpus, "scaling_max_freq");
  if (!lowest.empty()) frequency.lowest_khz = std::ranges::min(lowest);
  if (!highest.empty()) frequency.highest_khz = std::ranges::max(highest);
  if (!limits.empty()) frequency.limit_khz = std::ranges::min(limits);
  return frequency;
}

}  // namespace logigrad
