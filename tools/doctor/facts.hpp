// All that the checks judge, in one value: what the files of /proc and /sys say, what this machine
// says when it is asked, and what the probe has measured on it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/doctor/probe.hpp"
#include "tools/machine/activity.hpp"
#include "tools/machine/control_group.hpp"
#include "tools/machine/cpu_info.hpp"
#include "tools/machine/frequency.hpp"
#include "tools/machine/kernel_settings.hpp"
#include "tools/machine/machine.hpp"
#include "tools/machine/topology.hpp"

namespace logigrad::doctor {

// How OpenMP runs in this process.
struct OpenMp {
  int threads = 0;
  bool dynamic = false;                      // whether it may take fewer
  std::string binding;                       // see openmp_binding()
  std::string settings;                      // see openmp_settings()
  std::vector<std::string> variables;        // see openmp_variables()
  std::vector<std::vector<int>> placements;  // some milliseconds apart, see sample_placement()
};

// What files do not hold: a tree that was copied from another machine has none of it.
struct Live {
  std::vector<std::string> cpu_isas;       // see isas_of_cpuid()
  std::vector<std::string> compiled_isas;  // of this binary
  std::vector<std::string> runnable_isas;  // of these what CPU, system and LOGIGRAD_MAX_ISA allow
  int counter_error = 0;                   // see counter_error()
  OpenMp openmp;
  Timer timer;
};

struct Facts {
  std::string sysroot;      // "": this machine
  std::string machine_key;  // see machine_key(); of a tree with the ISAs that its flags show
  CpuInfo cpu;
  Machine machine;
  Topology topology;
  ControlGroup group;
  Frequency frequency;
  KernelSettings settings;
  Activity activity;              // before anything was measured
  std::vector<std::string> isas;  // that CPU and operating system support
  std::optional<Live> live;       // nothing of a tree
  std::optional<Probe> probe;     // nothing unless it was run

  bool guest() const { return machine.hypervisor != "none" && machine.hypervisor != "unknown"; }
};

// All but the probe. Takes some 0.1 s on this machine. Throws std::runtime_error unless `sysroot`
// is "" or a directory with proc/ or sys/ in it.
Facts read_facts(const std::string& sysroot);

}  // namespace logigrad::doctor
