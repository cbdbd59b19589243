// logigrad history: what a machine measured over time, and the runs at which it changed.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <regex>

#include "tools/dataset/input_error.hpp"
#include "tools/history/series.hpp"
#include "tools/logigrad/input.hpp"
#include "tools/logigrad/options.hpp"
#include "tools/logigrad/program.hpp"
#include "tools/results/duration.hpp"

namespace logigrad::program {
namespace {

using history::Run;
using history::Series;

constexpr const char* kFooter =
    R"(Reads RESULTS/MACHINE/*.json, or the results in RESULTS, a page of logigrad report, in the order
of their dates. Prints a line for each benchmark: how many runs have a time of it, the medians of its
first and of its last level (not the times of the first and the last run), their ratio; below it each
change: the ratio of the levels' medians, and the first run of the new one.

A change is where PELT begins a new level of the logarithms of the times: at least 3 runs long, and
more than the noise between neighbouring runs explains (at least 0.5 %). A run that is within 4
deviations of the old level is never blamed. Of the newest one or two runs, if they are farther off
than that, it is said since when, and that it is not yet sure. It says when, not why: of the machine
itself, the limits and peers of the same runs tell. Fewer than 6 runs can have no change.
Runs of another build type than the last one's are left out, and counted.

Example:
  logigrad history results --machine amd-epyc-2-01692657 --filter '^gradient/auto/'
--json prints an object with machine_key, build_type, other_builds (left out), runs (file, revision,
date) and series (name, seconds, the run of each, changes: the run, ratio; unsure: the same of the newest runs, or null).)";

struct HistoryOptions {
  std::string results = "results";
  std::string machine;  // empty: the only one
  std::regex filter = std::regex("");
  bool json = false;
};

std::string machine_of(const HistoryOptions& options) {
  const std::vector<std::string> keys = history::machines(options.results);
  if (options.machine.empty() && keys.size() == 1) return keys[0];
  if (std::find(keys.begin(), keys.end(), options.machine) == keys.end())
    throw InputError(
        fmt::format("{}: found results of {}, expected {}", options.results,
                    keys.empty() ? "no machine" : fmt::format("{}", fmt::join(keys, ", ")),
                    options.machine.empty() ? "those of one, or --machine with one of them"
                                            : "those of " + options.machine));
  return options.machine;
}

// Leaves those of the last one's build type; returns how many there were of others.
std::size_t drop_other_builds(std::vector<Run>& runs) {
  const std::string build_type = runs.back().origin.build_type;
  return std::erase_if(runs, [&](const Run& run) { return run.origin.build_type != build_type; });
}

double change_ratio(const Series& series, std::size_t i) {
  return series.level(i + 1) / series.level(i);
}

std::string name_of(const Origin& origin) {
  return fmt::format("revision {}, {}", origin.revision.empty() ? "unknown" : origin.revision,
                     origin.date.empty() ? "no date" : origin.date);
}

void print_series(const std::vector<Run>& runs, const Series& series) {
  const double first = series.level(0), last = series.level(series.changes.size());
  fmt::print("{:<62} {:>4} {:>10} {:>10} {:>7.3f}\n", series.name, series.points.size(),
             duration(first), duration(last), last / first);
  for (std::size_t i = 0; i < series.changes.size(); ++i) {
    const Origin& origin = runs[series.points[series.changes[i]].run].origin;
    fmt::print("    x {:.3f} with {}\n", change_ratio(series, i), name_of(origin));
  }
  if (const std::size_t newest = series.points.size() - series.unsure; newest > 0) {
    const Origin& origin = runs[series.points[series.unsure].run].origin;
    fmt::print("    x {:.3f} since {}? {} so far: not yet sure\n",
               change_ratio(series, series.changes.size()), name_of(origin),
               newest == 1 ? "1 run" : fmt::format("{} runs", newest));
  }
}

void print_history(const std::vector<Run>& runs, std::size_t others,
                   const std::vector<Series>& all) {
  const Origin& origin = runs.back().origin;
  fmt::print("{}, {}: {} run{}", origin.machine_key, origin.build_type, runs.size(),
             runs.size() == 1 ? "" : "s");
  if (others > 0) fmt::print("; {} of other build types are left out", others);
  fmt::print("\n\n{:<62} {:>4} {:>10} {:>10} {:>7}\n", "", "runs", "first*", "last*", "ratio");
  std::size_t changed = 0, unsure = 0;
  for (const Series& series : all) {
    print_series(runs, series);
    changed += series.changes.empty() ? 0 : 1;
    unsure += series.unsure < series.points.size() ? 1 : 0;
  }
  fmt::print("\n{} of {} series have changed", changed, all.size());
  if (unsure > 0) fmt::print("; of {} the newest runs may have", unsure);
  fmt::print("\n* the median of the first level, and of the last one that is sure\n");
}

Json series_json(const Series& series) {
  Json json = {{"name", series.name},
               {"seconds", Json::array()},
               {"runs", Json::array()},
               {"changes", Json::array()},
               {"unsure", nullptr}};
  for (const auto& [run, seconds] : series.points) {
    json["seconds"].push_back(seconds);
    json["runs"].push_back(run);
  }
  for (std::size_t i = 0; i < series.changes.size(); ++i) {
    json["changes"].push_back(
        {{"run", series.points[series.changes[i]].run}, {"ratio", change_ratio(series, i)}});
  }
  if (series.unsure < series.points.size())
    json["unsure"] = {{"run", series.points[series.unsure].run},
                      {"ratio", change_ratio(series, series.changes.size())}};
  return json;
}

void print_history_json(const std::vector<Run>& runs, std::size_t others,
                        const std::vector<Series>& all) {
  Json json = {{"machine_key", runs.back().origin.machine_key},
               {"build_type", runs.back().origin.build_type},
               {"other_builds", others},
               {"runs", Json::array()},
               {"series", Json::array()}};
  for (const Run& run : runs) {
    json["runs"].push_back(
        {{"file", run.path}, {"revision", run.origin.revision}, {"date", run.origin.date}});
  }
  for (const Series& series : all) json["series"].push_back(series_json(series));
  print_json(json);
}

void run_history(const HistoryOptions& options) {
  std::vector<Run> runs = history::load_runs(options.results, machine_of(options));
  const std::size_t others = drop_other_builds(runs);
  const std::vector<Series> series = history::make_series(runs, options.filter);
  if (series.empty())
    throw InputError(options.results + ": found no benchmark of that name, expected one");
  (options.json ? print_history_json : print_history)(runs, others, series);
}

}  // namespace

void add_history(CLI::App& app, Work& work) {
  CLI::App* command =
      app.add_subcommand("history", "List what a machine measured over time, and its changes");
  command->footer(kFooter);
  const auto options = std::make_shared<HistoryOptions>();
  command->add_option("RESULTS", options->results,
                      "The directory of results, or a report (default: results)");
  command->add_option("--machine", options->machine, "The machine (default: the only one)")
      ->type_name("KEY");
  add_filter(*command, options->filter);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([&work, options] { work = [options] { run_history(*options); }; });
}

}  // namespace logigrad::program
