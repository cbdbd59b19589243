// Time over N D and over D, accuracy, scaling; see charts.hpp.
#include "tools/report/charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace logigrad::report {
namespace {

constexpr const char* kElementTime = "ns per element of X";

double element_nanoseconds(const Row& row) { return 1e9 * row.seconds() / row.elements(); }

// "64 KiB", "1 MiB"
std::string size_text(double bytes) {
  return bytes >= 1 << 20 ? fmt::format("{:g} MiB", bytes / (1 << 20))
                          : fmt::format("{:g} KiB", bytes / (1 << 10));
}

// A curve of a scene's part: its time per element over x.
struct Part {
  std::string name, role;
  std::function<std::optional<RowIndex>(const Scene&)> find;
};

const std::vector<Part>& parts() {
  static const std::vector<Part> kParts = {
      {"auto", "auto", [](const Scene& s) { return s.automatic; }},
      {"best peer", "best peer", [](const Scene& s) { return s.best_peer; }},
      {"limit", "limit", [](const Scene& s) { return s.limit; }}};
  return kParts;
}

using Scenes = std::vector<std::pair<SceneKey, Scene>>;

// The scenes of a chart, by type and number of threads, each of them a curve for each part; x is of
// a row. Of several scenes with the same x the first counts.
void add_curves(const Run& run, const Scenes& scenes, const std::function<double(const Row&)>& x,
                Chart& chart) {
  std::map<std::pair<Dtype, int>, Scenes> groups;
  for (const auto& scene : scenes)
    groups[{std::get<Dtype>(scene.first), std::get<int>(scene.first)}].push_back(scene);
  for (const auto& [group, members] : groups) {
    for (const Part& part : parts()) {
      std::map<double, Point> points;
      for (const auto& [key, scene] : members) {
        if (const std::optional<RowIndex> index = part.find(scene)) {
          const Row& row = run.rows[*index];
          points.emplace(x(row), Point{x(row), element_nanoseconds(row), index});
        }
      }
      if (points.empty()) continue;
      const std::string threads = group.second == 0 ? "default" : std::to_string(group.second);
      Series series{fmt::format("{}, {}, threads: {}", part.name, name_of(group.first), threads),
                    part.role,
                    true,
                    group.first,
                    group.second,
                    {}};
      for (const auto& [at, point] : points) series.points.push_back(point);
      chart.series.push_back(std::move(series));
    }
  }
}

// `at` of a cache's bytes and an element's.
void add_marks(const Run& run, const std::function<double(double, double)>& at, Chart& chart) {
  for (const Level level : {Level::kL1, Level::kL2, Level::kL3}) {
    const double bytes = run.caches.bytes[static_cast<std::size_t>(level)];
    if (bytes == 0) continue;
    for (const Dtype dtype : {Dtype::kF32, Dtype::kF64})
      chart.marks.push_back({fmt::format("{}, {}", name_of(level), size_text(bytes)),
                             at(bytes, dtype == Dtype::kF32 ? 4 : 8), dtype});
  }
}

bool is_of_sweep(const Run& run, const Scene& scene) {
  const auto any = scene.automatic ? scene.automatic : scene.limit;
  return any && run.rows[*any].sweep;
}

std::vector<Chart> over_nd(const Run& run) {
  std::map<std::size_t, Scenes> columns;
  std::map<std::size_t, std::set<std::size_t>> sizes;
  for (const auto& [key, scene] : run.scenes) {
    if (is_of_sweep(run, scene)) continue;
    columns[std::get<2>(key)].push_back({key, scene});
    sizes[std::get<2>(key)].insert(std::get<1>(key));
  }
  std::vector<Chart> charts;
  Chart chart{
      "over_nd",
      "Time per element over N D",
      "The vertical lines are where X has the size of a cache.",
      fmt::format("This result has no D with {} sizes N or more: logigrad_bench --full has.",
                  kFewestSizes),
      {"N D, elements of X", true},
      {kElementTime, true},
      {},
      {}};
  for (const auto& [cols, scenes] : columns) {
    if (sizes[cols].size() < kFewestSizes) continue;
    Chart panel = chart;
    panel.id = fmt::format("over_nd_{}", cols);
    panel.title = fmt::format("Time per element over N D, D = {}", cols);
    add_curves(
        run, scenes, [](const Row& row) { return row.elements(); }, panel);
    add_marks(
        run, [](double cache, double element) { return cache / element; }, panel);
    charts.push_back(std::move(panel));
  }
  if (charts.empty()) charts.push_back(chart);
  return charts;
}

double columns_of(const Row& row) { return static_cast<double>(row.name().cols); }

Chart over_d_chart(const Run& run, const std::string& id, const std::string& where,
                   const std::string& empty, const std::function<bool(const Scene&)>& chosen) {
  Chart chart{id,
              "Time per element over D, " + where,
              "A vertical line is where w and dw together have the size of a cache.",
              empty,
              {"D, columns of X", true},
              {kElementTime, true},
              {},
              {}};
  Scenes scenes;
  for (const auto& [key, scene] : run.scenes) {
    if (chosen(scene)) scenes.push_back({key, scene});
  }
  add_curves(run, scenes, columns_of, chart);
  add_marks(
      run, [](double cache, double element) { return cache / (2 * element); }, chart);
  return chart;
}

Chart over_d_memory(const Run& run) {
  const double last = run.caches.bytes[2];
  return over_d_chart(
      run, "over_d_memory", "X in memory",
      "This result has no X of twice the last-level cache: logigrad_bench --full has.",
      [&](const Scene& scene) {
        const auto any = scene.automatic ? scene.automatic : scene.limit;
        return last > 0 && any && !run.rows[*any].sweep && run.rows[*any].cost.bytes >= 2 * last;
      });
}

Chart accuracy(const Run& run) {
  Chart chart{
      "accuracy",
      "Accuracy against speed",
      "The largest error as a fraction of the a-priori bound, above 1 a wrong answer, over the "
      "time: down and to the left is better. An error of 0 is drawn at 1e-6.",
      "This result has no errors: they are recorded of kernels and peers.",
      {kElementTime, true},
      {"error / bound", true},
      {},
      {}};
  constexpr double kLowest = 1e-6;
  for (const Role role : {Role::kPeer, Role::kBody, Role::kBestPeer, Role::kAuto}) {
    Series series{std::string(name_of(role)), std::string(name_of(role)), false, {}, {}, {}};
    for (RowIndex i = 0; i < run.rows.size(); ++i) {
      const Row& row = run.rows[i];
      const std::optional<double> error = row.counter("error_of_bound");
      if (row.role == role && row.timed() && error)
        series.points.push_back({element_nanoseconds(row), std::max(*error, kLowest), i});
    }
    if (!series.points.empty()) chart.series.push_back(std::move(series));
  }
  return chart;
}

// The speed-up of a part over itself with one thread, over the bytes of X and y.
void add_scaling(const Run& run, const Part& part, Chart& chart) {
  std::map<std::pair<Dtype, int>, Series> all;
  for (const auto& [key, scene] : run.scenes) {
    SceneKey serial_key = key;
    std::get<int>(serial_key) = 1;
    const auto serial = run.scenes.find(serial_key);
    const std::optional<RowIndex> index = part.find(scene);
    if (std::get<int>(key) == 1 || !index || serial == run.scenes.end()) continue;
    const std::optional<RowIndex> one = part.find(serial->second);
    if (!one) continue;
    const int threads = std::get<int>(key);
    Series& series = all[{std::get<Dtype>(key), threads}];
    const Row& row = run.rows[*index];
    series.points.push_back({row.cost.bytes, run.rows[*one].seconds() / row.seconds(), index});
  }
  for (auto& [key, series] : all) {
    const auto [dtype, threads] = key;
    series.name = fmt::format("{}, {}, threads: {}", part.name, name_of(dtype),
                              threads == 0 ? "default" : std::to_string(threads));
    series.role = threads == 0 ? "default threads" : part.role;
    series.line = false;
    series.dtype = dtype;
    chart.series.push_back(std::move(series));
  }
}

Chart scaling(const Run& run) {
  Chart chart{
      "scaling",
      "Thread scaling",
      "How many times faster than with one thread; of the limit, the fastest read. Shapes with "
      "fewer chunks than threads are not timed with them. The vertical lines are the caches.",
      "This result has no benchmark with more threads than one.",
      {"bytes of X and y", true},
      {"speed-up over 1 thread", false},
      {},
      {}};
  const Part read{"best read limit", "limit", [](const Scene& s) { return s.best_read; }};
  for (const Part& part : {parts()[0], parts()[1], read}) add_scaling(run, part, chart);
  add_marks(
      run, [](double cache, double) { return cache; }, chart);
  return chart;
}

}  // namespace

bool Chart::has_points() const {
  return std::any_of(series.begin(), series.end(),
                     [](const Series& s) { return !s.points.empty(); });
}

std::vector<Chart> charts_of(const Run& run) {
  std::vector<Chart> charts = {roofline(run)};
  for (Chart& chart : over_nd(run)) charts.push_back(std::move(chart));
  charts.push_back(over_d_chart(run, "over_d", "X in a cache",
                                "This result has no sweep over D: logigrad_bench --full has.",
                                [&](const Scene& scene) { return is_of_sweep(run, scene); }));
  charts.push_back(over_d_memory(run));
  charts.push_back(accuracy(run));
  charts.push_back(scaling(run));
  return charts;
}

}  // namespace logigrad::report
