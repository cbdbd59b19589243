// Checks of what decides the clock frequency.
//
// A guest has no say in it and no files about it. That is unknown and not a fault, and no package
// would change it; the probe measures the clock in any case.
#include <fmt/format.h>

#include "tools/doctor/checks.hpp"

namespace logigrad::doctor {
namespace {

Judgement no_files(const Facts& facts, const std::string& what) {
  return unknown(facts.guest() ? what + ": no cpufreq in this guest, its host sets the clock"
                               : what + ": no cpufreq in /sys/devices/system/cpu",
                 "nothing to do: the line clock tells how steady the clock is");
}

double gigahertz(std::uint64_t khz) { return static_cast<double>(khz) / 1e6; }

}  // namespace

Judgement judge_governor(const Facts& facts) {
  const Frequency& f = facts.frequency;
  if (f.governor.empty()) return no_files(facts, "no governor");
  const std::string finding =
      fmt::format("{}{}{}", f.governor, f.driver.empty() ? "" : " of " + f.driver,
                  f.preference.empty() ? "" : ", preference " + f.preference);
  if (f.governor == "performance") return ok(finding);
  return warn(finding + ": the clock follows the load, some milliseconds behind it",
              "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor");
}

Judgement judge_turbo(const Facts& facts) {
  const Frequency& f = facts.frequency;
  if (!f.turbo) return no_files(facts, "no switch for turbo");
  if (!*f.turbo) return ok("off");
  const bool intel = f.driver.starts_with("intel_pstate") || f.driver.starts_with("intel_cpufreq");
  return warn("on: the clock depends on temperature and on how many cores are busy",
              intel ? "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo"
                    : "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost");
}

Judgement judge_frequency(const Facts& facts) {
  const Frequency& f = facts.frequency;
  if (!f.highest_khz || !f.lowest_khz) return no_files(facts, "no bounds");
  const std::string finding =
      fmt::format("{:.2f} to {:.2f} GHz", gigahertz(*f.lowest_khz), gigahertz(*f.highest_khz));
  if (f.limit_khz.value_or(*f.highest_khz) >= *f.highest_khz) return ok(finding);
  return warn(fmt::format("{}, limited to {:.2f} GHz", finding, gigahertz(*f.limit_khz)),
              fmt::format("echo {} | sudo tee "
                          "/sys/devices/system/cpu/cpu*/cpufreq/scaling_max_freq",
                          *f.highest_khz));
}

}  // namespace logigrad::doctor
