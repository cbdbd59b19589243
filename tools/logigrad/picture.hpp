// The picture of the demo: points of two classes in the plane and the lines between them.
#pragma once

#include <string>
#include <vector>

namespace logigrad::program {

struct Point {
  double x, y;
  bool positive;
};

// The points where w_x x + w_y y + b = 0.
struct Line {
  double w_x, w_y, b;
};

// A script for gnuplot (report::draw), which writes SVG. Both axes have one scale, so that the
// lines have their true angle. `caption` must be plain ASCII without quotes.
std::string picture_script(const std::vector<Point>& points, const Line& before, const Line& after,
                           const std::string& caption);

}  // namespace logigrad::program
