// Puts together what the readers of this directory find.
#include "tools/machine/machine.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <filesystem>
#include <stdexcept>

#include "tools/machine/control_group.hpp"
#include "tools/machine/cpu_info.hpp"
#include "tools/machine/frequency.hpp"
#include "tools/machine/hypervisor.hpp"
#include "tools/machine/memory.hpp"

namespace logigrad {
namespace {

std::string or_unknown(const std::string& text) { return text.empty() ? "unknown" : text; }

// omp_get_num_procs() and not the affinity mask: libgomp narrows the mask of the first thread to
// one CPU before main() when OMP_PROC_BIND or OMP_PLACES is set, and remembers the mask it found.
unsigned count_cpus(const std::string& sysroot, const Topology& topology) {
  if (!sysroot.empty()) return static_cast<unsigned>(topology.cpus.size());
  return static_cast<unsigned>(omp_get_num_procs());
}

}  // namespace

std::size_t Machine::last_level_cache() const {
  if (l3.bytes != 0) return l3.bytes;
  return l2.bytes != 0 ? l2.bytes : l1d.bytes;
}

Machine describe_machine(const std::string& sysroot) {
  if (!sysroot.empty() && !std::filesystem::is_directory(sysroot)) {
    throw std::runtime_error(fmt::format("{}: not a directory", sysroot));
  }
  const CpuInfo info = read_cpu_info(sysroot);
  const Topology topology = read_topology(sysroot);
  const ControlGroup group = read_control_group(sysroot);

  Machine machine;
  machine.cpu_model = or_unknown(info.model_name);
  machine.vendor = or_unknown(info.vendor);
  machine.family = info.family;
  machine.model = info.model;
  machine.stepping = info.stepping;
  machine.logical_cpus = count_cpus(sysroot, topology);
  machine.l1d = topology.l1d;
  machine.l2 = topology.l2;
  machine.l3 = topology.l3;
  machine.total_memory = total_memory(sysroot);
  machine.available_memory = available_memory(sysroot);
  machine.cpu_quota = group.cpu_quota.value_or(0);
  machine.governor = or_unknown(read_frequency(sysroot, topology.cpus).governor);
  machine.hypervisor = hypervisor_name(sysroot, info);
  return machine;
}

}  // namespace logigrad
