// Checks of what the operating system grants, and to whom else it grants it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "tools/doctor/checks.hpp"

namespace logigrad::doctor {

Judgement judge_quota(const Facts& facts) {
  const double quota = facts.machine.cpu_quota;
  const unsigned cpus = facts.machine.logical_cpus;
  if (quota == 0 && !facts.group.known)
    return unknown("no /proc/self/cgroup says in which control group this is",
                   "in a container ask its runtime for the limit of CPUs, and set OMP_NUM_THREADS "
                   "to it");
  if (quota == 0) return ok("none");
  const std::string finding = fmt::format("{:.3g} CPUs' worth of time for {} CPUs", quota, cpus);
  if (cpus != 0 && quota >= cpus) return ok(finding);
  const int threads = static_cast<int>(quota);
  if (facts.live && facts.live->openmp.threads <= threads) {
    return ok(fmt::format("{}; OpenMP takes {}", finding, facts.live->openmp.threads));
  }
  const std::string stopped = facts.group.throttled
                                  ? fmt::format(" (stopped in {:.1f} % of the periods so far)",
                                                100 * *facts.group.throttled)
                                  : "";
  return warn(fmt::format("{}: with more threads all are stopped until the period ends{}", finding,
                          stopped),
              threads == 0 ? "raise the quota of the container to 1 CPU or more"
                           : fmt::format("OMP_NUM_THREADS={}, or a larger quota", threads));
}

Judgement judge_cpuset(const Facts& facts) {
  const Topology& t = facts.topology;
  if (t.cpus.empty())
    return unknown("hwloc found no CPUs",
                   "see the line topology; taskset -pc $$ tells which CPUs may be used");
  const bool all = t.cpu_list == t.online_list;
  std::string finding = all ? fmt::format("all that are online: {}", t.cpu_list)
                            : fmt::format("{} of {}", t.cpu_list, t.online_list);
  if (facts.machine.logical_cpus < t.cpus.size()) {
    finding += fmt::format("; the affinity mask leaves {}", facts.machine.logical_cpus);
  }
  if (t.split_cores == 0) return ok(finding);
  return warn(fmt::format("{}; {} of the cores shared with CPUs outside", finding, t.split_cores),
              "give the control group whole cores (cpuset.cpus): a core's other half slows it");
}

Judgement judge_huge_pages(const Facts& facts) {
  const std::string& mode = facts.settings.transparent_huge_pages;
  if (mode.empty())
    return unknown("/sys/kernel/mm/transparent_hugepage does not say",
                   "nothing to do if the kernel has none: wide data then miss the TLB");
  if (mode == "always") return ok("transparent, always");
  if (mode == "madvise") return ok("transparent where a program asks, as the benchmark does");
  return warn(fmt::format("transparent huge pages: {}; wide data miss the TLB", mode),
              "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled");
}

// Half a process is the least that tells anything: the average of a minute still holds what has
// ended, this program's own start among it.
Judgement judge_load(const Facts& facts) {
  constexpr double kQuiet = 0.5;
  const std::optional<double> load = facts.activity.load;
  if (!load)
    return unknown("/proc/loadavg cannot be read",
                   "see with top that nothing else runs; the line gaps shows what does");
  const std::string finding = fmt::format("{:.2f} processes over the last minute", *load);
  if (*load < kQuiet) return ok(finding);
  return warn(finding, "wait until the others have ended; top shows them");
}

Judgement judge_steal(const Facts& facts) {
  constexpr double kMost = 0.01;
  std::optional<double> stolen;
  std::string when = "since boot";
  if (facts.probe && facts.probe->stolen) {
    stolen = facts.probe->stolen;
    when = "during the probe";
  } else if (facts.activity.ticks) {
    stolen = stolen_fraction({}, *facts.activity.ticks);
  }
  if (!stolen)
    return unknown("/proc/stat does not say",
                   "nothing to do: the line gaps counts what a host takes, too");
  const std::string finding =
      fmt::format("{:.1f} % of the CPUs' time {} went to other guests", 100 * *stolen, when);
  if (*stolen < kMost) return ok(finding);
  return warn(finding, "measure at another hour, or on a host whose CPUs are not shared out twice");
}

Judgement judge_clock_source(const Facts& facts) {
  constexpr std::array<std::string_view, 5> kQuick = {
      "tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter", "riscv_clocksource"};
  constexpr std::array<std::string_view, 6> kSlow = {
      "hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit", "xen"};
  const std::string& name = facts.settings.clock_source;
  constexpr const char* kMeasured =
      "nothing to do: the line timer measures how fine and how quick it is";
  if (name.empty()) return unknown("/sys/devices/system/clocksource does not say", kMeasured);
  if (std::ranges::count(kQuick, name) != 0) return ok(name);
  if (std::ranges::count(kSlow, name) == 0)
    return unknown(name + ", of which we know nothing", kMeasured);
  return warn(fmt::format("{}: reading the time takes a system call, or is coarse", name),
              "boot with clocksource=tsc; if Linux then leaves it as unstable, dmesg says why");
}

namespace {

constexpr const char* kWithoutCounters =
    "the line clock measures the clock without; profile.sh counts by callgrind";

Judgement judge_counter_error(int error, const KernelSettings& settings) {
  if (error == 0) return ok("cycles can be counted (perf_event_open)");
  const std::string why = std::generic_category().message(error);
  if ((error == EACCES || error == EPERM) && settings.perf_event_paranoid.value_or(0) > 2) {
    return warn(fmt::format("perf_event_open: {}; kernel.perf_event_paranoid is {}", why,
                            *settings.perf_event_paranoid),
                "sudo sysctl kernel.perf_event_paranoid=2");
  }
  if (error == EACCES || error == EPERM) {
    return warn(fmt::format("perf_event_open: {}", why),
                "let the container call it: --cap-add PERFMON, or a seccomp profile that has it");
  }
  return unknown(fmt::format("cycles cannot be counted (perf_event_open: {})", why),
                 kWithoutCounters);
}

}  // namespace

Judgement judge_counters(const Facts& facts) {
  const KernelSettings& settings = facts.settings;
  if (facts.live) return judge_counter_error(facts.live->counter_error, settings);
  if (!settings.perf_event_paranoid)
    return unknown("this kernel does not count events", kWithoutCounters);
  if (settings.counter_devices.empty())
    return unknown("the CPU's counters are not visible", kWithoutCounters);
  const std::string finding =
      fmt::format("{}, kernel.perf_event_paranoid is {}", fmt::join(settings.counter_devices, " "),
                  *settings.perf_event_paranoid);
  if (*settings.perf_event_paranoid <= 2) return ok(finding + "; not tried");
  return warn(finding, "sudo sysctl kernel.perf_event_paranoid=2");
}

}  // namespace logigrad::doctor
