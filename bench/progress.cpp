// See progress.hpp.
#include "bench/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "tools/results/duration.hpp"

namespace logigrad::bench {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Progress::Progress(const std::vector<Group>& groups, double case_seconds)
    : case_seconds_(case_seconds) {
  for (const Group& group : groups) {
    cases_ += group.cases.size();
    for (const Case& c : group.cases) total_ += work_of(group, c);
  }
  fmt::print(stderr, "{} benchmarks, each checked before it is timed\n", cases_);
}

// An element takes 0.3 ns from memory, and about ten times that to be checked once.
double Progress::work_of(const Group& group, const Case& c) const {
  const BenchShape& shape = group.shape_of(c);
  const double elements = static_cast<double>(shape.rows_of(group.dtype) * (shape.cols + 4));
  return std::max(1.5 * case_seconds_, 0.3e-9 * elements * group.rounds) + 3e-9 * elements;
}

void Progress::advance(const Group& group, const Case& c) {
  done_ += work_of(group, c) / group.rounds;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const double part = std::min(1.0, done_ / total_);
  const int percent = static_cast<int>(100 * part);
  if (percent == percent_shown_ || (!terminal && percent / 10 == percent_shown_ / 10)) return;
  percent_shown_ = percent;
  const double left = seconds_since(start_) / part * (1 - part);
  fmt::print(stderr, "{}{} %, {} left  {}{}", terminal ? "\r" : "", percent, clock_time(left),
             c.name, terminal ? "\x1b[K" : "\n");
}

void Progress::finish(std::size_t measured) const {
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\x1b[K");
  fmt::print(stderr, "{} benchmarks in {}\n", measured, clock_time(seconds_since(start_)));
}

}  // namespace logigrad::bench
