// See picture.hpp.
#include "tools/logigrad/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace logigrad::program {
namespace {

// Blue and orange of Okabe and Ito, told apart by the colour-blind; the shapes differ as well.
constexpr const char* kPlots =
    "plot '-' with points pt 7 ps 0.7 lc rgb '#400072b2' title 'y = +1', \\\n"
    "'-' with points pt 9 ps 0.9 lc rgb '#40d55e00' title 'y = -1', \\\n"
    "'-' with lines lw 1.5 dt 2 lc rgb '#777777' title 'w.x + b = 0 at the start', \\\n"
    "'-' with lines lw 2 lc rgb '#000000' title 'and at the end'\n";

// Both axes go from -reach to reach.
int reach_of(const std::vector<Point>& points) {
  double reach = 1;
  for (const Point& p : points) reach = std::max({reach, std::abs(p.x), std::abs(p.y)});
  return static_cast<int>(std::ceil(reach + 0.1));
}

std::string data_of(const std::vector<Point>& points, bool positive) {
  std::string text;
  for (const Point& p : points) {
    if (p.positive == positive)
      fmt::format_to(std::back_inserter(text), "{:.4f} {:.4f}\n", p.x, p.y);
  }
  return text + "e\n";
}

// From far outside to far outside: gnuplot cuts it at the frame. Without a direction there is none.
std::string data_of(const Line& line, double far) {
  const double length = std::hypot(line.w_x, line.w_y);
  if (!(length > 0)) return "e\n";
  const double u_x = line.w_x / length, u_y = line.w_y / length, distance = -line.b / length;
  return fmt::format("{:.6g} {:.6g}\n{:.6g} {:.6g}\ne\n", distance * u_x - far * u_y,
                     distance * u_y + far * u_x, distance * u_x + far * u_y,
                     distance * u_y - far * u_x);
}

}  // namespace

std::string picture_script(const std::vector<Point>& points, const Line& before, const Line& after,
                           const std::string& caption) {
  const int reach = reach_of(points);
  return fmt::format(
             "set terminal svg size 640,680 font 'sans-serif,13' background 'white'\n"
             "set encoding utf8\nset title '{0}' noenhanced\n"
             "set size ratio -1\nset clip two\nset xrange [-{1}:{1}]\nset yrange [-{1}:{1}]\n"
             "set xtics 1\nset ytics 1\nset xlabel 'x1'\nset ylabel 'x2'\n"
             "set grid lc rgb '#e4e4e4' lt 1\nset zeroaxis lc rgb '#888888' lt 1\n"
             "set key below Left reverse samplen 3 noenhanced\n",
             caption, reach) +
         kPlots + data_of(points, true) + data_of(points, false) + data_of(before, 4.0 * reach) +
         data_of(after, 4.0 * reach);
}

}  // namespace logigrad::program
