// See view.hpp.
#include "tools/report/view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdlib>
#include <set>

#include "tools/report/charts.hpp"
#include "tools/report/factors.hpp"
#include "tools/results/duration.hpp"

namespace logigrad::report {
namespace {

using Json = nlohmann::ordered_json;

double rounded(double value) { return std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr); }

Json number(const std::optional<double>& value) { return value ? Json(rounded(*value)) : Json(); }

std::string threads_of(int threads) { return threads == 0 ? "default" : std::to_string(threads); }

const std::vector<std::string>& columns() {
  static const std::vector<std::string> kColumns = {
      "quantity", "body",           "isa",          "dtype",          "rows",
      "cols",     "stride",         "threads",      "role",           "level",
      "sweep",    "shape",          "picked",       "seconds",        "bytes",
      "flops",    "limit_fraction", "vs_best_peer", "error_of_bound", "failure"};
  return kColumns;
}

Json row_json(const Row& row) {
  const CaseName& name = row.name();
  return {name.quantity,
          name.body,
          name.isa,
          std::string(name_of(name.dtype)),
          name.rows,
          name.cols,
          name.stride,
          threads_of(name.threads),
          std::string(name_of(row.role)),
          std::string(name_of(row.level)),
          row.sweep ? 1 : 0,
          row.shape(),
          row.picked(),
          row.timed() ? Json(rounded(row.seconds())) : Json(),
          rounded(row.cost.bytes),
          rounded(row.cost.flops),
          number(row.counter("limit_fraction")),
          number(row.counter("vs_best_peer")),
          number(row.counter("error_of_bound")),
          row.measurement.failure};
}

Json series_json(const Series& series) {
  Json json = {{"name", series.name}, {"role", series.role}, {"line", series.line}};
  if (series.dtype) json["dtype"] = std::string(name_of(*series.dtype));
  if (series.threads) json["threads"] = threads_of(*series.threads);
  json["points"] = Json::array();
  for (const Point& point : series.points)
    json["points"].push_back(
        {rounded(point.x), rounded(point.y), point.row ? Json(*point.row) : Json()});
  return json;
}

Json axis_json(const Axis& axis) {
  return {{"label", axis.label}, {"logarithmic", axis.logarithmic}};
}

Json chart_json(const Chart& chart) {
  Json json = {{"id", chart.id},          {"title", chart.title},    {"text", chart.text},
               {"empty", chart.empty},    {"x", axis_json(chart.x)}, {"y", axis_json(chart.y)},
               {"series", Json::array()}, {"marks", Json::array()}};
  for (const Series& series : chart.series) json["series"].push_back(series_json(series));
  for (const Mark& mark : chart.marks)
    json["marks"].push_back({{"name", mark.name},
                             {"at", rounded(mark.at)},
                             {"dtype", std::string(name_of(mark.dtype))}});
  return json;
}

std::string clock_text(const Run& run) {
  const std::string hertz = run.value("clock_hz");
  return hertz == "unknown" ? "unknown: not measured by this run"
                            : fmt::format("{:.2f} GHz", std::strtod(hertz.c_str(), nullptr) / 1e9);
}

std::string cache_text(const Run& run) {
  std::vector<std::string> texts;
  for (const Level level : {Level::kL1, Level::kL2, Level::kL3}) {
    const double bytes = run.caches.bytes[static_cast<std::size_t>(level)];
    texts.push_back(bytes == 0 ? fmt::format("{} unknown", name_of(level))
                               : fmt::format("{} {:g} KiB", name_of(level), bytes / 1024));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

Json facts_json(const Run& run) {
  const auto& origin = run.origin;
  return Json::array({{"machine", origin.machine_key},
                      {"CPU", fmt::format("{}, {} logical CPUs", run.value("cpu_model"),
                                          run.value("logical_cpus"))},
                      {"caches", cache_text(run)},
                      {"clock", clock_text(run)},
                      {"instruction sets", run.value("isas")},
                      {"hypervisor", run.value("hypervisor")},
                      {"frequency governor", run.value("governor")},
                      {"date", origin.date},
                      {"revision", origin.revision},
                      {"build", fmt::format("{}, {},{}", run.value("compiler"), origin.build_type,
                                            run.value("flags_common"))},
                      {"OpenMP", run.value("openmp")},
                      {"thread placement", run.value("thread_placement")}});
}

Json run_json(const Run& run) {
  Json json = {{"title", run.title},       {"interrupted", run.interrupted()},
               {"facts", facts_json(run)}, {"notes", Json::array()},
               {"rows", Json::array()},    {"charts", Json::array()}};
  for (const auto& [key, value] : run.context) {
    if (key.starts_with("note_")) json["notes"].push_back(value);
  }
  for (const Row& row : run.rows) json["rows"].push_back(row_json(row));
  for (const Chart& chart : charts_of(run)) json["charts"].push_back(chart_json(chart));
  return json;
}

Json bars_json(const std::vector<Run>& runs) {
  Json bars = Json::array();
  if (runs.size() < 2) return bars;
  for (const Shared& shared : shared_benchmarks(runs)) {
    Json rows = Json::array();
    for (const auto& row : shared.rows) rows.push_back(row ? Json(*row) : Json());
    bars.push_back(std::move(rows));
  }
  return bars;
}

Json factors_json(const Factors& factors) {
  return {{"speed", rounded(factors.speed)},  {"clock", number(factors.clock)},
          {"work", number(factors.work)},     {"core", number(factors.core)},
          {"memory", number(factors.memory)}, {"threads", number(factors.threads)}};
}

// Which run the others are explained against, and why that one.
Json baseline_json(const std::vector<Run>& runs) {
  const Baseline baseline = baseline_of(runs);
  return {{"run", baseline.run},
          {"reason", baseline.has_clock
                         ? "the first of them with a measured clock (logigrad_clock_hz)"
                         : "the first of them: none has a measured clock (logigrad_clock_hz)"}};
}

Json why_json(const std::vector<Run>& runs) {
  Json all = Json::array();
  for (const Why& why : explain(runs)) {
    Json json = {{"run", why.run},
                 {"baseline", why.baseline},
                 {"lines", Json::array()},
                 {"means", Json::array()}};
    for (const Why::Line& line : why.lines) {
      Json object = factors_json(line.ratio);
      object["row"] = line.row;
      json["lines"].push_back(std::move(object));
    }
    for (const Why::Mean& mean : why.means) {
      Json object = factors_json(mean.ratio);
      object.update({{"dtype", std::string(name_of(mean.dtype))},
                     {"threads_of", threads_of(mean.threads)},
                     {"level", std::string(name_of(mean.level))},
                     {"lines", mean.lines},
                     {"known", mean.known}});
      json["means"].push_back(std::move(object));
    }
    all.push_back(std::move(json));
  }
  return all;
}

}  // namespace

std::string title_of(const std::vector<Run>& runs) {
  std::set<std::string> machines, revisions, dates;
  for (const Run& run : runs) {
    machines.insert(run.origin.machine_key);
    revisions.insert(run.origin.revision.empty() ? "unknown" : run.origin.revision);
    dates.insert(run.origin.date.substr(0, 10));
  }
  return fmt::format("logigrad: {}; revision {}; {}", fmt::join(machines, ", "),
                     fmt::join(revisions, ", "), fmt::join(dates, ", "));
}

Json view_of(const std::vector<Run>& runs) {
  Json view = {{"title", title_of(runs)}, {"columns", columns()}, {"runs", Json::array()}};
  for (const Run& run : runs) view["runs"].push_back(run_json(run));
  view["bars"] = bars_json(runs);
  view["baseline"] = baseline_json(runs);
  view["why"] = why_json(runs);
  return view;
}

}  // namespace logigrad::report
