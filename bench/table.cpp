// See table.hpp.
#include "bench/table.hpp"

#include <fmt/format.h>

#include <optional>
#include <tuple>

#include "tools/results/duration.hpp"

namespace logigrad::bench {
namespace {

struct Row {
  CaseName name;
  const CaseResult* result;

  bool is_variant() const { return name.quantity != "limit" && name.quantity != "peer"; }
  bool is_loss() const { return name.quantity == "loss_gradient"; }
  // What has a table of its own; limits and peers stand with the gradient.
  auto table() const {
    return std::tuple(is_loss(), name.dtype, name.rows, name.cols, name.stride, name.threads);
  }
};

std::string figure(const std::optional<double>& value, int digits) {
  return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

std::string threads_of(const CaseName& name) {
  if (name.threads == kDefaultThreads) return "default threads";
  return fmt::format("{} thread{}", name.threads, name.threads == 1 ? "" : "s");
}

void print_row(std::ostream& out, const Row& row, double naive) {
  const CaseResult& r = *row.result;
  const std::string name =
      row.is_variant() ? row.name.variant() : row.name.quantity + " " + row.name.body;
  if (!r.failure.empty()) {
    out << fmt::format("  {:<22} WRONG: {}\n", name, r.failure);
    return;
  }
  const std::size_t comma = r.label.find(", ");
  out << fmt::format(
      "  {:<22} {:>10} {:>10.2f} {:>8.2f} {:>8} {:>12} {:>9} {:>7}{}\n", name, duration(r.seconds),
      static_cast<double>(r.rows) / r.seconds / 1e6, r.bytes / r.seconds / 1e9,
      naive > 0 ? fmt::format("{:.2f}", naive / r.seconds) : "-", figure(r.error_of_bound, 4),
      figure(r.limit_fraction, 2), figure(r.vs_best_peer, 2),
      comma == std::string::npos ? "" : "   " + r.label.substr(comma + 2));
  for (const EventCount& each : r.counts) {
    out << fmt::format("    {} {:.4g} an evaluation, {:.3g} a row", each.event, each.count,
                       each.count / static_cast<double>(r.rows));
    if (each.most != each.least)
      out << fmt::format("; by thread {:.4g} to {:.4g}", each.least, each.most);
    if (each.time_fraction < 1)
      out << fmt::format("; scaled, counted in {:.0f} % of the time", 100 * each.time_fraction);
    out << "\n";
  }
}

void print_one_table(std::ostream& out, const std::vector<Row>& rows) {
  double naive = 0;
  for (const Row& row : rows) {
    if (row.name.body == "naive" && row.result->failure.empty()) naive = row.result->seconds;
  }
  const CaseName& first = rows.front().name;
  const std::string& label = rows.front().result->label;
  out << fmt::format("\n{} {} {}, {}, {}{}\n", label.substr(0, label.find(',')), first.shape(),
                     first.dtype, rows.front().is_loss() ? "loss and gradient" : "gradient",
                     threads_of(first), first.stride > first.cols ? ", unaligned" : "");
  out << fmt::format("  {:<22} {:>10} {:>10} {:>8} {:>8} {:>12} {:>9} {:>7}\n", "variant", "time",
                     "Mrows/s", "GB/s", "x naive", "error/bound", "of limit", "x peer");
  for (const Row& row : rows) print_row(out, row, naive);
}

}  // namespace

void print_table(std::ostream& out, const std::vector<Group>& groups, const Results& results) {
  std::vector<Row> rows;
  const auto flush = [&] {
    if (!rows.empty()) print_one_table(out, rows);
    rows.clear();
  };
  for (const Group& group : groups) {
    for (const Case& c : group.cases) {
      const auto found = results.find(c.name);
      if (found == results.end()) continue;  // the run was interrupted
      const Row row{*parse_case_name(c.name), &found->second};
      if (!rows.empty() && rows.back().table() != row.table()) flush();
      rows.push_back(row);
    }
  }
  flush();
}

}  // namespace logigrad::bench
