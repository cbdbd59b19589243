// The description of a machine against made-up trees, and the key made of it.
//
// A description is compared as one line of text, so that no field is left unchecked.
#include "tools/machine/machine.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tests/expect_error.hpp"
#include "tests/machine_tree.hpp"
#include "tools/machine/machine_key.hpp"

namespace logigrad {
namespace {

namespace fs = std::filesystem;

std::string summary(const Machine& m) {
  const auto cache = [](const Cache& c) {
    return fmt::format("{}x{}K", c.instances, c.bytes >> 10);
  };
  return fmt::format("{}, {} {}/{}/{}, {} cpus, {} {} {} {}K, {}/{} MiB, quota {}, {}, {}",
                     m.cpu_model, m.vendor, m.family, m.model, m.stepping, m.logical_cpus,
                     cache(m.l1d), cache(m.l2), cache(m.l3), m.last_level_cache() >> 10,
                     m.available_memory / kMib, m.total_memory / kMib, m.cpu_quota, m.governor,
                     m.hypervisor);
}

TEST(Machine, AmdServer) {
  const MachineTree tree;
  tree.write_amd("fpu not_a_hypervisor avx2");
  tree.write_cpus(8, 2, 32, 1024, 32768);
  for (int cpu = 0; cpu < 8; ++cpu) {
    tree.write(fmt::format("{}cpu{}/cpufreq/scaling_governor", tree.kCpus, cpu),
               cpu == 5 ? "schedutil" : "performance");
  }
  EXPECT_EQ(summary(tree.machine()),
            "AMD EPYC, AuthenticAMD 25/17/1, 8 cpus, 4x32K 4x1024K 1x32768K 32768K, "
            "8192/16384 MiB, quota 0, performance,schedutil, none");
}

TEST(Machine, VirtualMachineWithoutCpufreq) {
  const MachineTree tree;
  tree.write_amd("fpu hypervisor avx2");
  tree.write_cpus(2, 1, 32, 512, 0);
  EXPECT_EQ(summary(tree.machine()),
            "AMD EPYC, AuthenticAMD 25/17/1, 2 cpus, 2x32K 2x512K 0x0K 512K, "
            "8192/16384 MiB, quota 0, unknown, unnamed");
  tree.write("sys/class/dmi/id/sys_vendor", "Amazon EC2");
  EXPECT_EQ(tree.machine().hypervisor, "Amazon EC2");
  tree.write("sys/hypervisor/type", "xen");
  EXPECT_EQ(tree.machine().hypervisor, "xen");
}

TEST(Machine, ContainerTakesTheTightestLevel) {
  const MachineTree tree;
  tree.write_amd("fpu");
  tree.write("proc/self/cgroup", "0::/pod/task");
  const std::string pod = "sys/fs/cgroup/pod/", task = pod + "task/";
  const auto available = [&] { return tree.machine().available_memory / kMib; };
  tree.write(task + "memory.max", "max");
  tree.write(task + "cpu.max", "max 100000");
  EXPECT_EQ(available(), 8192U);
  EXPECT_EQ(tree.machine().cpu_quota, 0.0);
  tree.write_mib(pod + "memory.max", 1024);
  tree.write_mib(pod + "memory.current", 900);
  tree.write(pod + "cpu.max", "150000 100000");
  EXPECT_EQ(available(), 124U);
  EXPECT_EQ(tree.machine().cpu_quota, 1.5);
  tree.write(pod + "memory.stat", fmt::format("anon 7\nfile 9\ninactive_file {}\nactive_file {}",
                                              400 * kMib, 100 * kMib));
  EXPECT_EQ(available(), 624U);  // page cache counts as free
  tree.write_mib(task + "memory.high", 256);
  EXPECT_EQ(available(), 256U);
  tree.write_mib("sys/fs/cgroup/memory.max", 100);
  tree.write("proc/self/cgroup", "0::/../pod/task");
  EXPECT_EQ(available(), 100U);  // the root alone
  tree.write_mib("sys/fs/cgroup/memory.current", 101);
  EXPECT_EQ(available(), 0U);  // not 2^64 less one
}

TEST(Machine, ContainerOfVersion1WhosePathIsTheHosts) {
  const MachineTree tree;
  tree.write_amd("fpu");
  tree.write("proc/self/cgroup", "4:memory:/docker/1f3c\n2:cpu,cpuacct:/docker/1f3c\n0::/");
  tree.write_mib("sys/fs/cgroup/memory/memory.limit_in_bytes", 512);
  tree.write_mib("sys/fs/cgroup/memory/memory.usage_in_bytes", 300);
  tree.write("sys/fs/cgroup/memory/memory.stat", fmt::format("total_active_file {}", 100 * kMib));
  tree.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
  tree.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
  EXPECT_EQ(tree.machine().available_memory, 312 * kMib);
  EXPECT_EQ(tree.machine().cpu_quota, 0.0);
  tree.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000");
  EXPECT_EQ(tree.machine().cpu_quota, 0.5);
}

TEST(Machine, BigLittleArm) {
  const MachineTree tree;
  const auto core = [](const char* part) {
    return fmt::format(
        "Features: fp\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\n"
        "CPU part\t: {}\nCPU revision\t: 1\n\n",
        part);
  };
  tree.write("proc/cpuinfo", core("0xd05") + core("0xd05") + core("0xd0b"));
  tree.write_cpus(3, 1, 32, 128, 0);
  tree.write_cache(1, 1, 64, 2);
  EXPECT_EQ(
      summary(tree.machine()),
      "arm implementer 0x41 part 0xd05+0xd0b, 0x41 8/3333/49, 3 cpus, 3x64K 3x128K 0x0K 128K, "
      "0/0 MiB, quota 0, unknown, unknown");
  tree.write("proc/device-tree/hypervisor/compatible", std::string("linux,kvm\0", 10));
  EXPECT_EQ(tree.machine().hypervisor, "kvm");
}

TEST(Machine, MissingAndGarbledFilesAreUnknown) {
  const MachineTree tree;
  const std::string unknown =
      "unknown, unknown -1/-1/-1, 0 cpus, 0x0K 0x0K 0x0K 0K, 0/0 MiB, quota 0, unknown, unknown";
  EXPECT_EQ(summary(tree.machine()), unknown);
  tree.write("proc/meminfo", "MemTotal: many kB\nMemAvailable: 12");
  tree.write("proc/self/cgroup", "nonsense\n0:\n::::");
  tree.write(tree.kCpus + "online", "many");
  for (const char* garbage : {"", "family", "cpu family: 99999999999999999999\nmodel: 1x\n:"}) {
    tree.write("proc/cpuinfo", garbage);
    EXPECT_EQ(summary(tree.machine()), unknown) << garbage;
  }
  const fs::path none = tree.path() / "none";
  expect_error([&] { describe_machine(none.string()); }, none, "not a directory");
}

TEST(Machine, ThisOneIsPlausible) {
  const Machine machine = describe_machine();
  EXPECT_GE(machine.logical_cpus, 1U);
  EXPECT_EQ(machine.l1d.bytes == 0, machine.l1d.instances == 0);
  EXPECT_LE(machine.l1d.bytes, machine.last_level_cache());
  EXPECT_GT(machine.available_memory, 0U);
  EXPECT_LE(machine.available_memory, machine.total_memory);
  EXPECT_NE(machine.cpu_model, "unknown");
}

// OMP_PROC_BIND is read before main(), so it takes another process: this test, run by itself.
TEST(Machine, CpusAreCountedAsBeforeOpenMpBoundThem) {
  const std::string cpus = fmt::format("{}", describe_machine().logical_cpus);
  if (const char* expected = std::getenv("LOGIGRAD_TEST_CPUS")) {
    EXPECT_EQ(cpus, expected);
    return;
  }
  if (std::getenv("OMP_PROC_BIND") != nullptr || std::getenv("OMP_PLACES") != nullptr) {
    GTEST_SKIP() << "OpenMP has bound this process already";
  }
  cpu_set_t mask;
  ASSERT_EQ(sched_getaffinity(0, sizeof(mask), &mask), 0);
  EXPECT_EQ(cpus, fmt::format("{}", CPU_COUNT(&mask)));
  const std::string command = fmt::format(
      "LOGIGRAD_TEST_CPUS={} OMP_PROC_BIND=close '{}' --gtest_brief=1 "
      "--gtest_filter=Machine.CpusAreCountedAsBeforeOpenMpBoundThem",
      cpus, fs::read_symlink("/proc/self/exe").string());
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

TEST(MachineKey, IsTheDocumentedHash) {
  Machine machine;
  machine.cpu_model = "AMD EPYC";
  machine.vendor = "AuthenticAMD";
  machine.family = 25;
  machine.model = 17;
  machine.stepping = 1;
  machine.logical_cpus = 2;
  machine.l1d = {32768, 2};
  machine.l2 = {1048576, 2};
  machine.l3 = {33554432, 1};
  const std::vector<std::string> isas = {"sse2", "sse4_2", "avx2_fma", "avx512"};
  // hashlib.sha256 of the text in machine_key.hpp: 59838b27649824f3...
  EXPECT_EQ(machine_key(machine, isas), "amd-epyc-2-59838b27");
  EXPECT_EQ(machine_key(machine, std::vector<std::string>(isas.rbegin(), isas.rend())),
            "amd-epyc-2-59838b27");
  EXPECT_EQ(machine_key(Machine{}, {}).substr(0, 10), "unknown-0-");

  std::vector<std::string> keys = {machine_key(machine, isas),
                                   machine_key(machine, std::span(isas).first(3))};
  const std::vector<std::function<void(Machine&)>> changes = {
      [](Machine& m) { m.cpu_model = "AMD EPIC"; },
      [](Machine& m) { m.vendor = "GenuineIntel"; },
      [](Machine& m) { m.family = 26; },
      [](Machine& m) { m.model = 18; },
      [](Machine& m) { m.stepping = 2; },
      [](Machine& m) { m.logical_cpus = 4; },
      [](Machine& m) { m.l1d.bytes *= 2; },
      [](Machine& m) { m.l2.bytes *= 2; },
      [](Machine& m) { m.l3.bytes *= 2; }};
  for (const auto& change : changes) {
    Machine changed = machine;
    change(changed);
    keys.push_back(machine_key(changed, isas));
  }
  for (const std::string& key : keys) EXPECT_EQ(std::ranges::count(keys, key), 1) << key;

  machine.total_memory = machine.available_memory = 1;  // what changes from run to run is not in it
  machine.cpu_quota = 2;
  machine.governor = machine.hypervisor = "other";
  EXPECT_EQ(machine_key(machine, isas), "amd-epyc-2-59838b27");
}

TEST(MachineKey, SlugRules) {
  EXPECT_EQ(slug("Intel(R) Xeon(R) CPU @ 2.80GHz"), "intel-r-xeon-r-cpu-2-80ghz");
  EXPECT_EQ(slug("--A  b/../\xC3\xA9Z_9 "), "a-b-z-9");
  EXPECT_EQ(slug("\t@"), "");
}

}  // namespace
}  // namespace logigrad
