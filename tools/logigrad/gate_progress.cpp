// See gate_progress.hpp.
#include "tools/logigrad/gate_progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "tools/results/duration.hpp"

namespace logigrad::program {
namespace {

constexpr const char* kClearLine = "\r\033[K";
constexpr double kLogStep = 10;  // seconds

}  // namespace

GateProgress::GateProgress(double budget) : budget_(budget), live_(isatty(STDERR_FILENO) == 1) {}

GateProgress::~GateProgress() {
  if (live_) std::fputs(kClearLine, stderr);
}

double GateProgress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void GateProgress::show(const std::string& text) {
  if (!live_ && shown_ >= 0 && seconds() - shown_ < kLogStep) return;
  shown_ = seconds();
  fmt::print(stderr, "{}{}{}", live_ ? kClearLine : "", text, live_ ? "" : "\n");
}

void GateProgress::show_block(const gate::Sitting& sitting) {
  const auto undecided = std::count_if(
      sitting.lines.begin(), sitting.lines.end(),
      [](const gate::Line& line) { return line.decision.verdict == gate::Verdict::kInconclusive; });
  show(fmt::format("block {}, {} of {} benchmarks undecided, at most {} left", sitting.blocks,
                   undecided, sitting.lines.size(),
                   clock_time(std::max(0.0, budget_ - seconds()))));
}

void GateProgress::show_count(const gate::Sitting& sitting, std::size_t of) {
  const std::size_t done = sitting.lines.size() + sitting.baseline_failures.size();
  const std::string left =
      done == 0
          ? "?"
          : clock_time(seconds() / static_cast<double>(done) * static_cast<double>(of - done));
  show(fmt::format("{} of {} benchmarks counted, {} left", done, of, left));
}

}  // namespace logigrad::program
