// Ten seconds of measuring how quiet this machine is: its clock, its memory, and who interrupts.
//
// The three are measured in turn, in many short rounds, so that each has seen all of the time: a
// neighbour who is busy for three seconds must not be taken for a fault of the memory. One thread,
// unbound, as a benchmark's first thread is.
#pragma once

#include <cstddef>
#include <optional>

#include "tools/doctor/samples.hpp"
#include "tools/machine/machine.hpp"

namespace logigrad::doctor {

// The shortest gap that is counted: a timer interrupt that only counts the time takes 1 to 5 us.
constexpr double kShortestGap = 10e-6;  // seconds

struct Probe {
  double seconds = 0;  // that it took

  // Hz, by add_chain.hpp: a sample is 50,000 additions, some 15 us, so that a sample with an
  // interruption in it is one of many. Nothing where the architecture has no chain.
  std::optional<Spread> clock;

  // Bytes a second, by one thread that reads a buffer in order; a sample is 4 MiB. Nothing if
  // memory did not suffice for a buffer that the last-level cache does not hold.
  std::optional<Spread> bandwidth;
  std::size_t buffer = 0;  // bytes

  Gaps gaps;

  std::optional<double> stolen;  // the fraction of all CPUs' time, see stolen_fraction()
};

// Bytes of the buffer for the bandwidth: 4 times the last-level cache (of 64 MiB, if it is
// unknown), at most a quarter of the available memory; 0 if that is less than twice the cache.
std::size_t buffer_size(const Machine& machine);

// Hz, the median of samples like those of Probe::clock for about `seconds` > 0.
std::optional<double> measure_clock(double seconds);

// Takes about `seconds` > 0, and besides the time to fill the buffer.
Probe run_probe(double seconds, const Machine& machine);

// steady_clock, by which all is measured, here and in the benchmark.
struct Timer {
  double step = 0;  // seconds: the smallest difference of two readings that are not equal
  double cost = 0;  // seconds a reading, the median
};
Timer measure_timer();

}  // namespace logigrad::doctor
