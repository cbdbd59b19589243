// Each check of `logigrad doctor`, from made-up facts: when it is ok, when it warns and with what
// advice, and when it does not know.
//
// All cases start from a machine on which every check is ok, and change what the check looks at.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <set>
#include <string>

#include "tools/doctor/checks.hpp"

namespace logigrad::doctor {
namespace {

// 8 cores without SMT, bare metal, quiet, asked and probed.
Facts healthy() {
  Facts f;
  f.machine_key = "made-up-8-00000000";
  f.machine.cpu_model = "Made up";
  f.machine.logical_cpus = 8;
  f.machine.l1d = {32 << 10, 8};
  f.machine.l2 = {1 << 20, 8};
  f.machine.l3 = {32 << 20, 1};
  f.machine.total_memory = f.machine.available_memory = 16ULL << 30;
  f.machine.hypervisor = "none";
  f.topology.cpus = f.topology.core_of = {0, 1, 2, 3, 4, 5, 6, 7};
  f.topology.cpu_list = f.topology.online_list = "0-7";
  f.topology.packages = f.topology.numa_nodes = f.topology.core_kinds = 1;
  f.topology.cores = 8;
  f.frequency = {"performance", "acpi-cpufreq", "", false, 800'000, 3'700'000, 3'700'000};
  f.settings = {"tsc", "madvise", false, 2, {"cpu"}};
  f.activity = {0.1, CpuTicks{100'000, 0}};
  f.isas = {"generic", "sse2"};
  f.live = Live{f.isas, f.isas, f.isas, 0, {8, false, "close", "", {}}, {1e-9, 25e-9}};
  for (int i = 0; i < 20; ++i) f.live->openmp.placements.push_back({0, 1, 2, 3, 4, 5, 6, 7});
  f.probe = Probe{10,
                  Spread{3.69e9, 3.7e9, 3.71e9, 1000},
                  Spread{19e9, 20e9, 20.5e9, 1000},
                  128 << 20,
                  {3, 1e-4, 2e-4, 3.5},
                  0.0};
  return f;
}

Judgement judge(const std::string& name, const Facts& facts) {
  for (const Check& check : checks()) {
    if (check.name == name) return check.judge(facts);
  }
  ADD_FAILURE() << "no check is called " << name;
  return {};
}

// Expects of the healthy facts, changed, that the check `name` judges so, with these parts in its
// finding and its advice ("": no advice at all).
void expect(const std::string& name, const std::function<void(Facts&)>& change, Status status,
            const std::string& finding, const std::string& advice = "") {
  Facts facts = healthy();
  change(facts);
  const Judgement judgement = judge(name, facts);
  EXPECT_EQ(name_of(judgement.status), name_of(status)) << name << ": " << judgement.finding;
  EXPECT_NE(judgement.finding.find(finding), std::string::npos)
      << name << ": " << judgement.finding;
  EXPECT_EQ(judgement.advice.empty(), advice.empty()) << name << ": " << judgement.advice;
  EXPECT_NE(judgement.advice.find(advice), std::string::npos) << name << ": " << judgement.advice;
}

constexpr Status kOk = Status::kOk, kWarn = Status::kWarn, kUnknown = Status::kUnknown;

TEST(DoctorChecks, AHealthyMachineIsOkThroughout) {
  std::set<std::string> names;
  for (const Line& line : judge_all(healthy())) {
    EXPECT_EQ(name_of(line.judgement.status), "ok") << line.name << ": " << line.judgement.finding;
    EXPECT_EQ(line.judgement.advice, "") << line.name;
    EXPECT_TRUE(names.insert(line.name).second) << line.name << " stands twice";
  }
  EXPECT_EQ(names.size(), checks().size());
}

TEST(DoctorChecks, NothingKnownIsUnknownAndNeverAWarning) {
  for (const Line& line : judge_all(Facts{})) {
    const bool none_is_an_answer = line.name == "cpu quota";
    EXPECT_EQ(name_of(line.judgement.status), none_is_an_answer ? "ok" : "unknown") << line.name;
    EXPECT_NE(line.judgement.finding, "") << line.name;
    EXPECT_EQ(line.judgement.advice.find("install"), std::string::npos) << line.name;
  }
}

TEST(DoctorChecks, Hardware) {
  expect(
      "cpu", [](Facts& f) { f.machine.family = 25; }, kOk, "Made up (unknown, family 25");
  expect(
      "cpu", [](Facts& f) { f.machine.cpu_model = "unknown"; }, kUnknown, "names no model");
  expect(
      "topology", [](Facts&) {}, kOk, "8 logical CPUs, 8 cores, 1 package");
  expect(
      "topology", [](Facts& f) { f.topology.core_kinds = 2; }, kWarn, "2 kinds of core",
      "taskset -c");
  expect(
      "topology", [](Facts& f) { f.topology = {}; }, kUnknown, "no CPU");
  expect(
      "caches", [](Facts&) {}, kOk, "8 L1d x 32 KiB, 8 L2 x 1.0 MiB, 1 L3 x 32.0 MiB");
  expect(
      "caches", [](Facts& f) { f.machine.l1d = f.machine.l2 = f.machine.l3 = {}; }, kUnknown,
      "no cache", "llc and dram");
  expect(
      "hypervisor", [](Facts& f) { f.machine.hypervisor = "kvm"; }, kOk, "a guest of kvm");
  expect(
      "hypervisor", [](Facts& f) { f.machine.hypervisor = "unknown"; }, kUnknown, "does not tell");
  expect(
      "numa", [](Facts& f) { f.topology.numa_nodes = 2; }, kWarn, "2 nodes", "node0/cpulist");
  expect(
      "numa", [](Facts& f) { f.topology.numa_nodes = 2, f.settings.numa_balancing = true; }, kWarn,
      "moves pages", "sysctl kernel.numa_balancing=0");
  expect(
      "memory", [](Facts& f) { f.machine.available_memory = 1 << 30; }, kOk, "1.0 GiB");
  expect(
      "memory", [](Facts& f) { f.machine.available_memory = (1 << 30) - 4; }, kWarn,
      "less than 8 last-level caches", "dram");
}

TEST(DoctorChecks, Isas) {
  expect(
      "isa", [](Facts& f) { f.isas.clear(); }, kUnknown, "no flags");
  expect(
      "isa", [](Facts& f) { f.live->cpu_isas.push_back("avx512"); }, kWarn,
      "avx512, which is not in this binary", "release");
  expect(
      "isa",
      [](Facts& f) {
        f.live->cpu_isas.push_back("avx512");
        f.live->compiled_isas.push_back("avx512");
      },
      kWarn, "avx512, which the operating system does not enable", "noxsave");
  expect(
      "isa", [](Facts& f) { f.live->runnable_isas = {"generic"}; }, kWarn,
      "LOGIGRAD_MAX_ISA forbids sse2", "unset");
  expect(
      "isa", [](Facts& f) { f.live->cpu_isas.clear(); }, kOk, "generic sse2");  // AArch64
}

TEST(DoctorChecks, Smt) {
  const auto smt = [](Facts& f) {
    f.topology.cores = 4;
    f.topology.core_of = {0, 0, 1, 1, 2, 2, 3, 3};
  };
  expect("smt", smt, kWarn, "8 logical CPUs on 4 cores", "OMP_NUM_THREADS=4 OMP_PLACES=cores");
  expect(
      "smt", [&](Facts& f) { smt(f), f.live->openmp.threads = 4; }, kOk, "one a core");
  expect(
      "smt",
      [&](Facts& f) {
        smt(f);
        f.live->openmp.threads = 4;
        f.live->openmp.binding = "false";
      },
      kWarn, "8 logical CPUs on 4 cores", "OMP_PLACES=cores");
  expect(
      "smt", [](Facts& f) { f.machine.hypervisor = "kvm"; }, kUnknown, "on the host two",
      "scaling");
}

TEST(DoctorChecks, Grants) {
  const auto quota = [](double cpus, int threads) {
    return [=](Facts& f) { f.machine.cpu_quota = cpus, f.live->openmp.threads = threads; };
  };
  expect("cpu quota", quota(0, 8), kOk, "none");
  expect("cpu quota", quota(8, 8), kOk, "8 CPUs' worth");
  expect("cpu quota", quota(2.5, 8), kWarn, "2.5 CPUs' worth of time for 8", "OMP_NUM_THREADS=2");
  expect("cpu quota", quota(2.5, 2), kOk, "OpenMP takes 2");
  expect("cpu quota", quota(2.5, 3), kWarn, "2.5", "OMP_NUM_THREADS=2");
  expect("cpu quota", quota(0.5, 1), kWarn, "0.5", "raise the quota");
  expect(
      "cpu quota", [](Facts& f) { f.machine.cpu_quota = 2, f.group.throttled = 0.25; }, kWarn,
      "stopped in 25.0 % of the periods", "OMP_NUM_THREADS=2");
  expect(
      "cpuset", [](Facts&) {}, kOk, "all that are online: 0-7");
  expect(
      "cpuset", [](Facts& f) { f.topology.online_list = "0-15"; }, kOk, "0-7 of 0-15");
  expect(
      "cpuset", [](Facts& f) { f.machine.logical_cpus = 2; }, kOk, "the affinity mask leaves 2");
  expect(
      "cpuset", [](Facts& f) { f.topology.split_cores = 1; }, kWarn,
      "1 of the cores shared with CPUs outside", "whole cores");
}

TEST(DoctorChecks, OperatingSystem) {
  const auto pages = [](const char* mode) {
    return [=](Facts& f) { f.settings.transparent_huge_pages = mode; };
  };
  expect("huge pages", pages("always"), kOk, "always");
  expect("huge pages", pages("never"), kWarn, "never", "echo madvise");
  expect("huge pages", pages(""), kUnknown, "does not say");
  expect(
      "load", [](Facts& f) { f.activity.load = 0.49; }, kOk, "0.49 processes");
  expect(
      "load", [](Facts& f) { f.activity.load = 0.5; }, kWarn, "0.50 processes", "top");
  expect(
      "load", [](Facts& f) { f.activity.load.reset(); }, kUnknown, "/proc/loadavg");
  expect(
      "steal", [](Facts& f) { f.probe->stolen = 0.02; }, kWarn, "2.0 % of the CPUs' time during",
      "another hour");
  const auto since_boot = [](std::uint64_t stolen) {
    return [=](Facts& f) { f.probe.reset(), f.activity.ticks->stolen = stolen; };
  };
  expect("steal", since_boot(999), kOk, "1.0 % of the CPUs' time since boot");
  expect("steal", since_boot(1000), kWarn, "1.0 % of the CPUs' time since boot", "another hour");
  const auto clock = [](const char* name) {
    return [=](Facts& f) { f.settings.clock_source = name; };
  };
  expect("clock source", clock("arch_sys_counter"), kOk, "arch_sys_counter");
  expect("clock source", clock("kvm-clock"), kOk, "kvm-clock");
  expect("clock source", clock("hpet"), kWarn, "hpet", "clocksource=tsc");
  expect("clock source", clock("sundial"), kUnknown, "sundial");
}

TEST(DoctorChecks, Counters) {
  const auto error = [](int number, int paranoid) {
    return [=](Facts& f) {
      f.live->counter_error = number;
      f.settings.perf_event_paranoid = paranoid;
    };
  };
  expect("counters", error(0, 4), kOk, "can be counted");
  expect("counters", error(EACCES, 4), kWarn, "paranoid is 4",
         "sysctl kernel.perf_event_paranoid=2");
  expect("counters", error(EPERM, 2), kWarn, "perf_event_open", "seccomp");
  expect("counters", error(ENOENT, 2), kUnknown, "cannot be counted", "callgrind");
  const auto tree = [](std::optional<int> paranoid, const std::vector<std::string>& devices) {
    return [=](Facts& f) {
      f.live.reset();
      f.settings.perf_event_paranoid = paranoid;
      f.settings.counter_devices = devices;
    };
  };
  expect("counters", tree(-1, {"cpu_atom", "cpu_core"}), kOk, "cpu_atom cpu_core, ");
  expect("counters", tree(3, {"cpu"}), kWarn, "is 3", "sysctl");
  expect("counters", tree(2, {}), kUnknown, "not visible");
  expect("counters", tree({}, {"cpu"}), kUnknown, "does not count");
}

TEST(DoctorChecks, Frequency) {
  const auto with = [](const Frequency& frequency) {
    return [=](Facts& f) { f.frequency = frequency; };
  };
  expect("governor", with({"powersave", "intel_pstate", "balance_power", {}, {}, {}, {}}), kWarn,
         "powersave of intel_pstate, preference balance_power", "echo performance");
  expect("governor", with({"performance,schedutil", "", "", {}, {}, {}, {}}), kWarn,
         "performance,schedutil", "echo performance");
  expect("turbo", with({"performance", "intel_pstate", "", true, {}, {}, {}}), kWarn, "on",
         "intel_pstate/no_turbo");
  expect("turbo", with({"performance", "acpi-cpufreq", "", true, {}, {}, {}}), kWarn, "on",
         "cpufreq/boost");
  expect(
      "frequency", [](Facts&) {}, kOk, "0.80 to 3.70 GHz");
  expect(
      "frequency", [](Facts& f) { f.frequency.limit_khz = 2'000'000; }, kWarn,
      "limited to 2.00 GHz", "echo 3700000");
  const auto guest = [](Facts& f) { f.frequency = {}, f.machine.hypervisor = "kvm"; };
  expect("governor", guest, kUnknown, "no cpufreq in this guest", "nothing to do: the line clock");
  expect("governor", with({}), kUnknown, "no cpufreq in /sys", "nothing to do: the line clock");
  for (const char* name : {"turbo", "frequency"}) {
    expect(name, guest, kUnknown, "no cpufreq in this guest");
    expect(name, with({}), kUnknown, "no cpufreq in /sys");
  }
}

TEST(DoctorChecks, OpenMpAndItsThreads) {
  const auto openmp = [](int threads, bool dynamic, const char* binding) {
    return [=](Facts& f) { f.live->openmp = {threads, dynamic, binding, "", {}}; };
  };
  expect("openmp", openmp(8, false, "close"), kOk, "8 threads for 8 CPUs, bound: close");
  expect("openmp", openmp(8, false, "false"), kWarn, "not bound", "OMP_PROC_BIND=close");
  expect("openmp", openmp(1, false, "false"), kOk, "not bound");
  expect("openmp", openmp(9, false, "close"), kWarn, "take turns", "OMP_NUM_THREADS=8");
  expect("openmp", openmp(8, true, "close"), kWarn, "or fewer", "OMP_DYNAMIC=false");

  const auto placed = [](const std::vector<std::vector<int>>& placements) {
    return [=](Facts& f) {
      f.live->openmp.threads = 2;
      f.live->openmp.placements = placements;
      f.topology.core_of = {0, 0, 1, 1, 2, 2, 3, 3};
      f.topology.cores = 4;
    };
  };
  expect("placement", placed({{0, 2}, {0, 2}}), kOk, "CPUs 0 2; in 2 samples 0 moves");
  expect("placement", placed({{0, 2}, {0, 4}, {0, 2}}), kWarn, "3 samples 2 moves", "OMP_PLACES");
  expect("placement", placed({{0, 2}, {2, 2}}), kWarn, "in 1 two on one CPU", "OMP_PLACES");
  expect("placement", placed({{2, 3}, {2, 3}}), kWarn, "in 2 two on one core", "OMP_PLACES");
  expect("placement", placed({{0, -1}}), kUnknown, "does not say");
  expect(
      "placement",
      [&](Facts& f) {  // more threads than cores have to share them
        placed({{0, 1, 2, 3, 4}})(f);
        f.live->openmp.threads = 5;
      },
      kOk, "0 moves");
}

TEST(DoctorChecks, TimerAndProbe) {
  const auto timer = [](double step, double cost) {
    return [=](Facts& f) { f.live->timer = {step, cost}; };
  };
  expect("timer", timer(1e-9, 25e-9), kOk, "steps by 1 ns, a reading takes 25 ns");
  expect("timer", timer(4e-6, 25e-9), kWarn, "steps by 4000 ns", "clock source");
  expect("timer", timer(1e-9, 900e-9), kWarn, "takes 900 ns", "clock source");
  expect(
      "clock",
      [](Facts& f) {
        f.probe->clock = Spread{3e9, 3.7e9, 3.8e9, 9};
      },
      kWarn, "3.700 GHz by dependent additions, 90 % within 3.000 to 3.800 (spread 21.6 %)",
      "ratio");
  expect(
      "clock", [](Facts& f) { f.probe->clock.reset(); }, kUnknown, "no chain");
  expect(
      "bandwidth",
      [](Facts& f) {
        f.probe->bandwidth = Spread{10e9, 20e9, 21e9, 9};
      },
      kWarn, "20.0 GB/s by one thread out of 128.0 MiB, 90 % within 10.0 to 21.0 (spread 55.0 %)",
      "ratios");
  expect(
      "bandwidth", [](Facts& f) { f.probe->bandwidth.reset(); }, kUnknown, "does not fit",
      "memory");
  expect(
      "gaps",
      [](Facts& f) {
        f.probe->gaps = {70, 4e-3, 0.07, 3.5};
      },
      kWarn, "70 of at least 10 us in 3.5 s, 2.0 % of the time, the longest 4.00 ms", "--rounds");
  for (const char* name : {"clock", "bandwidth", "gaps"}) {
    expect(
        name, [](Facts& f) { f.probe.reset(); }, kUnknown, "not measured", "--no-probe");
    expect(
        name, [](Facts& f) { f.probe.reset(), f.live.reset(); }, kUnknown, "a tree is read");
  }
}

}  // namespace
}  // namespace logigrad::doctor
