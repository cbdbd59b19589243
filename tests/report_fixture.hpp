// Made-up machines whose factors are known: the report has to find them again.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/made_result.hpp"
#include "tools/report/factors.hpp"
#include "tools/report/run.hpp"

namespace logigrad {

// A machine by the factors of factors.hpp; its speed with any shape and threads is their product.
struct MadeMachine {
  std::string key;
  double clock;       // Hz
  double work;        // elements a cycle in cache
  double memory;      // of data that are not in L2
  double efficiency;  // of two threads
  double l2 = 1 << 20;

  // The time of an evaluation, in nanoseconds.
  double nanoseconds(std::size_t rows, std::size_t cols, int threads) const {
    const double elements = static_cast<double>(rows * cols);
    const bool cached = 4 * static_cast<double>(rows * (cols + 1)) <= report::kInCache * l2;
    const double speed = clock * work * (cached ? 1 : memory) * (threads == 2 ? 2 * efficiency : 1);
    return 1e9 * elements / speed;
  }

  // auto on sizes in L1, L2 and memory, at one thread and two, each up to 0.3 % off in an order
  // that depends on `seed`.
  MadeResult result(const std::string& isa = "avx2_fma", int seed = 0) const {
    MadeResult made;
    made.set("machine_key", key).set("clock_hz", fmt::format("{:.0f}", clock));
    made.set("l1d_bytes", "32768").set("l2_bytes", fmt::format("{:.0f}", l2));
    made.set("l3_bytes", "8388608");
    int count = seed;
    for (const std::size_t rows : {100u, 2000u, 5000u, 1000000u}) {
      for (const int threads : {1, 2}) {
        const double noise = 1 + 0.003 * (count++ % 3 - 1);
        made.add(fmt::format("gradient/auto/{}/f32/N:{}/D:28/threads:{}", isa, rows, threads), {},
                 noise * nanoseconds(rows, 28, threads));
      }
    }
    return made;
  }
};

inline std::vector<report::Run> runs_of(const std::vector<MadeResult>& results) {
  std::vector<NamedResult> named;
  for (const MadeResult& made : results)
    named.push_back({"FILE", parse_result("FILE", made.text())});
  return report::make_runs(named);
}

// The row of that name in the run.
inline const report::Row& row_of(const report::Run& run, const std::string& name) {
  const auto found = std::ranges::find_if(
      run.rows, [&](const report::Row& row) { return name_of(row.name()) == name; });
  if (found == run.rows.end()) throw std::out_of_range(name);
  return *found;
}

}  // namespace logigrad
