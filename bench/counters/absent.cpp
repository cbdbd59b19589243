// In the place of pfm.cpp where libpfm is absent.
#include "bench/counters/counters.hpp"
#include "tools/dataset/input_error.hpp"

namespace logigrad::bench {

void check_events(const std::vector<std::string>& events) {
  if (events.empty()) return;
  throw InputError(
      "--counters: this was built without libpfm; tools/setup.sh --with-counters --build release "
      "installs it and builds again");
}

std::vector<EventCount> count_events(const std::vector<std::string>& events, int,
                                     const std::function<void()>& run) {
  check_events(events);
  run();
  return {};
}

}  // namespace logigrad::bench
