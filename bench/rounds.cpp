// See rounds.hpp.
#include "bench/rounds.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <numeric>
#include <thread>

namespace logigrad::bench {
namespace {

struct Sample {
  double seconds, cpu_seconds;
};

double process_cpu_seconds() {
  std::timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

Sample time_evaluations(const TimedCase& c, std::size_t count) {
  const double cpu = process_cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  c.evaluate(count);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return {elapsed.count(), process_cpu_seconds() - cpu};
}

// What one evaluation takes, roughly: of as many as take a tenth of `enough` seconds. The first one
// finds cold caches, which a long one does not notice.
double estimate(const TimedCase& c, double enough) {
  const double first = time_evaluations(c, 1).seconds;
  if (first >= 2 * enough) return first;
  for (std::size_t count = 1;; count *= 4) {
    const double seconds = time_evaluations(c, count).seconds;
    if (seconds >= 0.1 * enough) return seconds / static_cast<double>(count);
  }
}

// How often a case is evaluated.
struct Schedule {
  std::size_t evaluations;  // in a round
  int rounds;
};

std::vector<Schedule> schedule(const std::vector<TimedCase>& cases, const RoundSettings& settings) {
  const double round_seconds = settings.case_seconds / settings.rounds;
  std::vector<Schedule> schedules;
  for (const TimedCase& c : cases) {
    if (settings.stop()) break;
    const double seconds = estimate(c, round_seconds);
    const double count = std::max(1.0, round_seconds / seconds);
    double rounds = settings.rounds;
    if (seconds > round_seconds && (!c.compared || seconds > kPatience * settings.case_seconds))
      rounds = std::min(rounds, std::max<double>(kFewestRounds, settings.case_seconds / seconds));
    schedules.push_back({static_cast<std::size_t>(count), static_cast<int>(rounds)});
  }
  return schedules;
}

// Whether threads were at work beside the first one, and so may still be.
bool had_company(const RoundTimes& times) {
  return !times.seconds.empty() && times.cpu_seconds.back() > 1.1 * times.seconds.back();
}

void pause_briefly() { std::this_thread::sleep_for(std::chrono::microseconds(200)); }

// One round of a case, added to its times.
void add_round(const TimedCase& c, std::size_t count, RoundTimes& times) {
  // The caches hold what the case before left; a long evaluation warms itself.
  if (count > 1) c.evaluate(1);
  const Sample sample = time_evaluations(c, count);
  times.seconds.push_back(sample.seconds / static_cast<double>(count));
  times.cpu_seconds.push_back(sample.cpu_seconds / static_cast<double>(count));
  times.evaluations += count;
}

}  // namespace

void wait_until_alone(const std::function<double()>& cpu_seconds,
                      const std::function<void()>& pause) {
  for (int i = 0; i < kMostPauses; ++i) {
    const double before = cpu_seconds();
    pause();
    if (cpu_seconds() - before <= kIdleSeconds) return;
  }
}

std::vector<RoundTimes> time_in_rounds(const std::vector<TimedCase>& cases,
                                       const RoundSettings& settings,
                                       const std::function<void(std::size_t)>& advance) {
  const std::vector<Schedule> schedules = schedule(cases, settings);
  std::vector<RoundTimes> times(cases.size());
  std::vector<std::size_t> order(cases.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const RoundTimes* last = nullptr;
  for (int round = 0; round < settings.rounds; ++round) {
    const std::vector<RoundTimes> whole = times;
    for (const std::size_t i : order) {
      if (settings.stop()) return whole;
      const auto& [count, rounds] = schedules[i];
      if (last && had_company(*last)) wait_until_alone(process_cpu_seconds, pause_briefly);
      if (round < rounds) add_round(cases[i], count, times[i]);
      last = &times[i];
      advance(i);
    }
    std::reverse(order.begin(), order.end());
  }
  return times;
}

double paired_ratio(const RoundTimes& a, const RoundTimes& b) {
  std::vector<double> ratios(std::min(a.seconds.size(), b.seconds.size()));
  for (std::size_t i = 0; i < ratios.size(); ++i) ratios[i] = a.seconds[i] / b.seconds[i];
  return median(std::move(ratios));
}

}  // namespace logigrad::bench
