// logigrad doctor: whether this machine is fit to measure on, and what to do about it.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/doctor/checks.hpp"
#include "tools/logigrad/input.hpp"
#include "tools/logigrad/options.hpp"
#include "tools/logigrad/program.hpp"

namespace logigrad::program {
namespace {

using doctor::Facts;
using doctor::Judgement;
using doctor::Line;
using doctor::Probe;
using doctor::Spread;
using doctor::Status;

constexpr const char* kFooter =
    R"(A line a check: ok, warn (times suffer from it) or unknown (nobody says; no fault), what was
found and, behind "->", what to do about it. machine_key is the name under which the benchmark keeps
results: times with different keys are not comparable.

The probe runs on one thread, in 20 rounds, as much of the time as --probe-seconds says:
  clock      a chain of register additions, each of which needs the one before it. One takes one
             cycle on all x86-64 and AArch64 cores known to us, so this is the clock, without a PMU
  bandwidth  reading a buffer of 4 last-level caches in order
  gaps       stretches of 10 us and more in which a loop that reads the clock did not run
Nothing else should run beside it.

A tree of --sysroot is read, not run on: no probe, no OpenMP threads, no perf_event_open. It holds
copies of these, as far as there are any; what is missing is unknown:
  proc/     cpuinfo meminfo loadavg stat mounts self/cgroup sys/kernel/perf_event_paranoid
            sys/kernel/numa_balancing sys/abi/sve_default_vector_length
  sys/      devices/system/{cpu,node,clocksource} kernel/mm/transparent_hugepage fs/cgroup
            bus/event_source/devices class/dmi/id hypervisor

Example:
  logigrad doctor
  OMP_PROC_BIND=close OMP_PLACES=cores logigrad doctor --probe-seconds 60
  logigrad doctor --json --no-probe
--json prints an object with machine_key, sysroot (null: this machine), openmp (its settings),
checks (a list of name, status, finding, advice) and probe (null, or statistics: Hz, bytes/s, s).
Exit status 1 if a check warns.)";

struct DoctorOptions {
  std::string sysroot;
  double probe_seconds = 10;
  bool no_probe = false;
  bool json = false;
};

Json to_json(const std::optional<Spread>& spread) {
  if (!spread) return nullptr;
  return {{"median", spread->median},
          {"low_5_percent", spread->low},
          {"high_5_percent", spread->high},
          {"samples", spread->samples}};
}

Json to_json(const std::optional<Probe>& probe) {
  if (!probe) return nullptr;
  const doctor::Gaps& gaps = probe->gaps;
  return {{"seconds", probe->seconds},
          {"clock", to_json(probe->clock)},
          {"bandwidth", to_json(probe->bandwidth)},
          {"buffer_bytes", probe->buffer},
          {"gaps",
           {{"count", gaps.count},
            {"longest", gaps.longest},
            {"lost", gaps.lost},
            {"watched", gaps.watched}}},
          {"stolen", probe->stolen ? Json(*probe->stolen) : Json(nullptr)}};
}

void print_object(const Facts& facts, const std::vector<Line>& lines) {
  Json list = Json::array();
  for (const Line& line : lines) {
    list.push_back({{"name", line.name},
                    {"status", std::string(name_of(line.judgement.status))},
                    {"finding", line.judgement.finding},
                    {"advice", line.judgement.advice}});
  }
  print_json({{"machine_key", facts.machine_key},
              {"sysroot", facts.sysroot.empty() ? Json(nullptr) : Json(facts.sysroot)},
              {"openmp", facts.live ? Json(facts.live->openmp.settings) : Json(nullptr)},
              {"checks", list},
              {"probe", to_json(facts.probe)}});
}

void print_lines(const Facts& facts, const std::vector<Line>& lines) {
  if (!facts.sysroot.empty()) {
    fmt::print("{}: read, not run on: no probe, no OpenMP threads, no perf_event_open\n",
               facts.sysroot);
  }
  fmt::print("machine_key: {}\n\n", facts.machine_key);
  std::size_t width = 0;
  for (const Line& line : lines) width = std::max(width, line.name.size());
  for (const Line& line : lines) {
    const Judgement& judgement = line.judgement;
    fmt::print("{:<7}  {:<{}}  {}\n", name_of(judgement.status), line.name, width,
               judgement.finding);
    if (!judgement.advice.empty()) {
      fmt::print("{:<7}  {:<{}}  -> {}\n", "", "", width, judgement.advice);
    }
  }
}

std::size_t count(const std::vector<Line>& lines, Status status) {
  return static_cast<std::size_t>(std::ranges::count_if(
      lines, [status](const Line& line) { return line.judgement.status == status; }));
}

void examine(const DoctorOptions& options) {
  Facts facts = doctor::read_facts(options.sysroot);
  if (facts.live && !options.no_probe) {
    if (isatty(STDERR_FILENO)) {
      fmt::print(stderr, "logigrad: measuring for {} s (--no-probe leaves that out)\n",
                 options.probe_seconds);
    }
    facts.probe = doctor::run_probe(options.probe_seconds, facts.machine);
  }
  const std::vector<Line> lines = doctor::judge_all(facts);
  options.json ? print_object(facts, lines) : print_lines(facts, lines);
  const std::size_t warnings = count(lines, Status::kWarn);
  const std::string verdict = fmt::format("{} of {} checks warn, {} are unknown", warnings,
                                          lines.size(), count(lines, Status::kUnknown));
  if (warnings != 0) throw BadAnswer(verdict);
  if (!options.json) fmt::print("\n{}\n", verdict);
}

void set_probe_seconds(DoctorOptions& options, const std::string& text) {
  constexpr const char* kExpected = "a number of seconds from 0.1 to 3600";
  const double seconds = real_option("--probe-seconds", text, kExpected);
  if (seconds < 0.1 || seconds > 3600) refuse_option("--probe-seconds", text, kExpected);
  options.probe_seconds = seconds;
}

}  // namespace

void add_doctor(CLI::App& app, Work& work) {
  CLI::App* command = app.add_subcommand("doctor", "Say whether this machine is fit to measure on");
  command->footer(kFooter);
  const auto options = std::make_shared<DoctorOptions>();
  CLI::Option* const sysroot =
      command
          ->add_option_function<std::string>(
              "--sysroot",
              [options](const std::string& path) {
                if (path.empty()) refuse_option("--sysroot", path, "a directory");
                options->sysroot = path;
              },
              "Read DIR/proc and DIR/sys, copied from another machine or made up")
          ->type_name("DIR");
  CLI::Option* const no_probe =
      command->add_flag("--no-probe", options->no_probe, "Measure nothing: at once, and less");
  command
      ->add_option_function<std::string>(
          "--probe-seconds",
          [options](const std::string& text) { set_probe_seconds(*options, text); },
          "How long to measure, 0.1 to 3600 (default 10)")
      ->type_name("S")
      ->excludes(no_probe)
      ->excludes(sysroot);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([&work, options] { work = [options] { examine(*options); }; });
}

}  // namespace logigrad::program
