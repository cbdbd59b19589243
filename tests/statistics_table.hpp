// What scipy says of made-up samples (tests/data/statistics.json, made by tests/stats_table.py).
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

namespace logigrad::stats {

using Json = nlohmann::json;
using Values = std::vector<double>;

inline const double kInfinity = std::numeric_limits<double>::infinity();
inline const double kNaN = std::numeric_limits<double>::quiet_NaN();

inline Json table() {
  std::ifstream file(LOGIGRAD_SOURCE_DIR "/tests/data/statistics.json");
  return Json::parse(file);
}

// Relatively; of a p-value the last digits are rounding on both sides.
inline void expect_close(double got, double want, const Json& of) {
  EXPECT_NEAR(got, want, 1e-11 * std::abs(want)) << of.dump().substr(0, 300);
}

}  // namespace logigrad::stats
