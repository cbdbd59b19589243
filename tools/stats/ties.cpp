// See ties.hpp.
#include "tools/stats/ties.hpp"

#include <algorithm>

namespace logigrad::stats {

std::vector<std::size_t> ties_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::vector<std::size_t> sizes;
  for (auto at = values.begin(); at != values.end();) {
    const auto next = std::upper_bound(at, values.end(), *at);
    sizes.push_back(static_cast<std::size_t>(next - at));
    at = next;
  }
  return sizes;
}

std::vector<std::size_t> doubled_midranks(const std::vector<std::size_t>& ties) {
  std::vector<std::size_t> ranks;
  for (const std::size_t size : ties) {
    const std::size_t before = ranks.size();
    ranks.insert(ranks.end(), size, 2 * before + size + 1);
  }
  return ranks;
}

}  // namespace logigrad::stats
