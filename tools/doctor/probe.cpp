// The loop that reads is plain C++: with the 16-byte vectors of the baseline one thread asks for
// more than any memory delivers to it. It is there for the spread; the benchmark's limit/read_*
// tell how fast memory is at its best.
#include "tools/doctor/probe.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "tools/doctor/add_chain.hpp"
#include "tools/machine/activity.hpp"

namespace logigrad::doctor {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 20;
constexpr double kClockShare = 0.25, kGapShare = 0.35, kReadShare = 0.4;  // of a round
constexpr double kWarmUp = 0.1;  // seconds: governors raise the clock within some 10 ms

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Calls sample() again and again for that time, at least once.
template <class F>
void repeat(double seconds, F sample) {
  const Clock::time_point begin = Clock::now();
  do sample();
  while (seconds_since(begin) < seconds);
}

// Additions a second, which is Hz.
double sample_clock() {
  constexpr int kBlocks = 50;
  const Clock::time_point begin = Clock::now();
  std::uint64_t value = 0;
  for (int block = 0; block < kBlocks; ++block) value = add_block(value, 1);
  return kBlocks * kAddsInBlock / seconds_since(begin);
}

void watch_for_gaps(double seconds, GapCounter& counter) {
  const auto nanoseconds = [](Clock::duration d) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(d).count();
  };
  const Clock::time_point begin = Clock::now();
  const std::int64_t wanted = static_cast<std::int64_t>(seconds * 1e9);
  counter.restart();
  for (std::int64_t now = 0; now < wanted;) {
    now = nanoseconds(Clock::now() - begin);
    counter.read(now);
  }
}

class Reader {
 public:
  explicit Reader(std::size_t bytes)
      : words_(bytes / kSlice * kSliceWords), data_(new std::uint64_t[words_]) {
    std::fill_n(data_.get(), words_, 1);  // or all pages were one page of zeros
  }

  // Bytes a second of the next slice. It comes again only after all the others, when no cache has
  // it any more.
  double sample() {
    const Clock::time_point begin = Clock::now();
    std::array<std::uint64_t, 8> sums = {};
    for (std::size_t i = next_; i < next_ + kSliceWords; i += sums.size()) {
      for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += data_[i + k];
    }
    for (const std::uint64_t sum : sums) asm volatile("" : : "r"(sum));  // or nothing would be read
    const double seconds = seconds_since(begin);
    next_ = (next_ + kSliceWords) % words_;
    return static_cast<double>(kSlice) / seconds;
  }

  static constexpr std::size_t kSlice = 4 << 20;  // bytes

 private:
  static constexpr std::size_t kSliceWords = kSlice / sizeof(std::uint64_t);
  std::size_t words_, next_ = 0;
  std::unique_ptr<std::uint64_t[]> data_;
};

struct Samples {
  std::vector<double> clock, bandwidth;
  GapCounter gaps{static_cast<std::int64_t>(kShortestGap * 1e9)};
};

Samples collect(double seconds, Reader* reader) {
  Samples samples;
  if (kHasAddChain) repeat(std::min(kWarmUp, 0.1 * seconds), sample_clock);
  const double round_seconds = seconds / kRounds;
  for (int round = 0; round < kRounds; ++round) {
    if (kHasAddChain) {
      repeat(kClockShare * round_seconds, [&] { samples.clock.push_back(sample_clock()); });
    }
    watch_for_gaps(kGapShare * round_seconds, samples.gaps);
    if (reader == nullptr) continue;
    repeat(kReadShare * round_seconds, [&] { samples.bandwidth.push_back(reader->sample()); });
  }
  return samples;
}

}  // namespace

std::size_t buffer_size(const Machine& machine) {
  constexpr std::size_t kAssumedCache = 64 << 20;
  const std::size_t known = machine.last_level_cache();
  const std::size_t cache = std::max(known == 0 ? kAssumedCache : known, Reader::kSlice);
  const std::size_t wanted = 4 * cache, most = machine.available_memory / 4;
  if (machine.available_memory == 0 || wanted <= most) return wanted;
  return most < 2 * cache ? 0 : most;
}

Probe run_probe(double seconds, const Machine& machine) {
  const Activity before = read_activity("");
  const Clock::time_point begin = Clock::now();
  Probe probe;
  probe.buffer = buffer_size(machine);
  std::optional<Reader> reader;
  if (probe.buffer != 0) reader.emplace(probe.buffer);
  Samples samples = collect(seconds, reader ? &*reader : nullptr);
  if (!samples.clock.empty()) probe.clock = spread_of(std::move(samples.clock));
  if (!samples.bandwidth.empty()) probe.bandwidth = spread_of(std::move(samples.bandwidth));
  probe.gaps = samples.gaps.gaps();
  probe.seconds = seconds_since(begin);
  const Activity after = read_activity("");
  if (before.ticks && after.ticks) probe.stolen = stolen_fraction(*before.ticks, *after.ticks);
  return probe;
}

std::optional<double> measure_clock(double seconds) {
  if (!kHasAddChain) return std::nullopt;
  repeat(std::min(kWarmUp, 0.5 * seconds), sample_clock);
  std::vector<double> samples;
  repeat(seconds, [&] { samples.push_back(sample_clock()); });
  return spread_of(std::move(samples)).median;
}

Timer measure_timer() {
  constexpr std::size_t kReadings = 1000;
  constexpr int kBatches = 51;
  std::vector<double> costs;
  Timer timer;
  std::vector<Clock::time_point> readings(kReadings);
  for (int batch = 0; batch < kBatches; ++batch) {
    for (Clock::time_point& reading : readings) reading = Clock::now();
    const std::chrono::duration<double> all = readings.back() - readings.front();
    costs.push_back(all.count() / (kReadings - 1));
    for (std::size_t i = 1; i < kReadings; ++i) {
      const double step = std::chrono::duration<double>(readings[i] - readings[i - 1]).count();
      if (step > 0 && (timer.step == 0 || step < timer.step)) timer.step = step;
    }
  }
  timer.cost = spread_of(std::move(costs)).median;
  return timer;
}

}  // namespace logigrad::doctor
