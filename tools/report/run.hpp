// A result as the report shows it: each benchmark with what it costs by the model, the part that it
// has on its shape (auto, the best peer, the limit), and the cache that holds its data.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "logigrad/cost_model.hpp"
#include "tools/results/result.hpp"

namespace logigrad::report {

// The limit is the one that takes longer of the fastest read and the arithmetic (limits.hpp).
enum class Role { kAuto, kBestPeer, kLimit, kBody, kPeer, kOtherLimit };
std::string_view name_of(Role role);  // "auto", "best peer", "limit", "body", "peer", "other limit"

enum class Level { kL1, kL2, kL3, kMemory, kUnknown };
std::string_view name_of(Level level);  // "L1d", ..., "memory", "unknown level"

struct Caches {
  std::array<double, 3> bytes = {};  // L1d, L2, L3; of one instance, 0: unknown

  // The first that holds `bytes`, of which each of the threads has its share: L1d and L2 are a
  // core's own. kUnknown if a cache of unknown size could.
  Level holding(double bytes, int threads) const;
};

struct Row {
  Measurement measurement;
  Cost cost;  // of one evaluation
  Role role;
  Level level;         // of X and y
  bool sweep = false;  // one of many D that were timed in turn

  const CaseName& name() const { return measurement.name; }
  bool timed() const { return measurement.failure.empty(); }
  double seconds() const { return measurement.seconds; }
  // X, whatever its type: what times of different shapes are divided by.
  double elements() const { return cost.flops / 4; }
  double bytes_per_second() const { return cost.bytes / seconds(); }
  double flops_per_second() const { return cost.flops / seconds(); }
  std::optional<double> counter(const std::string& key) const;
  std::string shape() const;   // "4096x28", with its name behind it if it has another
  std::string picked() const;  // by auto: "narrow/avx512/f32"; empty if it is not said
};

using RowIndex = std::size_t;

// What was timed on a shape with so many threads; without a gap behind the rows of X.
struct Scene {
  std::optional<RowIndex> automatic, best_peer, best_read, arithmetic, limit;
};

// Of shape and threads; a result has each name once, and so a scene of each key.
using SceneKey = std::tuple<Dtype, std::size_t, std::size_t, int>;  // rows, cols, threads
SceneKey scene_of(const CaseName& name);

struct Run {
  std::string title;  // the machine; with revision and date where the report has several of it
  Origin origin;
  std::map<std::string, std::string> context;  // without the prefix of its keys
  Caches caches;
  std::vector<Row> rows;  // in the order of the file
  std::map<SceneKey, Scene> scenes;

  bool interrupted() const { return context.count("interrupted") > 0; }
  std::string value(const std::string& key) const;  // "unknown" if it is not there
};

// Throws InputError as origin_of() does.
std::vector<Run> make_runs(const std::vector<NamedResult>& results);

}  // namespace logigrad::report
