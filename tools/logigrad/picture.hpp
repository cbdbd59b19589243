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

// A complete SVG document, 640 pixels square and more below for the legend. Both axes have one
// scale, so that the lines have their true angle. `caption` and the axes' range are the only text
// that depends on the arguments; `caption` must be plain ASCII without markup.
std::string draw(const std::vector<Point>& points, const Line& before, const Line& after,
                 const std::string& caption);

}  // namespace logigrad::program
