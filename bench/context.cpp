// Context keys; see context.hpp.
#include "bench/context.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bench/revision.inc"  // generated at every build: LOGIGRAD_REVISION
#include "logigrad/variant.hpp"
#include "tools/doctor/probe.hpp"
#include "tools/machine/machine_key.hpp"
#include "tools/machine/thread_placement.hpp"

namespace logigrad::bench {
namespace {

std::string compiler() {
#if defined(__clang__)
  return fmt::format("clang {}", __clang_version__);
#else
  return fmt::format("gcc {}", __VERSION__);
#endif
}

void add(const std::string& key, const std::string& value) {
  benchmark::AddCustomContext("logigrad_" + key, value);
}

}  // namespace

std::string build_revision() { return LOGIGRAD_REVISION; }

void add_context(const Machine& machine, const std::string& plan, bool interrupted,
                 const std::vector<std::string>& notes) {
  const std::vector<std::string> isas = runnable_isas();
  add("schema", "1");
  add("plan", plan);
  if (interrupted) add("interrupted", "true");
  add("machine_key", machine_key(machine, supported_isas()));
  add("cpu_model", machine.cpu_model);
  add("logical_cpus", std::to_string(machine.logical_cpus));
  add("isas", fmt::format("{}", fmt::join(isas, " ")));
  add("l1d_bytes", std::to_string(machine.l1d.bytes));
  add("l2_bytes", std::to_string(machine.l2.bytes));
  add("l3_bytes", std::to_string(machine.l3.bytes));
  // Of one thread and scalar code, just after the cases: what logigrad report divides speeds by.
  if (const auto hertz = doctor::measure_clock(0.2)) add("clock_hz", fmt::format("{:.0f}", *hertz));
  add("governor", machine.governor);
  add("hypervisor", machine.hypervisor);
  add("compiler", compiler());
  for (const std::string& isa : isas) add("flags_" + isa, std::string(isa_flags(isa)));
  add("flags_common", LOGIGRAD_COMMON_FLAGS);
  add("build_type", LOGIGRAD_BUILD_TYPE);
  add("revision", build_revision());
  add("openmp", openmp_settings());
  add("thread_placement", thread_placement());
  for (std::size_t i = 0; i < notes.size(); ++i) add(fmt::format("note_{}", i + 1), notes[i]);
}

}  // namespace logigrad::bench
