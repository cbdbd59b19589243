// Progress of a descent; see progress.hpp.
#include "tools/logigrad/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace logigrad::program {
namespace {

constexpr const char* kClearLine = "\r\033[K";

}  // namespace

Progress::Progress(std::size_t iterations)
    : iterations_(iterations), live_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (live_) std::fputs(kClearLine, stderr);
}

bool Progress::due(std::size_t index, double seconds) const {
  if (index == 0) return true;
  if (live_) return seconds - last_ >= 0.1;
  return index % (iterations_ / 10 + 1) == 0 || index == iterations_ || seconds - last_ >= 10;
}

void Progress::show(const Iteration& iteration, double seconds) {
  if (!due(iteration.index, seconds)) return;
  last_ = seconds;
  const double per_iteration = seconds / static_cast<double>(iteration.index + 1);
  fmt::print(stderr, "{}iteration {}/{}  loss {:.9g}  |gradient| {:.3g}  {:.3g} ms/iteration{}",
             live_ ? kClearLine : "", iteration.index, iterations_, iteration.loss,
             iteration.gradient_norm, 1e3 * per_iteration, live_ ? "" : "\n");
}

}  // namespace logigrad::program
