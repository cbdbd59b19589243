// THE TABLE OF CHECKS: one line a check.
#include "tools/doctor/checks.hpp"

namespace logigrad::doctor {
namespace {

constexpr Check kChecks[] = {
    {"cpu", judge_cpu},
    {"topology", judge_topology},
    {"caches", judge_caches},
    {"isa", judge_isas},
    {"hypervisor", judge_hypervisor},
    {"cpu quota", judge_quota},
    {"cpuset", judge_cpuset},
    {"smt", judge_smt},
    {"numa", judge_numa},
    {"memory", judge_memory},
    {"huge pages", judge_huge_pages},
    {"governor", judge_governor},
    {"turbo", judge_turbo},
    {"frequency", judge_frequency},
    {"load", judge_load},
    {"steal", judge_steal},
    {"clock source", judge_clock_source},
    {"counters", judge_counters},
    {"openmp", judge_openmp},
    {"placement", judge_placement},
    {"timer", judge_timer},
    {"clock", judge_clock},
    {"bandwidth", judge_bandwidth},
    {"gaps", judge_gaps},
};

}  // namespace

std::string_view name_of(Status status) {
  switch (status) {
    case Status::kOk:
      return "ok";
    case Status::kWarn:
      return "warn";
    case Status::kUnknown:
      return "unknown";
  }
  return "";
}

std::span<const Check> checks() { return kChecks; }

std::vector<Line> judge_all(const Facts& facts) {
  std::vector<Line> lines;
  for (const Check& check : kChecks) lines.push_back({std::string(check.name), check.judge(facts)});
  return lines;
}

}  // namespace logigrad::doctor
