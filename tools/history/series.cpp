// See series.hpp.
#include "tools/history/series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "tools/dataset/input_error.hpp"
#include "tools/results/document.hpp"
#include "tools/stats/change_points.hpp"
#include "tools/stats/sample.hpp"

namespace logigrad::history {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> results_in(const fs::path& directory) {
  std::vector<fs::path> paths;
  std::error_code ignored;  // no directory: no paths
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const fs::path extension = entry.path().extension();
    if (entry.is_regular_file() && (extension == ".json" || extension == ".html"))
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// The files that hold results of that machine, if `results` is a directory; else the page itself.
std::vector<fs::path> files_of(const fs::path& results, const std::string& machine) {
  std::error_code ignored;
  if (fs::is_directory(results, ignored)) return results_in(results / machine);
  return {results};
}

// A page beside the results that it was made of holds them a second time.
void add_run(std::vector<Run>& runs, NamedResult&& loaded, const Origin& origin) {
  const auto is_it = [&](const Run& run) { return run.result == loaded.result; };
  if (std::any_of(runs.begin(), runs.end(), is_it)) return;
  runs.push_back({loaded.path, origin, std::move(loaded.result)});
}

std::vector<std::string> machines_of_page(const fs::path& page) {
  std::set<std::string> keys;
  for (const auto& [path, result] : load_results(page))
    keys.insert(origin_of(path, result).machine_key);
  return {keys.begin(), keys.end()};
}

void find_changes(Series& series) {
  std::vector<double> logs;
  for (const Point& point : series.points) logs.push_back(std::log(point.seconds));
  stats::Levels levels = stats::levels(logs, std::log1p(kLeastNoise));
  series.changes = std::move(levels.begins);
  series.unsure = levels.unsure;
}

// Seconds of "2026-11-26T12:56:10+01:00" since 1970, the least there is for what is no such date.
std::time_t time_of(const std::string& date) {
  std::tm time = {};
  const char* const rest = strptime(date.c_str(), "%Y-%m-%dT%H:%M:%S%z", &time);
  if (rest == nullptr || *rest != '\0') return std::numeric_limits<std::time_t>::min();
  const long offset = time.tm_gmtoff;  // timegm() takes it for 0, and overwrites it
  return timegm(&time) - offset;
}

}  // namespace

double Series::level(std::size_t i) const {
  const auto begin_of = [this](std::size_t of) {
    if (of == 0) return std::size_t{0};
    return of > changes.size() + 1 ? points.size() : of > changes.size() ? unsure : changes[of - 1];
  };
  const std::size_t begin = begin_of(i), end = begin_of(i + 1);
  std::vector<double> seconds;
  for (std::size_t p = begin; p < end; ++p) seconds.push_back(points[p].seconds);
  return stats::median(seconds);
}

std::vector<Run> load_runs(const fs::path& results, const std::string& machine) {
  std::vector<Run> runs;
  for (const fs::path& path : files_of(results, machine)) {
    for (NamedResult& loaded : load_results(path)) {
      const Origin origin = origin_of(loaded.path, loaded.result);
      // A directory is of one machine, a page need not be.
      if (path.extension() == ".json" || origin.machine_key == machine)
        add_run(runs, std::move(loaded), origin);
    }
  }
  if (runs.empty())
    throw InputError(
        fmt::format("{}: found no results of {}, expected some", results.string(), machine));
  std::stable_sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) {
    return time_of(a.origin.date) < time_of(b.origin.date);
  });
  return runs;
}

std::vector<std::string> machines(const fs::path& results) {
  std::error_code ignored;
  if (fs::is_regular_file(source_of(results.string()).file, ignored))
    return machines_of_page(results);
  if (!fs::is_directory(results, ignored))
    throw InputError(
        fmt::format("{}: found no directory, expected one with results", results.string()));
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
      if (is_new) all.push_back({name, {}, {}, 0});
      all[at->second].points.push_back({run, measurement.seconds});
    }
  }
  for (Series& series : all) find_changes(series);
  return all;
}

}  // namespace logigrad::history
