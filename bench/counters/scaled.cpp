// The part of counters.hpp that needs no libpfm.
#include <stdexcept>

#include "bench/counters/counters.hpp"

namespace logigrad::bench {

double scaled(const Reading& reading) {
  if (reading.enabled == 0) return 0;
  if (reading.running == 0) throw std::runtime_error("was enabled, but never counted");
  const double value = static_cast<double>(reading.value);
  if (reading.running >= reading.enabled) return value;
  return value * (static_cast<double>(reading.enabled) / static_cast<double>(reading.running));
}

}  // namespace logigrad::bench
