// The checks of `logigrad doctor` that files suffice for, from made-up facts: when each is ok, when
// it warns and with what advice, and when it does not know.
#include <set>
#include <string>

#include "tests/doctor_facts.hpp"

namespace logigrad::doctor {
namespace {

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
    EXPECT_EQ(name_of(line.judgement.status), "unknown") << line.name;
    EXPECT_NE(line.judgement.finding, "") << line.name;
    EXPECT_GE(line.judgement.advice.size(), 20u) << line.name << ": " << line.judgement.advice;
    EXPECT_EQ(line.judgement.advice.find("install"), std::string::npos) << line.name;
  }
}

TEST(DoctorChecks, Hardware) {
  expect(
      "cpu", [](Facts& f) { f.machine.family = 25; }, kOk, "Made up (unknown, family 25");
  expect(
      "cpu", [](Facts& f) { f.machine.cpu_model = "unknown"; }, kUnknown, "names no model",
      "machine_key");
  expect(
      "topology", [](Facts&) {}, kOk, "8 logical CPUs, 8 cores, 1 package");
  expect(
      "topology", [](Facts& f) { f.topology.core_kinds = 2; }, kWarn, "2 kinds of core",
      "taskset -c");
  expect(
      "topology", [](Facts& f) { f.topology = {}; }, kUnknown, "no CPU", "mount /sys");
  expect(
      "caches", [](Facts&) {}, kOk, "8 L1d x 32 KiB, 8 L2 x 1.0 MiB, 1 L3 x 32.0 MiB");
  expect(
      "caches", [](Facts& f) { f.machine.l1d = f.machine.l2 = f.machine.l3 = {}; }, kUnknown,
      "no cache", "llc and dram");
  expect(
      "hypervisor", [](Facts& f) { f.machine.hypervisor = "kvm"; }, kOk, "a guest of kvm:");
  expect(
      "hypervisor", [](Facts& f) { f.machine.hypervisor = "unnamed"; }, kOk,
      "a guest of an unnamed one:");
  expect(
      "hypervisor", [](Facts& f) { f.machine.hypervisor = "unknown"; }, kUnknown, "nothing says",
      "ask who runs");
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
      "isa", [](Facts& f) { f.isas.clear(); }, kUnknown, "no flags", "logigrad variants");
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
  expect(
      "cpu quota", [](Facts&) {}, kOk, "none");
  expect(
      "cpu quota", [](Facts& f) { f.group.known = false; }, kUnknown, "no /proc/self/cgroup",
      "OMP_NUM_THREADS");
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
  expect("huge pages", pages(""), kUnknown, "does not say", "TLB");
  expect(
      "load", [](Facts& f) { f.activity.load = 0.49; }, kOk, "0.49 processes");
  expect(
      "load", [](Facts& f) { f.activity.load = 0.5; }, kWarn, "0.50 processes", "top");
  expect(
      "load", [](Facts& f) { f.activity.load.reset(); }, kUnknown, "/proc/loadavg", "top");
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
  expect("clock source", clock("sundial"), kUnknown, "sundial", "the line timer measures");
  expect("clock source", clock(""), kUnknown, "does not say", "the line timer measures");
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
  for (const char* name : {"governor", "turbo", "frequency"}) {
    expect(name, guest, kUnknown, "no cpufreq in this guest", "nothing to do: the line clock");
    expect(name, with({}), kUnknown, "no cpufreq in /sys", "nothing to do: the line clock");
  }
}

}  // namespace
}  // namespace logigrad::doctor
