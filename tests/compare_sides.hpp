// Sides of made-up results, and their comparison: what the tests of tools/compare share.
#pragma once

#include <string>
#include <vector>

#include "tests/made_result.hpp"
#include "tools/compare/comparison.hpp"

namespace logigrad::compare {

inline const std::string kAuto = "gradient/auto/any/f32/N:4096/D:28";
inline const std::string kPanel = "gradient/panel/sse2/f32/N:4096/D:28";
inline const std::string kRead = "limit/read_1/sse2/f32/N:4096/D:28";
inline const std::string kEigen = "peer/eigen/any/f32/N:4096/D:28";

inline Side side(const MadeResult& made, const std::string& filter = "") {
  return make_side({{"FILE", parse_result("FILE", made.text())}}, std::regex(filter));
}

inline std::vector<Comparison> judged(const MadeResult& baseline, const MadeResult& candidate,
                                      const Settings& settings = {}) {
  std::vector<Comparison> comparisons = {match(side(baseline), side(candidate))};
  judge(comparisons, settings);
  return comparisons;
}

}  // namespace logigrad::compare
