// The checks of `logigrad doctor` of what only a machine itself can be asked, from made-up answers:
// counters, OpenMP's threads, the timer and the probe.
#include <cerrno>
#include <string>
#include <vector>

#include "tests/doctor_facts.hpp"

namespace logigrad::doctor {
namespace {

TEST(DoctorLiveChecks, Counters) {
  const auto error = [](int number, int paranoid) {
    return [=](Facts& f) {
      f.live->counter_error = number;
      f.settings.perf_event_paranoid = paranoid;
    };
  };
  expect("counters", error(0, 4), kOk, "can be counted");
  expect("counters", error(EACCES, 4), kWarn, "paranoid is 4",
         "sysctl kernel.perf_event_paranoid=2");
  expect("counters", error(EPERM, 2), kWarn, "perf_event_open", "seccomp");
  expect("counters", error(ENOENT, 2), kUnknown, "cannot be counted", "callgrind");
  const auto tree = [](std::optional<int> paranoid, const std::vector<std::string>& devices) {
    return [=](Facts& f) {
      f.live.reset();
      f.settings.perf_event_paranoid = paranoid;
      f.settings.counter_devices = devices;
    };
  };
  expect("counters", tree(-1, {"cpu_atom", "cpu_core"}), kOk, "cpu_atom cpu_core, ");
  expect("counters", tree(3, {"cpu"}), kWarn, "is 3", "sysctl");
  expect("counters", tree(2, {}), kUnknown, "not visible", "callgrind");
  expect("counters", tree({}, {"cpu"}), kUnknown, "does not count", "callgrind");
}

TEST(DoctorLiveChecks, OpenMpAndItsThreads) {
  const auto openmp = [](int threads, bool dynamic, const char* binding) {
    return [=](Facts& f) { f.live->openmp = {threads, dynamic, binding, "", {}, {}}; };
  };
  expect("openmp", openmp(8, false, "close"), kOk,
         "8 threads for 8 CPUs, bound: close; no OMP_* is set");
  expect(
      "openmp",
      [](Facts& f) {
        f.live->openmp.variables = {"OMP_PLACES=cores", "OMP_PROC_BIND=close"};
      },
      kOk, "bound: close; OMP_PLACES=cores OMP_PROC_BIND=close");
  expect("openmp", openmp(8, false, "false"), kWarn, "not bound", "OMP_PROC_BIND=close");
  expect("openmp", openmp(1, false, "false"), kOk, "not bound");
  expect("openmp", openmp(9, false, "close"), kWarn, "take turns", "OMP_NUM_THREADS=8");
  expect("openmp", openmp(8, true, "close"), kWarn, "or fewer", "OMP_DYNAMIC=false");

  const auto placed = [](const std::vector<std::vector<int>>& placements) {
    return [=](Facts& f) {
      f.live->openmp.threads = 2;
      f.live->openmp.placements = placements;
      f.topology.core_of = {0, 0, 1, 1, 2, 2, 3, 3};
      f.topology.cores = 4;
    };
  };
  expect("placement", placed({{0, 2}, {0, 2}}), kOk, "CPUs 0 2; in 2 samples 0 moves");
  expect("placement", placed({{0, 2}, {0, 4}, {0, 2}}), kWarn, "3 samples 2 moves", "OMP_PLACES");
  expect("placement", placed({{0, 2}, {2, 2}}), kWarn, "in 1 two on one CPU", "OMP_PLACES");
  expect("placement", placed({{2, 3}, {2, 3}}), kWarn, "in 2 two on one core", "OMP_PLACES");
  expect("placement", placed({{0, -1}}), kUnknown, "does not say", "bind them");
  expect(
      "placement",
      [&](Facts& f) {  // more threads than cores have to share them
        placed({{0, 1, 2, 3, 4}})(f);
        f.live->openmp.threads = 5;
      },
      kOk, "0 moves");
}

TEST(DoctorLiveChecks, TimerAndProbe) {
  const auto timer = [](double step, double cost) {
    return [=](Facts& f) { f.live->timer = {step, cost}; };
  };
  expect("timer", timer(1e-9, 25e-9), kOk, "steps by 1 ns, a reading takes 25 ns");
  expect("timer", timer(4e-6, 25e-9), kWarn, "steps by 4000 ns", "clock source");
  expect("timer", timer(1e-9, 900e-9), kWarn, "takes 900 ns", "clock source");
  expect(
      "clock",
      [](Facts& f) {
        f.probe->clock = Spread{3e9, 3.7e9, 3.8e9, 9};
      },
      kWarn, "3.700 GHz by dependent additions, 90 % within 3.000 to 3.800 (spread 21.6 %)",
      "ratio");
  expect(
      "clock", [](Facts& f) { f.probe->clock.reset(); }, kUnknown, "no chain", "only together");
  expect(
      "bandwidth",
      [](Facts& f) {
        f.probe->bandwidth = Spread{10e9, 20e9, 21e9, 9};
      },
      kWarn, "20.0 GB/s by one thread out of 128.0 MiB, 90 % within 10.0 to 21.0 (spread 55.0 %)",
      "ratios");
  expect(
      "bandwidth", [](Facts& f) { f.probe->bandwidth.reset(); }, kUnknown, "does not fit",
      "memory");
  expect(
      "gaps",
      [](Facts& f) {
        f.probe->gaps = {70, 4e-3, 0.07, 3.5};
      },
      kWarn, "70 of at least 10 us in 3.5 s, 2.0 % of the time, the longest 4.00 ms", "--rounds");
  for (const char* name : {"clock", "bandwidth", "gaps"}) {
    expect(
        name, [](Facts& f) { f.probe.reset(); }, kUnknown, "not measured", "--no-probe");
    expect(
        name, [](Facts& f) { f.probe.reset(), f.live.reset(); }, kUnknown, "a tree is read",
        "on that machine");
  }
}

}  // namespace
}  // namespace logigrad::doctor
