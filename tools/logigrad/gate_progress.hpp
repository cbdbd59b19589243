// What a person sees of a sitting while it runs, on stderr.
#pragma once

#include <chrono>
#include <string>

#include "tools/gate/session.hpp"

namespace logigrad::program {

// On a terminal one line that is rewritten; elsewhere, in a log, a line at most every ten seconds.
class GateProgress {
 public:
  explicit GateProgress(double budget);  // seconds
  ~GateProgress();                       // clears the live line
  GateProgress(const GateProgress&) = delete;
  GateProgress& operator=(const GateProgress&) = delete;

  void show_block(const gate::Sitting& sitting);
  void show_count(const gate::Sitting& sitting, std::size_t of);

 private:
  double seconds() const;
  void show(const std::string& text);

  const double budget_;
  const bool live_;  // stderr is a terminal
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double shown_ = -1;  // when a line was shown last, in seconds; below 0: none was
};

}  // namespace logigrad::program
