// What a series of samples says: its middle, how far it spreads, and where time was missing.
//
// Times on a shared machine have a tail to one side and no variance worth the name, so only ranks
// are used. Pure functions of the samples, which the tests make up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace logigrad::doctor {

struct Spread {
  double low = 0;  // 5 % of the samples are below it
  double median = 0;
  double high = 0;  // 5 % are above it
  std::size_t samples = 0;

  // (high - low) / median: 0.02 where nine tenths of the samples lie within 2 %.
  double relative() const { return (high - low) / median; }
};

// Between two samples a rank is interpolated. Precondition: there are samples, all > 0.
Spread spread_of(std::vector<double> samples);

// The stretches in which a loop that only reads the clock did not run.
struct Gaps {
  std::size_t count = 0;
  double longest = 0;  // seconds
  double lost = 0;     // seconds in all gaps
  double watched = 0;  // seconds between the first reading and the last, gaps included

  double fraction() const { return watched == 0 ? 0 : lost / watched; }
};

class GapCounter {
 public:
  // A step of the clock counts as a gap from this many nanoseconds.
  explicit GapCounter(std::int64_t shortest) : shortest_(shortest) {}

  // The clock was read as `now` nanoseconds. restart(): what passed since then was not watched.
  void read(std::int64_t now) {
    if (now - last_ >= shortest_ && running_) add(now - last_);
    if (!running_) begin_ = now;
    running_ = true;
    last_ = now;
  }
  void restart();

  // Of all that was watched, up to the last reading.
  Gaps gaps() const;

 private:
  void add(std::int64_t gap);

  std::int64_t shortest_, begin_ = 0, last_ = 0;
  bool running_ = false;
  Gaps gaps_;
};

}  // namespace logigrad::doctor
