// What a person sees of a descent while it runs, on stderr.
#pragma once

#include <cstddef>

#include "logigrad/descend.hpp"

namespace logigrad::program {

// On a terminal one line that is rewritten ten times a second; elsewhere, in a log, about ten lines
// in all and one more whenever ten seconds have passed.
class Progress {
 public:
  explicit Progress(std::size_t iterations);
  Progress(const Progress&) = delete;
  ~Progress();  // clears the live line

  // `seconds` since the descent began.
  void show(const Iteration& iteration, double seconds);

 private:
  bool due(std::size_t index, double seconds) const;

  std::size_t iterations_;
  bool live_;  // stderr is a terminal
  double last_ = 0;
};

}  // namespace logigrad::program
