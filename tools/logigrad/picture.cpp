// A small SVG writer for one figure; see picture.hpp. Coordinates are printed to 1/100 pixel.
#include "tools/logigrad/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace logigrad::program {
namespace {

constexpr double kLeft = 60, kTop = 50, kSide = 540;  // the plot, pixels
constexpr double kBottom = kTop + kSide;
constexpr int kWidth = 640, kHeight = 680;
// Blue and orange of Okabe and Ito, told apart by the colour-blind; the shapes differ as well.
constexpr const char* kPositive = "#0072b2";
constexpr const char* kNegative = "#d55e00";

struct Scale {
  int reach;  // both axes go from -reach to reach
  double pixels(double value) const { return kSide * value / (2 * reach); }
  double x(double value) const { return kLeft + kSide / 2 + pixels(value); }
  double y(double value) const { return kTop + kSide / 2 - pixels(value); }
};

class Svg {
 public:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void add_axes(Svg& svg, const Scale& scale) {
  for (int tick = -scale.reach; tick <= scale.reach; ++tick) {
    const double x = scale.x(tick), y = scale.y(tick);
    const char* const colour = tick == 0 ? "#888" : "#e4e4e4";
    svg.add(R"(<path d="M{:.2f} {}V{}M{} {:.2f}H{}" stroke="{}"/>)", x, kTop, kBottom, kLeft, y,
            kLeft + kSide, colour);
    svg.add(R"(<text x="{:.2f}" y="{}" text-anchor="middle">{}</text>)", x, kBottom + 18, tick);
    svg.add(R"(<text x="{}" y="{:.2f}" text-anchor="end">{}</text>)", kLeft - 8, y + 4, tick);
  }
  svg.add(R"(<text x="{}" y="{:.2f}" text-anchor="middle">x1</text>)", kLeft + kSide + 16,
          scale.y(0) + 4);
  svg.add(R"(<text x="{:.2f}" y="{}" text-anchor="middle">x2</text>)", scale.x(0), kTop - 6);
  svg.add(R"(<rect x="{}" y="{}" width="{}" height="{}" fill="none" stroke="#444"/>)", kLeft, kTop,
          kSide, kSide);
}

void add_marker(Svg& svg, double x, double y, bool positive) {
  if (positive) {
    svg.add(R"(<circle cx="{:.2f}" cy="{:.2f}" r="4.5" fill="{}" fill-opacity="0.75"/>)", x, y,
            kPositive);
  } else {
    svg.add(R"(<path d="M{:.2f} {:.2f}l5 9h-10z" fill="{}" fill-opacity="0.75"/>)", x, y - 6,
            kNegative);
  }
}

// Drawn from far outside to far outside: the clip path cuts it at the frame.
void add_line(Svg& svg, const Scale& scale, const Line& line, const char* style) {
  const double length = std::hypot(line.w_x, line.w_y);
  if (!(length > 0)) return;  // no direction, no line
  const double u_x = line.w_x / length, u_y = line.w_y / length, distance = -line.b / length;
  const double far = 4 * scale.reach;
  svg.add(R"svg(<path d="M{:.2f} {:.2f}L{:.2f} {:.2f}" clip-path="url(#frame)" {}/>)svg",
          scale.x(distance * u_x - far * u_y), scale.y(distance * u_y + far * u_x),
          scale.x(distance * u_x + far * u_y), scale.y(distance * u_y - far * u_x), style);
}

constexpr const char* kStyleAfter = R"(stroke="#000" stroke-width="2")";
constexpr const char* kStyleBefore = R"(stroke="#777" stroke-width="1.5" stroke-dasharray="7 5")";

void add_legend(Svg& svg) {
  constexpr double y = kBottom + 50;
  add_marker(svg, kLeft + 10, y, true);
  svg.add(R"(<text x="{}" y="{}">y = +1</text>)", kLeft + 22, y + 4);
  add_marker(svg, kLeft + 100, y, false);
  svg.add(R"(<text x="{}" y="{}">y = -1</text>)", kLeft + 112, y + 4);
  svg.add(R"(<path d="M{} {}h30" {}/>)", kLeft + 190, y, kStyleBefore);
  svg.add(R"(<text x="{}" y="{}">w.x + b = 0 at the start</text>)", kLeft + 227, y + 4);
  svg.add(R"(<path d="M{} {}h30" {}/>)", kLeft + 400, y, kStyleAfter);
  svg.add(R"(<text x="{}" y="{}">and at the end</text>)", kLeft + 437, y + 4);
}

int reach_of(const std::vector<Point>& points) {
  double reach = 1;
  for (const Point& p : points) reach = std::max({reach, std::abs(p.x), std::abs(p.y)});
  return static_cast<int>(std::ceil(reach + 0.1));
}

}  // namespace

std::string draw(const std::vector<Point>& points, const Line& before, const Line& after,
                 const std::string& caption) {
  const Scale scale{reach_of(points)};
  Svg svg;
  svg.add(R"(<?xml version="1.0" encoding="UTF-8"?>)");
  svg.add(R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" )"
          R"(viewBox="0 0 {0} {1}" font-family="sans-serif" font-size="13">)",
          kWidth, kHeight);
  svg.add("<title>{}</title>", caption);
  svg.add(R"(<clipPath id="frame"><rect x="{}" y="{}" width="{}" height="{}"/></clipPath>)", kLeft,
          kTop, kSide, kSide);
  svg.add(R"(<rect width="{}" height="{}" fill="#fff"/>)", kWidth, kHeight);
  svg.add(R"(<text x="{}" y="24" text-anchor="middle" font-size="15">{}</text>)", kLeft + kSide / 2,
          caption);
  add_axes(svg, scale);
  for (const Point& p : points) add_marker(svg, scale.x(p.x), scale.y(p.y), p.positive);
  add_line(svg, scale, before, kStyleBefore);
  add_line(svg, scale, after, kStyleAfter);
  add_legend(svg);
  svg.add("</svg>");
  return svg.take();
}

}  // namespace logigrad::program
