// See blocks.hpp.
#include "tools/gate/blocks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace logigrad::gate {
namespace {

// The logarithm of the geometric mean of the program's runs.
double mean_logarithm(const std::vector<std::size_t>& order, const std::vector<double>& seconds,
                      std::size_t program) {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (order[i] != program) continue;
    if (!(std::isfinite(seconds[i]) && seconds[i] > 0))
      throw std::invalid_argument("found a time that is not above 0");
    sum += std::log(seconds[i]);
    ++count;
  }
  if (count == 0) throw std::invalid_argument("found no run of a program in a block");
  return sum / count;
}

}  // namespace

std::vector<std::size_t> block_order(std::size_t programs, std::mt19937_64& random) {
  std::vector<std::size_t> order(programs);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), random);
  const std::vector<std::size_t> mirrored(order.rbegin(), order.rend());
  order.insert(order.end(), mirrored.begin(), mirrored.end());
  return order;
}

double log_ratio(const std::vector<std::size_t>& order, const std::vector<double>& seconds,
                 std::size_t program, std::size_t other) {
  if (order.size() != seconds.size())
    throw std::invalid_argument("found another number of times than of runs in a block");
  return mean_logarithm(order, seconds, program) - mean_logarithm(order, seconds, other);
}

}  // namespace logigrad::gate
