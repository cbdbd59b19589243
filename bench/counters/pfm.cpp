// See counters.hpp. The events are perf_event_open()'s, their encodings libpfm's.
#include <fmt/format.h>
#include <linux/perf_event.h>
#include <omp.h>
#include <perfmon/pfmlib_perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "bench/counters/counters.hpp"
#include "tools/dataset/input_error.hpp"

namespace logigrad::bench {
namespace {

// The event for user code, switched off; libpfm's names may bring modifiers (cycles:k).
perf_event_attr attribute_of(const std::string& event) {
  static const int initialized = pfm_initialize();
  if (initialized != PFM_SUCCESS)
    throw InputError(fmt::format("--counters: libpfm: {}", pfm_strerror(initialized)));
  perf_event_attr attribute{};
  attribute.size = sizeof attribute;
  pfm_perf_encode_arg_t encoding{};
  encoding.attr = &attribute;
  encoding.size = sizeof encoding;
  const int result =
      pfm_get_os_event_encoding(event.c_str(), PFM_PLM3, PFM_OS_PERF_EVENT, &encoding);
  if (result != PFM_SUCCESS)
    throw InputError(
        fmt::format("--counters: '{}': {}, expected a name that libpfm knows on this "
                    "CPU (cycles, instructions, PERF_COUNT_SW_PAGE_FAULTS)",
                    event, pfm_strerror(result)));
  attribute.disabled = 1;
  attribute.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  return attribute;
}

std::string refusal(const std::string& event, int error) {
  std::string hint;
  if (error == EACCES || error == EPERM)
    hint = "; it needs /proc/sys/kernel/perf_event_paranoid of 2 or less, or CAP_PERFMON";
  if (error == ENOENT || error == ENODEV || error == EOPNOTSUPP)
    hint = "; this CPU, or its hypervisor, has no such counter (logigrad doctor, line counters)";
  return fmt::format("--counters: '{}': the kernel refuses it: {}{}", event, std::strerror(error),
                     hint);
}

// One event of one thread, that which made it.
class Counter {
 public:
  explicit Counter(perf_event_attr attribute)
      : file_(static_cast<int>(syscall(SYS_perf_event_open, &attribute, 0, -1, -1, 0))),
        error_(file_ < 0 ? errno : 0) {}
  Counter(Counter&& other) noexcept : file_(other.file_), error_(other.error_) { other.file_ = -1; }
  ~Counter() {
    if (file_ >= 0) close(file_);
  }

  int error() const { return error_; }
  void enable() const { ioctl(file_, PERF_EVENT_IOC_ENABLE, 0); }
  void disable() const { ioctl(file_, PERF_EVENT_IOC_DISABLE, 0); }
  Reading read_now() const {
    Reading reading{};
    if (read(file_, &reading, sizeof reading) != sizeof reading)
      throw std::runtime_error(fmt::format("cannot be read: {}", std::strerror(errno)));
    return reading;
  }

 private:
  int file_, error_;
};

// [thread][event]
using Team = std::vector<std::vector<Counter>>;

Team open_in_team(const std::vector<perf_event_attr>& attributes, int threads) {
  Team team(static_cast<std::size_t>(threads));
#pragma omp parallel num_threads(threads)
  {
    auto& mine = team[static_cast<std::size_t>(omp_get_thread_num())];
    mine.reserve(attributes.size());
    for (const perf_event_attr& attribute : attributes) mine.emplace_back(attribute);
  }
  return team;
}

EventCount sum_of(const std::string& event, const Team& team, std::size_t index) {
  EventCount sum{event, 0, 0, 0, 1};
  double enabled = 0, running = 0;
  bool first = true;
  for (const auto& counters : team) {
    if (counters.empty()) continue;  // OpenMP gave fewer threads than were asked for
    try {
      const Reading reading = counters[index].read_now();
      const double count = scaled(reading);
      sum.count += count;
      sum.most = first ? count : std::max(sum.most, count);
      sum.least = first ? count : std::min(sum.least, count);
      enabled += static_cast<double>(reading.enabled);
      running += static_cast<double>(reading.running);
      first = false;
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(fmt::format("--counters: '{}' {}", event, error.what()));
    }
  }
  if (enabled > 0) sum.time_fraction = std::min(1.0, running / enabled);
  return sum;
}

}  // namespace

std::vector<EventCount> count_events(const std::vector<std::string>& events, int threads,
                                     const std::function<void()>& run) {
  std::vector<perf_event_attr> attributes;
  for (const std::string& event : events) attributes.push_back(attribute_of(event));
  const Team team = open_in_team(attributes, std::max(threads, 1));
  const auto for_each_counter = [&](const auto& f) {
    for (const auto& counters : team) {
      for (std::size_t e = 0; e < counters.size(); ++e) f(counters[e], events[e]);
    }
  };
  for_each_counter([](const Counter& counter, const std::string& event) {
    if (counter.error() != 0) throw InputError(refusal(event, counter.error()));
  });
  for_each_counter([](const Counter& counter, const std::string&) { counter.enable(); });
  run();
  for_each_counter([](const Counter& counter, const std::string&) { counter.disable(); });
  std::vector<EventCount> counts;
  for (std::size_t e = 0; e < events.size(); ++e) counts.push_back(sum_of(events[e], team, e));
  return counts;
}

void check_events(const std::vector<std::string>& events) {
  for (const std::string& event : events) {
    const Counter counter(attribute_of(event));
    if (counter.error() != 0) throw InputError(refusal(event, counter.error()));
  }
}

}  // namespace logigrad::bench
