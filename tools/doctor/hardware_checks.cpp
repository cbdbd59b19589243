// Checks of what the machine is made of, as far as this process may see and use it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "tools/dataset/memory.hpp"
#include "tools/doctor/checks.hpp"

namespace logigrad::doctor {
namespace {

std::string plural(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string size_of(std::size_t bytes) {
  if (bytes < 1 << 20) return fmt::format("{} KiB", bytes >> 10);
  return dataset::size_in_words(static_cast<double>(bytes));
}

using Strings = std::vector<std::string>;

// Those of `all` that are not in `others`.
Strings without(const Strings& all, const Strings& others) {
  Strings rest;
  for (const std::string& each : all) {
    if (std::ranges::count(others, each) == 0) rest.push_back(each);
  }
  return rest;
}

std::string words(const Strings& list) { return fmt::format("{}", fmt::join(list, " ")); }

// What the system supports is known of those ISAs alone that are compiled in.
Judgement judge_live_isas(const Live& live, const Strings& supported, const std::string& finding) {
  const Strings absent = without(live.cpu_isas, live.compiled_isas);
  const Strings hidden = without(without(live.cpu_isas, supported), absent);
  if (!hidden.empty()) {
    return warn(fmt::format("{}; the CPU also has {}, which the operating system does not enable",
                            finding, words(hidden)),
                "look for noxsave or clearcpuid= in /proc/cmdline");
  }
  if (const Strings capped = without(supported, live.runnable_isas); !capped.empty()) {
    return warn(fmt::format("{}; LOGIGRAD_MAX_ISA forbids {}", finding, words(capped)),
                "unset LOGIGRAD_MAX_ISA");
  }
  if (absent.empty()) return ok(finding);
  return warn(
      fmt::format("{}; the CPU also has {}, which is not in this binary", finding, words(absent)),
      "build the preset release, which has all ISAs");
}

}  // namespace

Judgement judge_cpu(const Facts& facts) {
  const Machine& m = facts.machine;
  if (m.cpu_model == "unknown")
    return unknown("/proc/cpuinfo names no model",
                   "nothing to do: machine_key has no name, its digits still tell machines apart");
  return ok(fmt::format("{} ({}, family {}, model {}, stepping {})", m.cpu_model, m.vendor,
                        m.family, m.model, m.stepping));
}

Judgement judge_topology(const Facts& facts) {
  const Topology& t = facts.topology;
  if (t.cpus.empty())
    return unknown("hwloc found no CPU in /sys/devices/system/cpu",
                   "mount /sys in the container, or copy it into the tree: smt, numa and cpuset "
                   "need it");
  std::string finding = fmt::format("{}, {}, {}", plural(t.cpus.size(), "logical CPU"),
                                    plural(t.cores, "core"), plural(t.packages, "package"));
  if (t.core_kinds < 2) return ok(finding);
  return warn(fmt::format("{}; {} kinds of core", finding, t.core_kinds),
              "bind the threads to one kind (taskset -c): the slowest core sets the time");
}

Judgement judge_caches(const Facts& facts) {
  const Machine& m = facts.machine;
  if (m.last_level_cache() == 0) {
    return unknown("/sys shows no cache",
                   "give the benchmark shapes by their size: llc and dram rest on a guess here");
  }
  Strings levels;
  const auto add = [&levels](const char* name, const Cache& cache) {
    if (cache.bytes == 0) return;
    levels.push_back(fmt::format("{} {} x {}", cache.instances, name, size_of(cache.bytes)));
  };
  add("L1d", m.l1d);
  add("L2", m.l2);
  add("L3", m.l3);
  return ok(fmt::format("{}", fmt::join(levels, ", ")));
}

Judgement judge_isas(const Facts& facts) {
  if (facts.isas.empty())
    return unknown("/proc/cpuinfo has no flags of an architecture we know",
                   "run logigrad variants on that machine: it asks the CPU itself");
  const std::string finding = "CPU and system: " + words(facts.isas);
  return facts.live ? judge_live_isas(*facts.live, facts.isas, finding) : ok(finding);
}

Judgement judge_hypervisor(const Facts& facts) {
  const std::string& name = facts.machine.hypervisor;
  if (name == "none") return ok("none");
  if (!facts.guest())
    return unknown("nothing says whether this is a guest",
                   "ask who runs the machine; neighbours show in steal, clock and gaps either way");
  return ok(fmt::format("a guest of {}: its neighbours show in steal, clock, bandwidth and gaps",
                        name == "unnamed" ? "an unnamed one" : name));
}

Judgement judge_smt(const Facts& facts) {
  const Topology& t = facts.topology;
  if (t.cores == 0)
    return unknown("hwloc found no cores",
                   "see the line topology; lscpu -e may tell which CPUs share a core");
  if (t.cpus.size() > t.cores) {
    const std::string finding =
        fmt::format("{} logical CPUs on {}", t.cpus.size(), plural(t.cores, "core"));
    const bool one_a_core = facts.live && facts.live->openmp.binding != "false" &&
                            static_cast<unsigned>(facts.live->openmp.threads) <= t.cores;
    if (one_a_core) return ok(finding + ", of which OpenMP takes no more than one a core");
    return warn(finding + ": two threads on one core share its units and caches",
                fmt::format("OMP_NUM_THREADS={} OMP_PLACES=cores OMP_PROC_BIND=close", t.cores));
  }
  if (!facts.guest()) return ok("one logical CPU a core");
  return unknown("one CPU a core, as this guest is told; on the host two may share one",
                 "judge scaling by threads with care: the guest cannot change it");
}

Judgement judge_numa(const Facts& facts) {
  const unsigned nodes = facts.topology.numa_nodes;
  if (nodes == 0)
    return unknown("hwloc found no memory nodes",
                   "see the line topology; with one package there is mostly one node, which is "
                   "well");
  if (nodes == 1) return ok("1 node");
  const bool moves = facts.settings.numa_balancing.value_or(false);
  return warn(fmt::format("{} nodes: times depend on where memory and threads are{}", nodes,
                          moves ? ", and the kernel moves pages between them" : ""),
              fmt::format("run on one: taskset -c $(cat /sys/devices/system/node/node0/cpulist) ..."
                          "{}",
                          moves ? "; sudo sysctl kernel.numa_balancing=0" : ""));
}

Judgement judge_memory(const Facts& facts) {
  const std::size_t available = facts.machine.available_memory;
  const std::size_t cache = facts.machine.last_level_cache();
  if (available == 0)
    return unknown("/proc/meminfo has no MemAvailable",
                   "see yourself that the shapes fit (free): the benchmark takes memory for "
                   "boundless");
  const std::string finding =
      fmt::format("{} available of {}", size_of(available), size_of(facts.machine.total_memory));
  if (cache == 0 || available / 4 >= 8 * cache) return ok(finding);
  return warn(fmt::format("{}: a quarter is less than 8 last-level caches", finding),
              "free memory or raise the container's limit, or the shape dram stays too small");
}

}  // namespace logigrad::doctor
