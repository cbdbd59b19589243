// /proc/loadavg: "2.04 1.47 1.50 6/108 12340"; /proc/stat: "cpu user nice system idle iowait irq
// softirq steal guest ...", in which the guests' time is counted as user's already.
#include "tools/machine/activity.hpp"

#include <array>
#include <locale>
#include <sstream>

#include "tools/machine/sysroot.hpp"

namespace logigrad {
namespace {

std::optional<double> read_load(const std::string& sysroot) {
  std::istringstream words(read_word(under(sysroot, "/proc/loadavg")));
  words.imbue(std::locale::classic());
  double load = 0;
  if (!(words >> load) || load < 0) return std::nullopt;
  return load;
}

std::optional<CpuTicks> read_ticks(const std::string& sysroot) {
  std::istringstream words(read_word(under(sysroot, "/proc/stat")));
  std::string name;
  words >> name;
  if (name != "cpu") return std::nullopt;
  std::array<std::uint64_t, 8> ticks = {};  // to steal, which is the last
  for (std::uint64_t& each : ticks) {
    if (!(words >> each)) return std::nullopt;
  }
  CpuTicks result{0, ticks.back()};
  for (const std::uint64_t each : ticks) result.total += each;
  return result;
}

}  // namespace

Activity read_activity(const std::string& sysroot) {
  return {read_load(sysroot), read_ticks(sysroot)};
}

std::optional<double> stolen_fraction(const CpuTicks& before, const CpuTicks& after) {
  if (after.total <= before.total || after.stolen < before.stolen) return std::nullopt;
  return static_cast<double>(after.stolen - before.stolen) /
         static_cast<double>(after.total - before.total);
}

}  // namespace logigrad
