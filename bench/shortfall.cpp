// See shortfall.hpp.
#include "bench/shortfall.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace logigrad::bench {
namespace {

struct GroupCount {
  std::size_t measured = 0, rounds = 0;

  GroupCount(const Group& group, const Results& results) {
    for (const Case& c : group.cases) {
      const auto found = results.find(c.name);
      if (found == results.end()) continue;
      ++measured;
      rounds = std::max(rounds, found->second.times.seconds.size());
    }
  }
};

// "4096x28 f32", "60000x1 ... 3750x16 f32"
std::string name_of_group(const Group& group) {
  const auto size = [&](const BenchShape& shape) {
    return fmt::format("{}x{}", shape.rows_of(group.dtype), shape.cols);
  };
  std::string text = size(group.shapes.front());
  if (group.shapes.size() > 1) text += " ... " + size(group.shapes.back());
  return fmt::format("{} {}", text, name_of(group.dtype));
}

// "a, b, c and 7 more": a full run has a hundred groups.
std::string listed(std::vector<std::string> names) {
  constexpr std::size_t kMost = 8;
  const std::size_t more = names.size() > kMost ? names.size() - kMost : 0;
  names.resize(names.size() - more);
  return fmt::format("{}{}", fmt::join(names, ", "), more ? fmt::format(" and {} more", more) : "");
}

}  // namespace

std::vector<std::string> describe_shortfall(const std::vector<Group>& groups,
                                            const Results& results, const std::string& signal) {
  std::size_t cases = 0, measured = 0;
  std::vector<std::string> missing, lines(1);
  for (const Group& group : groups) {
    const GroupCount count(group, results);
    const std::size_t all = group.cases.size();
    cases += all;
    measured += count.measured;
    if (count.measured < all)
      missing.push_back(
          fmt::format("{} ({} of {})", name_of_group(group), all - count.measured, all));
    if (count.rounds > 0 && count.rounds < static_cast<std::size_t>(group.rounds))
      lines.push_back(fmt::format("fewer rounds: {}: {} of {}", name_of_group(group), count.rounds,
                                  group.rounds));
  }
  if (missing.empty() && lines.size() == 1) return {};
  lines[0] =
      fmt::format("interrupted by {}: {} of {} benchmarks were measured", signal, measured, cases);
  if (!missing.empty()) lines.push_back("not measured: " + listed(std::move(missing)));
  return lines;
}

}  // namespace logigrad::bench
