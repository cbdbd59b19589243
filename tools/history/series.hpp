// What a machine measured over time: for each benchmark a series, one value a run, with the runs at
// which its level changed. A run is one process, so its value is one observation: the median.
#pragma once

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "tools/results/result.hpp"

namespace logigrad::history {

// One kept result.
struct Run {
  std::string path;
  Origin origin;
  Result result;
};

struct Point {
  std::size_t run;  // index
  double seconds;
};

struct Series {
  std::string name;
  std::vector<Point> points;         // of the runs that have a time of it, in their order
  std::vector<std::size_t> changes;  // indices of points at which a new level begins
  std::size_t unsure = 0;            // of the newest points too few to be a level, which look like
                                     //   one, the first; points.size() if there are none

  // The median of the level that begins with changes[i - 1], the first one's of 0; that of the
  // points from `unsure` on if i is changes.size() + 1.
  double level(std::size_t i) const;
};

// Smaller changes than this ratio - 1 are noise, however quiet a series is.
inline constexpr double kLeastNoise = 0.005;

// The results of one machine: of results/MACHINE/*.json and the pages of logigrad report there; or,
// if `results` is such a page, those in it. In the order of their dates, those without one first,
// and else in that of the names. What comes twice counts once. Throws InputError if there is none,
// or for what is no result.
std::vector<Run> load_runs(const std::filesystem::path& results, const std::string& machine);

// The machines, by their keys, that have a directory with results in `results`, or results in the
// page `results`.
std::vector<std::string> machines(const std::filesystem::path& results);

// A series for each benchmark whose name `filter` finds, in the order in which they first come.
std::vector<Series> make_series(const std::vector<Run>& runs, const std::regex& filter);

}  // namespace logigrad::history
