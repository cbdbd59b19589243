// See memory.hpp.
#include "tools/dataset/memory.hpp"

#include <fmt/format.h>

#include "tools/machine/memory.hpp"

namespace logigrad::dataset {

std::string size_in_words(double bytes) {
  constexpr double kMib = 1024.0 * 1024.0, kGib = 1024.0 * kMib;
  return bytes < kGib ? fmt::format("{:.1f} MiB", bytes / kMib)
                      : fmt::format("{:.1f} GiB", bytes / kGib);
}

std::string memory_shortage(std::size_t rows, std::size_t cols) {
  // In double, because the product may be beyond 64 bits.
  const double needed = sizeof(double) * static_cast<double>(rows) * static_cast<double>(cols);
  const double available = static_cast<double>(available_memory());
  if (available == 0 || needed <= available) return "";
  return fmt::format("needs {} x {} doubles = {}, expected at most the {} that are available", rows,
                     cols, size_in_words(needed), size_in_words(available));
}

std::uint64_t half_of_memory() {
  const std::uint64_t available = available_memory();
  return available == 0 ? UINT64_MAX : available / 2;
}

}  // namespace logigrad::dataset
