// Checks of what runs: OpenMP, the timer, and what the probe has measured.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "tools/dataset/memory.hpp"
#include "tools/doctor/checks.hpp"

namespace logigrad::doctor {
namespace {

constexpr const char* kBind = "OMP_PROC_BIND=close OMP_PLACES=cores";

Judgement not_asked() {
  return unknown("not asked: a tree is read, not run on", "run logigrad doctor on that machine");
}

Judgement no_probe(const Facts& facts) {
  return facts.live ? unknown("not measured", "leave out --no-probe") : not_asked();
}

// How many samples have two threads in one place; `place` of -1 is none.
template <class F>
std::size_t count_shared(const OpenMp& openmp, F place) {
  return static_cast<std::size_t>(std::ranges::count_if(openmp.placements, [&](const auto& cpus) {
    std::set<int> places;
    return std::ranges::any_of(cpus, [&](int cpu) {
      const int where = place(cpu);
      return where >= 0 && !places.insert(where).second;
    });
  }));
}

int core_of(const Topology& topology, int cpu) {
  const auto found = std::ranges::find(topology.cpus, static_cast<unsigned>(cpu));
  if (cpu < 0 || found == topology.cpus.end()) return -1;
  return static_cast<int>(
      topology.core_of[static_cast<std::size_t>(found - topology.cpus.begin())]);
}

std::size_t count_moves(const OpenMp& openmp) {
  std::size_t moves = 0;
  for (std::size_t i = 1; i < openmp.placements.size(); ++i) {
    moves += openmp.placements[i] != openmp.placements[i - 1];
  }
  return moves;
}

std::string percent(double fraction) { return fmt::format("{:.1f} %", 100 * fraction); }

}  // namespace

Judgement judge_openmp(const Facts& facts) {
  if (!facts.live) return not_asked();
  const OpenMp& openmp = facts.live->openmp;
  const unsigned cpus = facts.machine.logical_cpus;
  const bool bound = openmp.binding != "false";
  const std::string finding =
      fmt::format("{} threads for {} CPUs, {}{}; {}", openmp.threads, cpus,
                  bound ? "bound: " + openmp.binding : "not bound",
                  openmp.dynamic ? ", or fewer (OMP_DYNAMIC)" : "",
                  openmp.variables.empty() ? "no OMP_* is set"
                                           : fmt::format("{}", fmt::join(openmp.variables, " ")));
  if (static_cast<unsigned>(openmp.threads) > cpus) {
    return warn(finding + ": they take turns", fmt::format("OMP_NUM_THREADS={}", cpus));
  }
  if (openmp.dynamic) return warn(finding, "OMP_DYNAMIC=false");
  if (bound || openmp.threads == 1) return ok(finding);
  return warn(finding + ": threads may move in the middle of a measurement", kBind);
}

Judgement judge_placement(const Facts& facts) {
  if (!facts.live) return not_asked();
  const OpenMp& openmp = facts.live->openmp;
  const auto is_known = [](const auto& cpus) {
    return !cpus.empty() && std::ranges::min(cpus) >= 0;
  };
  if (openmp.placements.empty() || !std::ranges::all_of(openmp.placements, is_known)) {
    return unknown("the system does not say where a thread runs",
                   fmt::format("bind them, then they stay where they are: {}", kBind));
  }
  const std::size_t samples = openmp.placements.size(), moves = count_moves(openmp);
  const std::size_t on_cpu = count_shared(openmp, [](int cpu) { return cpu; });
  const std::size_t on_core =
      count_shared(openmp, [&](int cpu) { return core_of(facts.topology, cpu); });
  const std::string finding = fmt::format("threads on CPUs {}; in {} samples {} moves",
                                          fmt::join(openmp.placements[0], " "), samples, moves);
  if (on_cpu != 0) return warn(fmt::format("{}, in {} two on one CPU", finding, on_cpu), kBind);
  const bool fits = static_cast<unsigned>(openmp.threads) <= facts.topology.cores;
  if (on_core != 0 && fits) {
    return warn(fmt::format("{}, in {} two on one core", finding, on_core), kBind);
  }
  return moves == 0 ? ok(finding) : warn(finding, kBind);
}

// 1 us is a five-thousandth of what the benchmark gives a quick case a round (50 ms in 9 rounds).
// A reading of more than 200 ns is a system call, because the vDSO cannot read the clock.
Judgement judge_timer(const Facts& facts) {
  constexpr double kCoarse = 1e-6, kSlow = 200e-9;
  if (!facts.live) return not_asked();
  const Timer& timer = facts.live->timer;
  const std::string finding =
      fmt::format("steady_clock steps by {:.0f} ns, a reading takes {:.0f} ns", 1e9 * timer.step,
                  1e9 * timer.cost);
  if (timer.step <= kCoarse && timer.cost <= kSlow) return ok(finding);
  return warn(finding, "another clock source, see the line clock source; time longer runs");
}

Judgement judge_clock(const Facts& facts) {
  constexpr double kSteady = 0.02;
  if (!facts.probe) return no_probe(facts);
  if (!facts.probe->clock)
    return unknown("no chain of additions for this architecture",
                   "nothing to do: logigrad report then knows clock and work per clock only "
                   "together");
  const Spread& clock = *facts.probe->clock;
  const std::string finding =
      fmt::format("{:.3f} GHz by dependent additions, 90 % within {:.3f} to {:.3f}",
                  1e-9 * clock.median, 1e-9 * clock.low, 1e-9 * clock.high);
  if (clock.relative() <= kSteady) return ok(finding);
  return warn(
      fmt::format("{} (spread {})", finding, percent(clock.relative())),
      "compare by ratios within a run; the lines governor, turbo, load and steal may say why");
}

Judgement judge_bandwidth(const Facts& facts) {
  constexpr double kSteady = 0.1;
  if (!facts.probe) return no_probe(facts);
  if (!facts.probe->bandwidth) {
    return unknown("a buffer beyond the last-level cache does not fit into a quarter of the memory",
                   "free memory, or raise the limit of the container");
  }
  const Spread& read = *facts.probe->bandwidth;
  const std::string finding = fmt::format(
      "{:.1f} GB/s by one thread out of {}, 90 % within {:.1f} to {:.1f}", 1e-9 * read.median,
      dataset::size_in_words(static_cast<double>(facts.probe->buffer)), 1e-9 * read.low,
      1e-9 * read.high);
  if (read.relative() <= kSteady) return ok(finding);
  return warn(fmt::format("{} (spread {})", finding, percent(read.relative())),
              "others use memory or cache: compare large shapes by ratios within a run");
}

Judgement judge_gaps(const Facts& facts) {
  constexpr double kMost = 0.01;
  if (!facts.probe) return no_probe(facts);
  const Gaps& gaps = facts.probe->gaps;
  const std::string finding = fmt::format(
      "{} of at least {:.0f} us in {:.1f} s, {} of the time, the longest {:.2f} ms", gaps.count,
      1e6 * kShortestGap, gaps.watched, percent(gaps.fraction()), 1e3 * gaps.longest);
  if (gaps.fraction() <= kMost) return ok(finding);
  return warn(finding,
              "others run in between, here (load) or on the host (steal); more --rounds help");
}

}  // namespace logigrad::doctor
