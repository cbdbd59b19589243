// The checks of `logigrad doctor`: each judges some of the facts, and says what to do about it.
//
// "ok": times measured here do not suffer from it. "warn": they do, or another setting would serve
// better, and the advice says which. "unknown": nobody says, which is no fault; a virtual machine
// without a governor is as fit as one with. Its advice is whom or what to ask instead, or that
// nothing needs doing and what is not known then; never to install what would not help.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/doctor/facts.hpp"

namespace logigrad::doctor {

enum class Status { kOk, kWarn, kUnknown };
std::string_view name_of(Status status);  // "ok", "warn", "unknown"

struct Judgement {
  Status status = Status::kUnknown;
  std::string finding;  // what was found, or why it is unknown
  std::string advice;   // "" if it is ok
};

struct Check {
  std::string_view name;
  Judgement (*judge)(const Facts&);
};

// All of them, in the order in which they are shown.
std::span<const Check> checks();

struct Line {
  std::string name;
  Judgement judgement;
};
std::vector<Line> judge_all(const Facts& facts);

// What the checks build their judgements with.
inline Judgement ok(std::string finding) { return {Status::kOk, std::move(finding), ""}; }
inline Judgement warn(std::string finding, std::string advice) {
  return {Status::kWarn, std::move(finding), std::move(advice)};
}
inline Judgement unknown(std::string finding, std::string advice) {
  return {Status::kUnknown, std::move(finding), std::move(advice)};
}

// hardware_checks.cpp
Judgement judge_cpu(const Facts& facts);
Judgement judge_topology(const Facts& facts);
Judgement judge_caches(const Facts& facts);
Judgement judge_isas(const Facts& facts);
Judgement judge_hypervisor(const Facts& facts);
Judgement judge_smt(const Facts& facts);
Judgement judge_numa(const Facts& facts);
Judgement judge_memory(const Facts& facts);

// system_checks.cpp
Judgement judge_quota(const Facts& facts);
Judgement judge_cpuset(const Facts& facts);
Judgement judge_huge_pages(const Facts& facts);
Judgement judge_load(const Facts& facts);
Judgement judge_steal(const Facts& facts);
Judgement judge_clock_source(const Facts& facts);
Judgement judge_counters(const Facts& facts);

// frequency_checks.cpp
Judgement judge_governor(const Facts& facts);
Judgement judge_turbo(const Facts& facts);
Judgement judge_frequency(const Facts& facts);

// live_checks.cpp: of what only this machine itself can be asked
Judgement judge_openmp(const Facts& facts);
Judgement judge_placement(const Facts& facts);
Judgement judge_timer(const Facts& facts);
Judgement judge_clock(const Facts& facts);
Judgement judge_bandwidth(const Facts& facts);
Judgement judge_gaps(const Facts& facts);

}  // namespace logigrad::doctor
