// See holm.hpp.
#include "tools/stats/holm.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace logigrad::stats {

std::vector<double> holm(const std::vector<double>& p) {
  if (!std::all_of(p.begin(), p.end(), [](double value) { return value >= 0 && value <= 1; }))
    throw std::invalid_argument("found a p-value outside [0, 1]");
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&p](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double largest = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    largest = std::max(largest, static_cast<double>(p.size() - k) * p[order[k]]);
    adjusted[order[k]] = std::min(1.0, largest);
  }
  return adjusted;
}

}  // namespace logigrad::stats
