// See series.hpp.
#include "tools/history/series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tools/dataset/input_error.hpp"
#include "tools/stats/change_points.hpp"
#include "tools/stats/sample.hpp"

namespace logigrad::history {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> results_in(const fs::path& directory) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.is_regular_file() && entry.path().extension() == ".json")
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void require_directory(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored))
    throw InputError(
        fmt::format("{}: found no directory, expected one with results", path.string()));
}

std::vector<std::size_t> changes_of(const Series& series) {
  std::vector<double> logs;
  for (const Point& point : series.points) logs.push_back(std::log(point.seconds));
  return stats::change_points(logs, std::log1p(kLeastNoise));
}

}  // namespace

double Series::level(std::size_t i) const {
  const std::size_t begin = i == 0 ? 0 : changes.at(i - 1);
  const std::size_t end = i == changes.size() ? points.size() : changes[i];
  std::vector<double> seconds;
  for (std::size_t p = begin; p < end; ++p) seconds.push_back(points[p].seconds);
  return stats::median(seconds);
}

std::vector<Run> load_runs(const fs::path& directory) {
  require_directory(directory);
  std::vector<Run> runs;
  for (const fs::path& path : results_in(directory)) {
    Result result = load_result(path);
    const Origin origin = origin_of(path, result);
    runs.push_back({path, origin, std::move(result)});
  }
  if (runs.empty())
    throw InputError(fmt::format("{}: found no .json, expected results", directory.string()));
  return runs;
}

std::vector<std::string> machines(const fs::path& results) {
  require_directory(results);
  std::vector<std::string> keys;
  for (const auto& entry : fs::directory_iterator(results)) {
    if (entry.is_directory() && !results_in(entry.path()).empty())
      keys.push_back(entry.path().filename());
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::vector<Series> make_series(const std::vector<Run>& runs, const std::regex& filter) {
  std::vector<Series> all;
  std::map<std::string, std::size_t> index;
  for (std::size_t run = 0; run < runs.size(); ++run) {
    for (const Measurement& measurement : runs[run].result.measurements) {
      const std::string name = name_of(measurement.name);
      if (!measurement.failure.empty() || !std::regex_search(name, filter)) continue;
      const auto [at, is_new] = index.emplace(name, all.size());
      if (is_new) all.push_back({name, {}, {}});
      all[at->second].points.push_back({run, measurement.seconds});
    }
  }
  for (Series& series : all) series.changes = changes_of(series);
  return all;
}

}  // namespace logigrad::history
