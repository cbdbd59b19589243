// Why one machine is faster than another: its speed as a product of four factors, each of which is
// measured, so that the ratio of two machines is the product of the four ratios.
//
// The speed of a benchmark is P(p) = N D / T(p), elements of X a second with p threads. With
//   f     the clock while one thread runs (Hz)
//   P_c   the same benchmark's speed on one thread, with X and y in L1d or L2
// it is
//   P(p) = f          clock
//        * P_c / f    work per clock: elements a cycle while nothing waits for data
//        * P(1) / P_c memory: what is left of that where the data are
//        * P(p) / P(1) threads: the speed-up
// and P_A / P_B splits in the same way. Between runs with the same number of threads the last ratio
// is that of the thread efficiencies P(p) / (p P(1)).
//
// The anchors, without which a factor is unknown:
//   clock    logigrad_clock_hz of the result: a chain of additions, measured by the run itself
//   work     the clock, and P_c
//   memory   P_c and the time with threads:1. P_c is the benchmark itself if X and y fill at most
//            kInCache of L2, else the fastest with the same quantity, body, type, D and gap between
//            rows that does (`logigrad_bench --full` has them for D up to 300)
//   threads  the time with threads:1
// Clock and work per clock are known together, as P_c, where only the clock is missing.
//
// It splits what was seen and is no model: a clock that falls with wide vectors shows as less work,
// one that falls with many threads as fewer threads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/report/run.hpp"

namespace logigrad::report {

inline constexpr double kInCache = 0.75;  // of L2: code, w and dw, and the stack need some, too

struct Factors {
  double speed = 0;                       // elements a second; the product, where all are known
  std::optional<double> clock, work;      // Hz, elements a cycle
  std::optional<double> core;             // clock * work: elements a second in cache
  std::optional<double> memory, threads;  // without unit
};

Factors factors_of(const Run& run, const Row& row);

// `numerator` over `denominator`, factor by factor; unknown where one of them is.
Factors ratio(const Factors& numerator, const Factors& denominator);

// A benchmark of auto that several runs have, whatever the ISA: auto takes the strongest there is.
struct Shared {
  std::vector<std::optional<RowIndex>> rows;  // one a run
};

// Those that at least two runs have a time of, but for sweeps; in the order of the first run that
// has them.
std::vector<Shared> shared_benchmarks(const std::vector<Run>& runs);

struct Why {
  std::size_t run, baseline;  // indices
  struct Line {
    RowIndex row, baseline_row;
    Factors ratio;  // of the run's speed over the baseline's
  };
  // The geometric means over the lines of a type, a number of threads, and the level that the data
  // are in on the baseline: of those lines whose core, memory and threads are known, so that the
  // means' product is the mean; the speed alone, of all lines, where there is no such line.
  struct Mean {
    Dtype dtype;
    int threads;
    Level level;
    std::size_t lines, known;
    Factors ratio;
  };
  std::vector<Line> lines;
  std::vector<Mean> means;
};

// The run that the others are explained against: the first one with a clock, since against one
// without no run's clock and work per clock can be told apart; the first one where none has any.
struct Baseline {
  std::size_t run;  // its index
  bool has_clock;
};
Baseline baseline_of(const std::vector<Run>& runs);

// Every other run against baseline_of() them, in their order.
std::vector<Why> explain(const std::vector<Run>& runs);

}  // namespace logigrad::report
