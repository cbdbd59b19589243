// A machine that is made up: the times of processes, one after another, in noise that is known.
//
// What drifts, comes in bursts or remembers is the machine's, from process to process and shared by
// the benchmarks of a process; a mode is drawn by each process for each benchmark, as by the
// addresses that it gets; a copy of a program keeps what it got for the whole of the sitting.
#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace logigrad::gate {

// Logarithms, so that 0.01 is 1 %; deviations where nothing else is said.
struct Noise {
  std::string name;
  double jitter = 0.01;                        // of each benchmark of each process
  double trend = 0;                            // in each hundred processes
  double step = 0;                             // of a random walk, a process
  double burst = 0;                            // mean size of a burst
  double burst_begin = 0.03, burst_end = 0.2;  // probabilities at each process
  double mode = 0;                             // how much slower the slow mode is
  double slow_share = 0.3;                     // of the processes that are in it
  double memory = 0, remembered = 0;           // AR(1): its coefficient and its deviation
  double copies = 0, layouts = 0;              // of files, and of links, for the whole of a sitting
};

// What machines were seen to do; and with `all` also how little, how much of each, and together.
inline std::vector<Noise> noises(bool all) {
  std::vector<Noise> result = {{.name = "drifting", .trend = 0.05, .step = 0.005},
                               {.name = "bursty", .burst = 0.2},
                               {.name = "bimodal", .jitter = 0.005, .mode = 0.06},
                               {.name = "autocorrelated", .memory = 0.95, .remembered = 0.05}};
  if (!all) return result;
  result.push_back({.name = "quiet", .jitter = 0.003});
  result.push_back({.name = "noisy", .jitter = 0.03});
  result.push_back({.name = "racing", .trend = 0.5, .step = 0.02});
  result.push_back({.name = "bursty, half of the time", .burst = 0.5, .burst_begin = 0.2});
  result.push_back({.name = "rarely slow", .mode = 0.3, .slow_share = 0.05});
  result.push_back({.name = "alternating", .memory = -0.9, .remembered = 0.03});
  result.push_back({.name = "all at once",
                    .trend = 0.05,
                    .step = 0.005,
                    .burst = 0.2,
                    .mode = 0.06,
                    .memory = 0.95,
                    .remembered = 0.05});
  return result;
}

class Machine {
 public:
  Machine(const Noise& noise, std::size_t benchmarks, std::mt19937_64& random)
      : noise_(noise), random_(random), sensitivity_(benchmarks) {
    // Some benchmarks feel what happens to the machine more than others.
    for (double& value : sensitivity_) value = 0.5 + uniform();
    state_ = noise_.remembered * normal();
  }

  // Seconds of each benchmark in the next process, of a program that takes exp(slower[i]) of 1 ms.
  std::vector<double> process(const std::vector<double>& slower) {
    const double common = next();
    std::vector<double> seconds(slower.size());
    for (std::size_t i = 0; i < slower.size(); ++i) {
      const double mode = noise_.mode > 0 && uniform() < noise_.slow_share ? noise_.mode : 0;
      const double own = noise_.jitter * normal() + mode;
      seconds[i] = 1e-3 * std::exp(slower[i] + sensitivity_[i] * common + own);
    }
    return seconds;
  }

  double normal() { return normal_(random_); }

 private:
  double uniform() { return std::uniform_real_distribution<>()(random_); }

  // What the machine adds for all.
  double next() {
    level_ += 0.01 * noise_.trend + noise_.step * normal();
    const double fresh = std::sqrt(1 - noise_.memory * noise_.memory);
    state_ = noise_.memory * state_ + fresh * noise_.remembered * normal();
    const bool in_burst = burst_ > 0;
    if (in_burst && uniform() < noise_.burst_end) burst_ = 0;
    if (!in_burst && noise_.burst > 0 && uniform() < noise_.burst_begin)
      burst_ = noise_.burst * std::exponential_distribution<>()(random_);
    return level_ + state_ + burst_;
  }

  const Noise& noise_;
  std::mt19937_64& random_;
  std::normal_distribution<> normal_;
  std::vector<double> sensitivity_;
  double level_ = 0, state_ = 0, burst_ = 0;
};

}  // namespace logigrad::gate
