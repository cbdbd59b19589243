// See gnuplot.hpp.
#include "tools/report/gnuplot.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iterator>
#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

namespace logigrad::report {
namespace {

// Okabe and Ito's colours, which all eyes tell apart; the symbols and dashes differ as well.
const std::map<std::string, std::string, std::less<>>& styles() {
  static const std::map<std::string, std::string, std::less<>> kStyles = {
      {"auto", "lw 2.5 pt 7 ps 0.5 lc rgb '#0072b2'"},
      {"best peer", "lw 1.5 pt 9 ps 0.6 lc rgb '#d55e00'"},
      {"limit", "lw 1.5 pt 5 ps 0.4 lc rgb '#000000'"},
      {"default threads", "lw 1.5 dt 2 pt 6 ps 0.5 lc rgb '#0072b2'"}};
  return kStyles;
}

// In double quotes gnuplot reads escapes, and in labels markup where it is not told to leave it.
std::string quoted(std::string text) {
  std::replace(text.begin(), text.end(), '"', '\'');
  std::replace(text.begin(), text.end(), '\\', '/');
  return '"' + text + '"';
}

std::string plain(std::string path) {
  for (std::size_t at = path.find('\''); at != std::string::npos; at = path.find('\'', at + 2))
    path.insert(at, 1, '\'');
  return "'" + path + "'";
}

struct Span {
  double low = 1e300, high = 0;
  void add(double value) { low = std::min(low, value), high = std::max(high, value); }
};

// The range and the ticks of an axis: 1, 2, 5, 10 ..., or 1, 10 ... where that were too many.
std::string axis(char name, const Axis& axis, const Span& span) {
  std::string text = fmt::format("set {}label {} noenhanced\n", name, quoted(axis.label));
  if (!axis.logarithmic) return text + fmt::format("set {}range [0:*]\n", name);
  const bool wide = span.high > 3e3 * span.low;
  std::vector<std::string> ticks;
  for (double decade = 1e-6; decade < 1e13; decade *= 10) {
    for (const int digit : {1, 2, 5}) {
      const double value = digit * decade;
      const bool shown = value > span.low / 1.25 && value < span.high * 1.25;
      if (shown && (digit == 1 || !wide)) ticks.push_back(fmt::format("{:.6g}", value));
    }
  }
  return text + fmt::format(
                    "set logscale {0}\nset {0}range [{1:.6g}:{2:.6g}]\nset {0}tics ({3})\n"
                    "set format {0} '{4}'\n",
                    name, span.low / 1.25, span.high * 1.25, fmt::join(ticks, ", "),
                    span.high >= 1e4 ? "%.0s%c" : "%g");
}

class Script {
 public:
  Script(const Run& run, const Chart& chart, Dtype dtype, int threads) : chart_(chart) {
    for (const Series& series : chart.series) {
      if (series.dtype.value_or(dtype) != dtype || series.threads.value_or(threads) != threads ||
          is_minor(series.role))
        continue;
      std::vector<Point> points;
      std::ranges::copy_if(series.points, std::back_inserter(points), [&](const Point& point) {
        if (series.dtype || !point.row) return true;
        const Row& row = run.rows[*point.row];
        return row.name().dtype == dtype && row.name().threads == threads && !row.sweep;
      });
      if (!points.empty()) add(series, points);
    }
    for (const Mark& mark : chart.marks) {
      if (mark.dtype == dtype && mark.at > x_.low && mark.at < x_.high) add(mark);
    }
  }

  std::string text() const {
    if (plots_.empty()) return "";
    return fmt::format(
        "set terminal svg size 900,480 font \"sans-serif,13\" background \"white\"\n"
        "set encoding utf8\nset grid lc rgb '#dddddd' lt 1\n"
        "set key outside right top Left reverse samplen 2 noenhanced\n"
        "set title {} noenhanced\n{}{}{}plot {}\n{}",
        quoted(chart_.title), axis('x', chart_.x, x_), axis('y', chart_.y, y_), marks_, plots_,
        data_);
  }

 private:
  static bool is_minor(const std::string& role) {
    return role == "body" || role == "peer" || role == "other limit";
  }

  void add(const Series& series, const std::vector<Point>& points) {
    const auto style = styles().find(series.role);
    const std::string look =
        series.role.starts_with("roof ")
            ? fmt::format("lines lw 1.5 dt {} lc rgb '#555555'", 1 + roofs_++ % 6)
            : fmt::format("{} {}", series.line ? "linespoints" : "points",
                          style == styles().end() ? "" : style->second);
    plots_ += fmt::format("{}'-' with {} title {}", plots_.empty() ? "" : ", ", look,
                          quoted(series.name));
    for (const Point& point : points) {
      fmt::format_to(std::back_inserter(data_), "{:.6g} {:.6g}\n", point.x, point.y);
      x_.add(point.x);
      y_.add(point.y);
    }
    data_ += "e\n";
  }

  void add(const Mark& mark) {
    fmt::format_to(std::back_inserter(marks_),
                   "set arrow from {0:.6g}, graph 0 to {0:.6g}, graph 1 nohead dt 3 lw 1.5 lc rgb "
                   "'#aa3333'\nset label {1} at {0:.6g}, graph 0.95 offset 0.4,0 font ',11' tc rgb "
                   "'#aa3333' noenhanced\n",
                   mark.at, quoted(mark.name));
  }

  const Chart& chart_;
  std::string plots_, data_, marks_;
  int roofs_ = 0;
  Span x_, y_;
};

}  // namespace

std::string gnuplot_script(const Run& run, const Chart& chart, Dtype dtype, int threads) {
  return Script(run, chart, dtype, threads).text();
}

void draw(const std::string& script, const std::string& output) {
  // One that ends before it has read all is an error below, not the end of this program.
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  FILE* const gnuplot = popen("exec gnuplot", "w");
  if (gnuplot == nullptr) throw std::runtime_error("gnuplot cannot be run");
  const std::string text = fmt::format("set output {}\n{}", plain(output), script);
  const bool written = std::fwrite(text.data(), 1, text.size(), gnuplot) == text.size();
  const int status = pclose(gnuplot);
  std::signal(SIGPIPE, before);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    throw std::runtime_error(
        "found no gnuplot, which draws pictures (Debian: gnuplot-nox, tools/setup.sh "
        "--with-plots)");
  if (!written || status != 0) throw std::runtime_error(output + ": gnuplot failed");
}

}  // namespace logigrad::report
