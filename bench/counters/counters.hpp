// What a CPU counted while every thread of OpenMP's pool ran: cycles, instructions, cache misses,
// whatever libpfm has a name for.
//
// Each thread has counters of its own, opened by itself: a counter of the process's first thread
// alone, which is what Google Benchmark offers, misses all work of the others. More events than a
// CPU has counters share them in turn; then a count is scaled to the whole time, and says of which
// fraction it was.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace logigrad::bench {

struct EventCount {
  std::string event;     // libpfm's name, as it was asked for
  double count;          // of all threads
  double most, least;    // of the thread that counted most, and least
  double time_fraction;  // of the threads' time in which it was counted; below 1 it was scaled
};

// What perf_event_open() says of one counter of one thread: its value, and the time in ns for which
// it was enabled and in which it counted.
struct Reading {
  std::uint64_t value, enabled, running;
};

// The value for the whole time: enabled / running times as much. 0 for a thread that never ran.
// Throws std::runtime_error if the event was enabled and never counted.
double scaled(const Reading& reading);

// Opens what the events need, in this thread and for this thread only, and closes it. Throws
// InputError, naming the event, if libpfm does not know one, and saying what to do if the kernel
// refuses; or if this was built without libpfm.
void check_events(const std::vector<std::string>& events);

// Counts the events while `run` runs in a team of `threads` threads of OpenMP, the calling one
// among them. Throws like check_events() and scaled().
std::vector<EventCount> count_events(const std::vector<std::string>& events, int threads,
                                     const std::function<void()>& run);

}  // namespace logigrad::bench
