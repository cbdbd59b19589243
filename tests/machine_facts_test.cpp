// What tools/machine reads besides the description of machine_test: threads and cores, ISAs, clock,
// activity. On made-up trees, and that this machine's facts agree with each other and the library.
#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "logigrad/variant.hpp"
#include "tests/machine_tree.hpp"
#include "tools/machine/activity.hpp"
#include "tools/machine/control_group.hpp"
#include "tools/machine/cpu_info.hpp"
#include "tools/machine/frequency.hpp"
#include "tools/machine/isa_support.hpp"
#include "tools/machine/kernel_settings.hpp"
#include "tools/machine/thread_placement.hpp"
#include "tools/machine/topology.hpp"

namespace logigrad {
namespace {

using Strings = std::vector<std::string>;

TEST(TopologyFacts, CoresOfATree) {
  const MachineTree tree;
  tree.write_cpus(4, 2, 32, 1024, 0);
  const Topology topology = read_topology(tree.path().string());
  EXPECT_EQ(topology.core_of, (std::vector<unsigned>{0, 0, 1, 1}));
  EXPECT_EQ(topology.cores, 2u);
  EXPECT_EQ(topology.packages, 1u);
  EXPECT_EQ(topology.core_kinds, 1u);
  EXPECT_EQ(topology.split_cores, 0u);
  EXPECT_EQ(topology.cpu_list, "0-3");
  EXPECT_EQ(topology.online_list, "0-3");
}

TEST(TopologyFacts, OfThisMachineAgree) {
  const Topology topology = read_topology("");
  ASSERT_FALSE(topology.cpus.empty());
  EXPECT_EQ(topology.core_of.size(), topology.cpus.size());
  const std::set<unsigned> cores(topology.core_of.begin(), topology.core_of.end());
  EXPECT_EQ(cores.size(), topology.cores);
  EXPECT_GE(topology.packages, 1u);
  EXPECT_GE(topology.numa_nodes, 1u);
  EXPECT_GE(topology.core_kinds, 1u);
  EXPECT_LE(topology.split_cores, topology.cores);
}

TEST(IsaSupport, FlagsOfCpuinfoSayWhatTheLibrarySays) {
  const Strings shown = isas_of_flags(read_cpu_info(""), read_sve_bits(""));
  Strings compiled;
  for (const std::string& isa : compiled_isas()) {
    if (std::ranges::count(shown, isa) != 0) compiled.push_back(isa);
  }
  EXPECT_EQ(compiled, supported_isas());
}

TEST(IsaSupport, TheCpuHasWhatTheSystemSupports) {
  const Strings cpu = isas_of_cpuid();
  if (cpu.empty()) GTEST_SKIP() << "for want of an instruction that tells a CPU's ISAs";
  for (const std::string& isa : supported_isas()) EXPECT_EQ(std::ranges::count(cpu, isa), 1) << isa;
}

TEST(IsaSupport, FlagsAreWholeWordsOfTheRightArchitecture) {
  const auto isas = [](const std::string& cpuinfo, std::size_t sve_bits = 0) {
    const MachineTree tree;
    tree.write("proc/cpuinfo", cpuinfo);
    return isas_of_flags(read_cpu_info(tree.path().string()), sve_bits);
  };
  EXPECT_EQ(isas("flags: sse2 xsse4_2 avx2"), (Strings{"generic", "sse2"}));
  EXPECT_EQ(isas("flags: fma avx2 sse4_2 sse2"),
            (Strings{"generic", "sse2", "sse4_2", "avx2_fma"}));
  EXPECT_EQ(isas("flags: avx512f avx512cd avx512dq fma"), (Strings{"generic"}));  // no avx512bw
  const std::string arm = "CPU implementer: 0x41\nFeatures: fp asimd";
  EXPECT_EQ(isas(arm, 256), (Strings{"generic", "neon64"}));
  EXPECT_EQ(isas(arm + " sve", 256), (Strings{"generic", "neon64", "sve256"}));
  EXPECT_EQ(isas(arm + " sve", 512), (Strings{"generic", "neon64", "sve512"}));
  EXPECT_EQ(isas(arm + " sve2"), (Strings{"generic", "neon64"}));
  EXPECT_EQ(isas(""), Strings{});
}

TEST(FrequencyFacts, OfSeveralCpus) {
  const MachineTree tree;
  const auto write = [&tree](int cpu, const std::string& file, const std::string& text) {
    tree.write(fmt::format("{}cpu{}/cpufreq/{}", tree.kCpus, cpu, file), text);
  };
  write(0, "cpuinfo_min_freq", "800000");
  write(2, "cpuinfo_min_freq", "400000");
  write(0, "cpuinfo_max_freq", "3000000");
  write(2, "cpuinfo_max_freq", "4000000");
  write(0, "scaling_max_freq", "3000000");
  write(2, "scaling_max_freq", "2000000");
  write(2, "scaling_governor", "ondemand");
  write(1, "cpuinfo_max_freq", "9000000");  // not one of those that are asked for
  write(0, "scaling_driver", "<unsupported>");
  const std::vector<unsigned> cpus = {0, 2};
  const Frequency frequency = read_frequency(tree.path().string(), cpus);
  EXPECT_EQ(frequency.lowest_khz, 400'000u);
  EXPECT_EQ(frequency.highest_khz, 4'000'000u);
  EXPECT_EQ(frequency.limit_khz, 2'000'000u);
  EXPECT_EQ(frequency.governor, "ondemand");
  EXPECT_FALSE(frequency.turbo.has_value());
  const auto turbo = [&] { return read_frequency(tree.path().string(), cpus).turbo; };
  tree.write(tree.kCpus + "cpufreq/boost", "1");
  EXPECT_EQ(turbo(), true);
  tree.write(tree.kCpus + "intel_pstate/no_turbo", "1");
  EXPECT_EQ(turbo(), false);
  tree.write(tree.kCpus + "intel_pstate/no_turbo", "0");
  EXPECT_EQ(turbo(), true);
}

TEST(ControlGroupFacts, TheMostThrottledLevelCounts) {
  const MachineTree tree;
  tree.write("proc/self/cgroup", "0::/pod/task");
  EXPECT_TRUE(read_control_group(tree.path().string()).known);
  EXPECT_FALSE(read_control_group((tree.path() / "proc").string()).known);
  const auto throttled = [&] { return read_control_group(tree.path().string()).throttled; };
  EXPECT_FALSE(throttled());
  tree.write("sys/fs/cgroup/pod/task/cpu.stat", "nr_periods 0\nnr_throttled 0");
  EXPECT_FALSE(throttled());
  tree.write("sys/fs/cgroup/pod/task/cpu.stat", "nr_periods 10\nnr_throttled 1");
  EXPECT_EQ(throttled(), 0.1);
  tree.write("sys/fs/cgroup/pod/cpu.stat", "nr_throttled_x 9\nnr_periods 4\nnr_throttled 3");
  EXPECT_EQ(throttled(), 0.75);
}

TEST(ActivityFacts, StolenIsTheEighthNumber) {
  const MachineTree tree;
  tree.write("proc/stat", "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 0 0 0 0 0 0 0 99");
  const Activity activity = read_activity(tree.path().string());
  ASSERT_TRUE(activity.ticks);
  EXPECT_EQ(activity.ticks->stolen, 8u);
  EXPECT_EQ(activity.ticks->total, 36u);  // the guests' 9 and 10 are in the user's 1 and 2
  EXPECT_FALSE(activity.load);
  EXPECT_EQ(stolen_fraction({100, 10}, {200, 35}), 0.25);
  EXPECT_FALSE(stolen_fraction({100, 10}, {100, 10}));
  EXPECT_FALSE(stolen_fraction({100, 10}, {200, 9}));  // a counter that went back
}

TEST(KernelSettingsFacts, OfATree) {
  const MachineTree tree;
  for (const char* device : {"software", "cpu_core", "cpu_atom", "uncore_imc", "cpum_cf"}) {
    tree.write(fmt::format("sys/bus/event_source/devices/{}/type", device), "1");
  }
  tree.write("proc/sys/kernel/perf_event_paranoid", "-1");
  tree.write("proc/sys/kernel/numa_balancing", "2");
  tree.write("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never");
  const KernelSettings settings = read_kernel_settings(tree.path().string());
  EXPECT_EQ(settings.counter_devices, (Strings{"cpu_atom", "cpu_core"}));
  EXPECT_EQ(settings.perf_event_paranoid, -1);
  EXPECT_EQ(settings.numa_balancing, true);
  EXPECT_EQ(settings.transparent_huge_pages, "always");
  EXPECT_EQ(settings.clock_source, "");
}

TEST(SamplePlacement, OneCpuAThread) {
  omp_set_dynamic(0);
  const std::vector<int> cpus = sample_placement(3, 1e-3);
  ASSERT_EQ(cpus.size(), 3u);
  EXPECT_GE(std::ranges::min(cpus), 0);
}

}  // namespace
}  // namespace logigrad
