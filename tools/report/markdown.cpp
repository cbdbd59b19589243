// See markdown.hpp.
#include "tools/report/markdown.hpp"

#include <fmt/format.h>

#include <iterator>

#include "tools/results/duration.hpp"

namespace logigrad::report {
namespace {

std::string figure(const std::optional<double>& value, int digits) {
  return value ? fmt::format("{:.{}f}", *value, digits) : "–";
}

std::string line_of(const Run& run, const Row& row, const Scene& scene) {
  const auto time_of = [&](const std::optional<RowIndex>& index) {
    return index ? duration(run.rows[*index].seconds()) : "–";
  };
  const CaseName& name = row.name();
  const std::string peer = scene.best_peer ? run.rows[*scene.best_peer].name().body : "";
  return fmt::format(
      "| {} | {} | {} | **{}** | {} | {:.1f} | {:.2f} | {}{} | {} | {} | {} | {} |\n", row.shape(),
      name_of(name.dtype), name.threads == 0 ? "default" : std::to_string(name.threads),
      duration(row.seconds()), row.picked(), row.bytes_per_second() / 1e9,
      1e9 * row.seconds() / row.elements(), time_of(scene.best_peer),
      peer.empty() ? "" : " (`" + peer + "`)", figure(row.counter("vs_best_peer"), 2),
      time_of(scene.limit), figure(row.counter("limit_fraction"), 2),
      figure(row.counter("error_of_bound"), 4));
}

void add_run(const Run& run, std::string& text) {
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "### {}\n\n{}, {} logical CPUs; {}, {}; revision {}, {}{}\n\n", run.title,
                 run.value("cpu_model"), run.value("logical_cpus"), run.value("compiler"),
                 run.origin.build_type, run.origin.revision, run.origin.date,
                 run.interrupted() ? "; **the run was interrupted before its end**" : "");
  text +=
      "| shape (gradient) | type | threads | `auto` | it picked | GB/s | ns/element | best peer | "
      "x peer | "
      "limit | of limit | error/bound |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  std::size_t left_out = 0;
  for (const Row& row : run.rows) {
    const auto scene = run.scenes.find(scene_of(row.name()));
    if (scene == run.scenes.end() || !scene->second.automatic ||
        &run.rows[*scene->second.automatic] != &row)
      continue;
    row.sweep ? void(++left_out) : void(text += line_of(run, row, scene->second));
  }
  if (left_out > 0) fmt::format_to(out, "\nThe sweep over D has {} more shapes.\n", left_out);
  for (const Row& row : run.rows) {
    if (!row.timed())
      fmt::format_to(out, "\n**WRONG**: `{}`: {}\n", logigrad::name_of(row.name()),
                     row.measurement.failure);
  }
  text += '\n';
}

}  // namespace

std::string markdown_of(const std::vector<Run>& runs) {
  std::string text;
  for (const Run& run : runs) add_run(run, text);
  return text;
}

}  // namespace logigrad::report
