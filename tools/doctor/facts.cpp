// See facts.hpp.
#include "tools/doctor/facts.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <filesystem>
#include <stdexcept>

#include "logigrad/variant.hpp"
#include "tools/machine/isa_support.hpp"
#include "tools/machine/machine_key.hpp"
#include "tools/machine/sysroot.hpp"
#include "tools/machine/thread_placement.hpp"

namespace logigrad::doctor {
namespace {

namespace fs = std::filesystem;

OpenMp ask_openmp() {
  constexpr int kSamples = 20;
  constexpr double kBusy = 2e-3;  // seconds: the scheduler balances every few milliseconds
  OpenMp openmp{omp_get_max_threads(), omp_get_dynamic() != 0, openmp_binding(),
                openmp_settings(),     openmp_variables(),     {}};
  sample_placement();  // starts the threads
  for (int i = 0; i < kSamples; ++i) openmp.placements.push_back(sample_placement(0, kBusy));
  return openmp;
}

Live ask_machine() {
  return {isas_of_cpuid(), compiled_isas(), runnable_isas(),
          counter_error(), ask_openmp(),    measure_timer()};
}

void expect_tree(const std::string& sysroot) {
  if (sysroot.empty() || !fs::is_directory(sysroot)) return;  // describe_machine() refuses a file
  if (fs::is_directory(under(sysroot, "/proc")) || fs::is_directory(under(sysroot, "/sys"))) return;
  throw std::runtime_error(fmt::format(
      "{}: found neither proc/ nor sys/, expected a tree with files of /proc and /sys", sysroot));
}

}  // namespace

Facts read_facts(const std::string& sysroot) {
  expect_tree(sysroot);
  Facts facts;
  facts.sysroot = sysroot;
  facts.activity = read_activity(sysroot);
  facts.machine = describe_machine(sysroot);
  facts.cpu = read_cpu_info(sysroot);
  facts.topology = read_topology(sysroot);
  facts.group = read_control_group(sysroot);
  facts.frequency = read_frequency(sysroot, facts.topology.cpus);
  facts.settings = read_kernel_settings(sysroot);
  facts.isas =
      sysroot.empty() ? supported_isas() : isas_of_flags(facts.cpu, read_sve_bits(sysroot));
  facts.machine_key = machine_key(facts.machine, facts.isas);
  if (sysroot.empty()) facts.live = ask_machine();
  return facts;
}

}  // namespace logigrad::doctor
