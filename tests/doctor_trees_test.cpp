// `logigrad doctor` on made-up machines: of each tree, all the checks that warn or do not know.
//
// A tree is not run on, so that six checks never know; what is compared is what comes beside them.
#include "tests/doctor_trees.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/expect_error.hpp"
#include "tools/doctor/checks.hpp"

namespace logigrad::doctor {
namespace {

// "warn: governor, turbo; unknown: frequency", or "" if all is well.
std::string summary(const DoctorTree& tree) {
  const std::set<std::string> live = {"openmp", "placement", "timer", "clock", "bandwidth", "gaps"};
  std::string warnings, unknowns;
  for (const Line& line : judge_all(read_facts(tree.path().string()))) {
    const Status status = line.judgement.status;
    if (live.contains(line.name)) {
      EXPECT_EQ(line.judgement.finding, "not asked: a tree is read, not run on") << line.name;
      EXPECT_EQ(name_of(status), "unknown") << line.name;
      EXPECT_EQ(line.judgement.advice, "run logigrad doctor on that machine") << line.name;
    } else if (status != Status::kOk) {
      std::string& list = status == Status::kWarn ? warnings : unknowns;
      list += (list.empty() ? "" : ", ") + line.name;
    }
  }
  if (!warnings.empty()) warnings = "warn: " + warnings;
  if (!unknowns.empty()) unknowns = "unknown: " + unknowns;
  return warnings + (warnings.empty() || unknowns.empty() ? "" : "; ") + unknowns;
}

std::string finding(const DoctorTree& tree, const std::string& name) {
  for (const Line& line : judge_all(read_facts(tree.path().string()))) {
    if (line.name == name) return line.judgement.finding;
  }
  return "no such check";
}

std::string key(const DoctorTree& tree) { return read_facts(tree.path().string()).machine_key; }

TEST(DoctorTrees, QuietBareMetal) {
  const DoctorTree tree;
  EXPECT_EQ(summary(tree), "");
  EXPECT_EQ(finding(tree, "topology"), "4 logical CPUs, 4 cores, 1 package");
  EXPECT_EQ(finding(tree, "isa"), "CPU and system: generic sse2 sse4_2 avx2_fma");
  EXPECT_EQ(finding(tree, "counters"), "cpu, kernel.perf_event_paranoid is 2; not tried");
}

// hashlib.sha256 of the text in machine_key.hpp, with isas=avx2_fma,generic,sse2,sse4_2.
TEST(DoctorTrees, TheKeyHoldsTheIsasThatTheFlagsShow) {
  const DoctorTree tree;
  EXPECT_EQ(key(tree), "amd-epyc-4-0a55a7bf");
  tree.write_amd("fpu sse2 sse4_2 avx2 fma not_avx512f");
  EXPECT_EQ(key(tree), "amd-epyc-4-0a55a7bf");
  tree.write_amd("fpu sse2 sse4_2 avx2 fma avx512f avx512cd avx512dq avx512bw");
  EXPECT_NE(key(tree), "amd-epyc-4-0a55a7bf");
}

TEST(DoctorTrees, GuestWithoutCpufreq) {
  const DoctorTree tree;
  tree.make_guest();
  tree.write("sys/hypervisor/type", "xen");
  EXPECT_EQ(summary(tree), "unknown: smt, governor, turbo, frequency, counters");
  EXPECT_EQ(finding(tree, "hypervisor").substr(0, 15), "a guest of xen:");
  EXPECT_EQ(finding(tree, "governor"),
            "no governor: no cpufreq in this guest, its host sets the clock");
}

TEST(DoctorTrees, GuestWithStealAndNeighbours) {
  const DoctorTree tree;
  tree.make_guest();
  tree.write("proc/stat", "cpu  1000 0 1000 90000 0 0 0 8000 0 0");
  tree.write("proc/loadavg", "3.91 2.70 1.10 5/302 4711");
  EXPECT_EQ(summary(tree), "warn: load, steal; unknown: smt, governor, turbo, frequency, counters");
  EXPECT_EQ(finding(tree, "steal"), "8.0 % of the CPUs' time since boot went to other guests");
}

TEST(DoctorTrees, ContainerWithAQuota) {
  const DoctorTree tree;
  tree.write("sys/fs/cgroup/user.slice/cpu.max", "150000 100000");
  tree.write("sys/fs/cgroup/user.slice/cpu.stat", "usage_usec 9\nnr_periods 200\nnr_throttled 50");
  tree.write_mib("sys/fs/cgroup/user.slice/memory.max", 512);
  EXPECT_EQ(summary(tree), "warn: cpu quota, memory");
  EXPECT_EQ(
      finding(tree, "cpu quota"),
      "1.5 CPUs' worth of time for 4 CPUs: with more threads all are stopped until the period "
      "ends (stopped in 25.0 % of the periods so far)");
}

TEST(DoctorTrees, ContainerOfControlGroupsVersion1) {
  const DoctorTree tree;
  tree.write("proc/self/cgroup", "2:cpu,cpuacct:/docker/1f3c\n0::/");
  tree.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000");
  tree.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
  tree.write("sys/fs/cgroup/cpu/cpu.stat", "nr_periods 10\nnr_throttled 1\nthrottled_time 7");
  EXPECT_EQ(summary(tree), "warn: cpu quota");
  EXPECT_EQ(finding(tree, "cpu quota").substr(0, 37), "0.5 CPUs' worth of time for 4 CPUs: w");
  EXPECT_NE(finding(tree, "cpu quota").find("10.0 % of the periods"), std::string::npos);
}

TEST(DoctorTrees, SmtOn) {
  const DoctorTree tree;
  tree.write_cpus(4, 2, 32, 1024, 32768);
  EXPECT_EQ(summary(tree), "warn: smt");
  EXPECT_EQ(finding(tree, "topology"), "4 logical CPUs, 2 cores, 1 package");
}

TEST(DoctorTrees, SmtOffByHandLeavesTheSiblingsOffline) {
  const DoctorTree tree;
  tree.write_cpus(8, 2, 32, 1024, 32768);
  tree.write(tree.kCpus + "online", "0,2,4,6");
  tree.write(tree.kCpus + "smt/control", "off");
  for (const unsigned cpu : {1U, 3U, 5U, 7U}) {
    tree.remove(fmt::format("{}cpu{}/topology", tree.kCpus, cpu));
    tree.remove(fmt::format("{}cpu{}/cache", tree.kCpus, cpu));
  }
  tree.write_node(0, "55");
  EXPECT_EQ(summary(tree), "");
  EXPECT_EQ(finding(tree, "topology"), "4 logical CPUs, 4 cores, 1 package");
  EXPECT_EQ(finding(tree, "cpuset"), "all that are online: 0,2,4,6");
}

TEST(DoctorTrees, CpusetThatSplitsACore) {
  const DoctorTree tree;
  tree.write_cpus(8, 2, 32, 1024, 32768);
  tree.write_node(0, "ff");
  tree.write("proc/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0");
  tree.write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu memory");
  tree.write("sys/fs/cgroup/user.slice/cpuset.cpus.effective", "0-2");
  tree.write("sys/fs/cgroup/user.slice/cpuset.mems.effective", "0");
  EXPECT_EQ(summary(tree), "warn: cpuset, smt");
  EXPECT_EQ(finding(tree, "cpuset"), "0-2 of 0-7; 1 of the cores shared with CPUs outside");
  tree.write("sys/fs/cgroup/user.slice/cpuset.cpus.effective", "0-3");
  EXPECT_EQ(summary(tree), "warn: smt");
  EXPECT_EQ(finding(tree, "cpuset"), "0-3 of 0-7");
  EXPECT_EQ(finding(tree, "caches"), "2 L1d x 32 KiB, 2 L2 x 1.0 MiB, 1 L3 x 32.0 MiB");
}

TEST(DoctorTrees, TwoSockets) {
  const DoctorTree tree;
  for (unsigned cpu = 0; cpu < 4; ++cpu) {
    const std::string base = fmt::format("{}cpu{}/topology/", tree.kCpus, cpu);
    const unsigned socket = cpu / 2;
    tree.write(base + "physical_package_id", fmt::format("{}", socket));
    tree.write(base + "core_siblings", socket == 0 ? "3" : "c");
    tree.write_cache(cpu, 3, 32768, socket == 0 ? 0x3 : 0xc);
  }
  tree.write_node(0, "3");
  tree.write_node(1, "c");
  EXPECT_EQ(summary(tree), "warn: numa");
  EXPECT_EQ(finding(tree, "topology"), "4 logical CPUs, 4 cores, 2 packages");
  EXPECT_EQ(finding(tree, "numa"),
            "2 nodes: times depend on where memory and threads are, and the kernel moves pages "
            "between them");
  EXPECT_EQ(finding(tree, "caches"), "4 L1d x 32 KiB, 4 L2 x 1.0 MiB, 2 L3 x 32.0 MiB");
}

TEST(DoctorTrees, LaptopThatSavesPower) {
  const DoctorTree tree;
  tree.write_frequency("powersave", "intel_pstate");
  for (unsigned cpu = 0; cpu < 4; ++cpu) {
    const std::string base = fmt::format("{}cpu{}/cpufreq/", tree.kCpus, cpu);
    tree.write(base + "energy_performance_preference", "balance_power");
    if (cpu == 3) tree.write(base + "scaling_max_freq", "2000000");
  }
  tree.write(tree.kCpus + "intel_pstate/no_turbo", "0");
  EXPECT_EQ(summary(tree), "warn: governor, turbo, frequency");
  EXPECT_EQ(finding(tree, "governor").substr(0, 50),
            "powersave of intel_pstate, preference balance_powe");
  EXPECT_EQ(finding(tree, "frequency"), "1.50 to 3.70 GHz, limited to 2.00 GHz");
}

TEST(DoctorTrees, SmallPagesSlowClockAndNoCountingAllowed) {
  const DoctorTree tree;
  tree.write("sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]");
  tree.write(tree.kClock, "hpet");
  tree.write("proc/sys/kernel/perf_event_paranoid", "4");
  EXPECT_EQ(summary(tree), "warn: huge pages, clock source, counters");
}

// An AArch64 board: no list of x86 flags, no word on a hypervisor, capacities instead of brands.
TEST(DoctorTrees, BigLittle) {
  const DoctorTree tree;
  std::string info;
  for (unsigned cpu = 0; cpu < 4; ++cpu) {
    info += fmt::format(
        "processor\t: {}\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n"
        "CPU architecture: 8\nCPU variant\t: 0x1\nCPU part\t: {}\nCPU revision\t: 0\n\n",
        cpu, cpu < 2 ? "0xd05" : "0xd0b");
    tree.write(fmt::format("{}cpu{}/cpu_capacity", tree.kCpus, cpu), cpu < 2 ? "440" : "1024");
  }
  tree.write("proc/cpuinfo", info);
  tree.write(tree.kClock, "arch_sys_counter");
  tree.remove("sys/bus/event_source/devices/cpu");
  tree.write("sys/bus/event_source/devices/armv8_cortex_a76/type", "8");
  EXPECT_EQ(summary(tree), "warn: topology; unknown: hypervisor");
  EXPECT_EQ(finding(tree, "topology"), "4 logical CPUs, 4 cores, 1 package; 2 kinds of core");
  EXPECT_EQ(finding(tree, "isa"), "CPU and system: generic neon64");
  EXPECT_EQ(finding(tree, "counters"),
            "armv8_cortex_a76, kernel.perf_event_paranoid is 2; not tried");
}

TEST(DoctorTrees, SveHasTheLengthThatTheKernelSays) {
  const DoctorTree tree;
  tree.write("proc/cpuinfo",
             "Features\t: fp asimd sve sve2\nCPU implementer\t: 0x41\nCPU part\t: 0xd40");
  EXPECT_EQ(finding(tree, "isa"), "CPU and system: generic neon64");
  tree.write("proc/sys/abi/sve_default_vector_length", "32");
  EXPECT_EQ(finding(tree, "isa"), "CPU and system: generic neon64 sve256");
}

TEST(DoctorTrees, NothingButAnEmptyProc) {
  const DoctorTree tree;
  tree.remove("sys");
  tree.remove("proc");
  const std::string path = tree.path().string();
  expect_error([&] { read_facts(path); }, path,
               "found neither proc/ nor sys/, expected a tree with files of /proc and /sys");
  tree.write("proc/none", "");
  EXPECT_EQ(
      summary(tree),
      "unknown: cpu, topology, caches, isa, hypervisor, cpu quota, cpuset, smt, numa, memory, huge "
      "pages, governor, turbo, frequency, load, steal, clock source, counters");
  for (const char* garbage : {"cpu", "cpu 1 2 3", "cpu x", "intr 1 2 3 4 5 6 7 8 9"}) {
    tree.write("proc/stat", garbage);
    tree.write("proc/loadavg", "many");
    tree.write("sys/kernel/mm/transparent_hugepage/enabled", "]always[");
    EXPECT_NE(summary(tree).find("huge pages, governor, turbo, frequency, load, steal"),
              std::string::npos)
        << garbage;
  }
}

}  // namespace
}  // namespace logigrad::doctor
