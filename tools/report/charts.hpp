// The charts of a run as data: axes, series of points, and what each point is. Chart.js draws them
// on the page and gnuplot into files; neither computes anything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/report/run.hpp"

namespace logigrad::report {

struct Point {
  double x, y;
  std::optional<RowIndex> row;  // the benchmark that it is; none: an end of a roof
};

struct Series {
  std::string name;
  std::string role;  // its colour and symbol: name_of(Role), "default threads", "roof L2" ...
  bool line;         // or points alone
  std::optional<Dtype> dtype;  // of all of its points; none: each is of its row's type
  std::optional<int> threads;  // the same, 0: default
  std::vector<Point> points;
};

struct Axis {
  std::string label;  // with its unit
  bool logarithmic;
};

// Where the data have the size of a cache.
struct Mark {
  std::string name;
  double at;  // on the x axis
  Dtype dtype;
};

struct Chart {
  std::string id, title;
  std::string text;   // what it shows and how to read it
  std::string empty;  // said in its place if no series has a point
  Axis x, y;
  std::vector<Series> series;
  std::vector<Mark> marks;

  bool has_points() const;
};

// The fastest reading of X and y from a level, and the most arithmetic, with so many threads.
struct Roof {
  std::string name;  // "L2" ..., "loads and FMAs", "FMAs"
  bool arithmetic;
  Dtype dtype;
  int threads;
  double rate;   // bytes/s, or flop/s of arithmetic
  RowIndex row;  // that was so fast
};

// Of the limit/* benchmarks of the run. From a level reads a scene whose data fit into it, each
// thread's share if it is a core's own, and are at least twice the level before: between the two
// both serve. From memory: at least twice the last level. By type, threads and rate, reads first.
std::vector<Roof> roofs_of(const Run& run);

// roofline, time over N D for each D with at least kFewestSizes sizes, time over D, accuracy,
// scaling; each of them, also without points.
std::vector<Chart> charts_of(const Run& run);

inline constexpr std::size_t kFewestSizes = 6;

Chart roofline(const Run& run);  // a part of charts_of()

}  // namespace logigrad::report
