// A machine on which every check of `logigrad doctor` is ok, and the question that its tests ask of
// changes to it: how the check then judges.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tools/doctor/checks.hpp"

namespace logigrad::doctor {

// 8 cores without SMT, bare metal, quiet, asked and probed.
inline Facts healthy() {
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
  f.group.known = true;
  f.isas = {"generic", "sse2"};
  f.live = Live{f.isas, f.isas, f.isas, 0, {8, false, "close", "", {}, {}}, {1e-9, 25e-9}};
  for (int i = 0; i < 20; ++i) f.live->openmp.placements.push_back({0, 1, 2, 3, 4, 5, 6, 7});
  f.probe = Probe{10,
                  Spread{3.69e9, 3.7e9, 3.71e9, 1000},
                  Spread{19e9, 20e9, 20.5e9, 1000},
                  128 << 20,
                  {3, 1e-4, 2e-4, 3.5},
                  0.0};
  return f;
}

inline Judgement judge(const std::string& name, const Facts& facts) {
  for (const Check& check : checks()) {
    if (check.name == name) return check.judge(facts);
  }
  ADD_FAILURE() << "no check is called " << name;
  return {};
}

// Expects of the healthy facts, changed, that the check `name` judges so, with these parts in its
// finding and its advice ("": no advice at all, as befits what is ok alone).
inline void expect(const std::string& name, const std::function<void(Facts&)>& change,
                   Status status, const std::string& finding, const std::string& advice = "") {
  Facts facts = healthy();
  change(facts);
  const Judgement judgement = judge(name, facts);
  EXPECT_EQ(name_of(judgement.status), name_of(status)) << name << ": " << judgement.finding;
  EXPECT_NE(judgement.finding.find(finding), std::string::npos)
      << name << ": " << judgement.finding;
  EXPECT_EQ(judgement.advice.empty(), advice.empty()) << name << ": " << judgement.advice;
  EXPECT_NE(judgement.advice.find(advice), std::string::npos) << name << ": " << judgement.advice;
}

inline constexpr Status kOk = Status::kOk, kWarn = Status::kWarn, kUnknown = Status::kUnknown;

}  // namespace logigrad::doctor
