// See run.hpp.
#include "tools/report/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tools/dataset/number.hpp"

namespace logigrad::report {
namespace {

constexpr std::string_view kPrefix = "logigrad_";

double cache_bytes(const Run& run, const std::string& key) {
  const auto number = dataset::parse_number(run.value(key));
  return number.kind == dataset::NumberKind::kFinite && number.value > 0 ? number.value : 0;
}

Role first_role(const CaseName& name) {
  if (name.quantity == "limit") return Role::kOtherLimit;
  if (name.quantity == "peer") return Role::kPeer;
  return name.body == "auto" ? Role::kAuto : Role::kBody;
}

bool is_plain(const CaseName& name) { return name.stride == name.cols; }

Row make_row(const Measurement& measurement, const Caches& caches) {
  const CaseName& name = measurement.name;
  const Cost cost = cost_of(name.rows, name.cols, name.dtype == Dtype::kF32 ? 4 : 8);
  return {measurement, cost, first_role(name),
          caches.holding(cost.bytes, std::max(name.threads, 1))};
}

void take_faster(const std::vector<Row>& rows, std::optional<RowIndex>& best, RowIndex row) {
  if (!best || rows[row].seconds() < rows[*best].seconds()) best = row;
}

void add_to_scene(const std::vector<Row>& rows, RowIndex index, Scene& scene) {
  const CaseName& name = rows[index].name();
  if (name.quantity == "peer") {
    take_faster(rows, scene.best_peer, index);
  } else if (name.quantity == "limit" && name.body.starts_with("read_")) {
    take_faster(rows, scene.best_read, index);
  } else if (name.quantity == "limit" && name.body == "loads_fmas") {
    scene.arithmetic = index;
  } else if (name.quantity == "gradient" && name.body == "auto") {
    scene.automatic = index;
  }
}

void finish(std::vector<Row>& rows, Scene& scene) {
  scene.limit = scene.best_read;
  if (!scene.limit ||
      (scene.arithmetic && rows[*scene.arithmetic].seconds() > rows[*scene.limit].seconds()))
    scene.limit = scene.arithmetic;
  if (scene.limit) rows[*scene.limit].role = Role::kLimit;
  if (scene.best_peer) rows[*scene.best_peer].role = Role::kBestPeer;
}

// A group in which several D were timed in turn is a part of a sweep (bench/full.hpp).
void mark_sweeps(std::vector<Row>& rows) {
  std::map<std::pair<double, Dtype>, std::set<std::size_t>> columns;
  const auto group_of = [](const Row& row) {
    return std::pair(row.counter("group").value_or(-1), row.name().dtype);
  };
  for (const Row& row : rows) columns[group_of(row)].insert(row.name().cols);
  for (Row& row : rows) {
    const auto group = group_of(row);
    row.sweep = group.first >= 0 && columns[group].size() > 1;
  }
}

Run make_run(const NamedResult& loaded) {
  Run run;
  run.origin = origin_of(loaded.path, loaded.result);
  for (const auto& [key, value] : loaded.result.context)
    run.context[key.starts_with(kPrefix) ? key.substr(kPrefix.size()) : key] = value;
  run.caches.bytes = {cache_bytes(run, "l1d_bytes"), cache_bytes(run, "l2_bytes"),
                      cache_bytes(run, "l3_bytes")};
  for (const Measurement& measurement : loaded.result.measurements)
    run.rows.push_back(make_row(measurement, run.caches));
  for (RowIndex i = 0; i < run.rows.size(); ++i) {
    const Row& row = run.rows[i];
    if (row.timed() && is_plain(row.name()))
      add_to_scene(run.rows, i, run.scenes[scene_of(row.name())]);
  }
  for (auto& [key, scene] : run.scenes) finish(run.rows, scene);
  mark_sweeps(run.rows);
  return run;
}

// As much of machine, revision and date as tells the runs apart; a number where nothing does.
void give_titles(std::vector<Run>& runs) {
  std::map<std::string, int> machines, revisions, all;
  const auto revision = [](const Run& run) {
    return fmt::format("{}, {}", run.origin.machine_key, run.origin.revision);
  };
  for (const Run& run : runs) ++machines[run.origin.machine_key], ++revisions[revision(run)];
  for (Run& run : runs) {
    run.title = machines[run.origin.machine_key] == 1 ? run.origin.machine_key : revision(run);
    if (revisions[revision(run)] > 1) run.title += ", " + run.origin.date;
    if (const int earlier = all[run.title]++; earlier > 0)
      run.title += fmt::format(" ({})", earlier + 1);
  }
}

}  // namespace

std::string_view name_of(Role role) {
  constexpr std::string_view kNames[] = {"auto", "best peer", "limit",
                                         "body", "peer",      "other limit"};
  return kNames[static_cast<std::size_t>(role)];
}

std::string_view name_of(Level level) {
  constexpr std::string_view kNames[] = {"L1d", "L2", "L3", "memory", "unknown level"};
  return kNames[static_cast<std::size_t>(level)];
}

Level Caches::holding(double size, int threads) const {
  for (const Level level : {Level::kL1, Level::kL2, Level::kL3}) {
    const double cache = bytes[static_cast<std::size_t>(level)];
    if (cache == 0) return Level::kUnknown;
    if (size <= cache * (level == Level::kL3 ? 1 : threads)) return level;
  }
  return Level::kMemory;
}

std::optional<double> Row::counter(const std::string& key) const {
  const auto found = measurement.counters.find(key);
  if (found == measurement.counters.end()) return std::nullopt;
  return found->second;
}

std::string Row::shape() const {
  const std::string size = fmt::format("{}x{}", name().rows, name().cols);
  const std::string label = measurement.label.substr(0, measurement.label.find(','));
  return label.empty() || label == size ? size : fmt::format("{} ({})", size, label);
}

std::string Row::picked() const {
  constexpr std::string_view kPicked = "picked ";
  const std::size_t at = measurement.label.find(kPicked);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + kPicked.size();
  return measurement.label.substr(begin, measurement.label.find(',', begin) - begin);
}

SceneKey scene_of(const CaseName& name) { return {name.dtype, name.rows, name.cols, name.threads}; }

std::string Run::value(const std::string& key) const {
  const auto found = context.find(key);
  return found == context.end() ? "unknown" : found->second;
}

std::vector<Run> make_runs(const std::vector<NamedResult>& results) {
  std::vector<Run> runs;
  std::transform(results.begin(), results.end(), std::back_inserter(runs), make_run);
  give_titles(runs);
  return runs;
}

}  // namespace logigrad::report
