// Progress and the final table; see table_reporter.hpp.
#include "bench/table_reporter.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <regex>

namespace logigrad::bench {
namespace {

// A median if there are repetitions, else the run itself.
const benchmark::BenchmarkReporter::Run* figure_of(
    const std::vector<benchmark::BenchmarkReporter::Run>& runs) {
  for (const auto& run : runs) {
    if (run.aggregate_name == "median") return &run;
  }
  return runs.empty() ? nullptr : &runs.front();
}

std::string duration(double seconds) {
  if (seconds < 1e-6) return fmt::format("{:.1f} ns", seconds * 1e9);
  if (seconds < 1e-3) return fmt::format("{:.2f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.2f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

std::string clock_time(double seconds) {
  const long whole = std::lround(seconds);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::optional<double> counter(const benchmark::BenchmarkReporter::Run& run, const char* name) {
  const auto found = run.counters.find(name);
  if (found == run.counters.end()) return std::nullopt;
  return found->second.value;
}

std::string figure(const std::optional<double>& value, int digits) {
  return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

}  // namespace

TableReporter::TableReporter(std::shared_ptr<const RunLog> log, const std::string& filter)
    : log_(std::move(log)), start_(std::chrono::steady_clock::now()) {
  const bool negative = !filter.empty() && filter[0] == '-';
  const std::string pattern = negative ? filter.substr(1) : filter;
  const std::regex wanted(pattern.empty() || pattern == "all" ? "." : pattern,
                          std::regex_constants::extended);
  for (const auto& [name, work] : log_->planned) {
    if (std::regex_search(name, wanted) == negative) continue;
    work_[name] = work;
    work_total_ += work;
  }
}

bool TableReporter::ReportContext(const Context&) {
  GetErrorStream() << fmt::format("{} benchmarks, each checked before it is timed\n", work_.size());
  return true;
}

void TableReporter::show_progress(const std::string& name) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const double part = work_total_ > 0 ? work_done_ / work_total_ : 1;
  const double elapsed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const double left = part > 0 ? elapsed / part * (1 - part) : 0;
  const int percent = static_cast<int>(100 * part);
  // A log gets a line every ten percent, a terminal one line that changes.
  if (!terminal && percent / 10 == percent_shown_ / 10) return;
  percent_shown_ = percent;
  const std::string line =
      fmt::format("[{}/{}] {} % {} left", done_, work_.size(), percent, clock_time(left));
  GetErrorStream() << (terminal ? "\r" + line + "  " + name + "\x1b[K" : line + "\n") << std::flush;
}

void TableReporter::ReportRuns(const std::vector<Run>& runs) {
  const Run* run = figure_of(runs);
  if (!run) return;
  const std::string name = runs.front().run_name.str();
  // With repetitions the runs come first, then their aggregates, whose median replaces the first
  // run.
  if (run->run_type == Run::RT_Aggregate && !rows_.empty()) {
    rows_.pop_back();
    --done_;
  }
  ++done_;
  if (const auto found = work_.find(name); found != work_.end()) work_done_ += found->second;
  show_progress(name);
  const auto parsed = parse_case_name(name);
  if (!parsed) return;
  rows_.push_back({*parsed, run->report_label,
                   run->GetAdjustedRealTime() / benchmark::GetTimeUnitMultiplier(run->time_unit),
                   counter(*run, "rows_per_second").value_or(0),
                   counter(*run, "bytes_per_second").value_or(0), counter(*run, "error_of_bound"),
                   counter(*run, "limit_fraction"), counter(*run, "vs_best_peer"),
                   run->error_occurred ? run->error_message : ""});
}

void TableReporter::print_group(const std::vector<Row>& rows) {
  const CaseName& first = rows.front().name;
  double naive = 0;
  for (const Row& row : rows) {
    if (row.name.body == "naive" && row.failure.empty()) naive = row.seconds;
  }
  const std::string shape = rows.front().label.substr(0, rows.front().label.find(','));
  std::ostream& out = GetOutputStream();
  out << fmt::format("\n{} {} {}, {}, {} thread{}\n", shape, first.shape(), first.dtype,
                     first.quantity == "loss_gradient" ? "loss and gradient" : "gradient",
                     first.threads, first.threads == 1 ? "" : "s");
  out << fmt::format("  {:<22} {:>10} {:>10} {:>8} {:>8} {:>12} {:>9} {:>7}\n", "variant", "time",
                     "Mrows/s", "GB/s", "x naive", "error/bound", "of limit", "x peer");
  for (const Row& row : rows) {
    const bool variant = row.name.quantity != "limit" && row.name.quantity != "peer";
    const std::string name = variant ? row.name.variant() : row.name.quantity + " " + row.name.body;
    if (!row.failure.empty()) {
      out << fmt::format("  {:<22} WRONG: {}\n", name, row.failure);
      continue;
    }
    const std::size_t comma = row.label.find(", ");
    out << fmt::format("  {:<22} {:>10} {:>10.2f} {:>8.2f} {:>8} {:>12} {:>9} {:>7}{}\n", name,
                       duration(row.seconds), row.rows_per_second / 1e6, row.bytes_per_second / 1e9,
                       naive > 0 ? fmt::format("{:.2f}", naive / row.seconds) : "-",
                       figure(row.error_of_bound, 4), figure(row.limit_fraction, 2),
                       figure(row.vs_best_peer, 2),
                       comma == std::string::npos ? "" : "   " + row.label.substr(comma + 2));
  }
}

void TableReporter::Finalize() {
  if (isatty(STDERR_FILENO)) GetErrorStream() << "\r\x1b[K";
  const double elapsed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  GetErrorStream() << fmt::format("{} benchmarks in {}\n", done_, clock_time(elapsed));
  for (std::size_t begin = 0; begin < rows_.size();) {
    const auto group_of = [](const Row& row) {
      const bool loss = row.name.quantity == "loss_gradient";
      return std::to_string(loss) + row.name.dtype + row.name.shape() +
             std::to_string(row.name.threads);
    };
    std::size_t end = begin;
    while (end < rows_.size() && group_of(rows_[end]) == group_of(rows_[begin])) ++end;
    print_group({rows_.begin() + static_cast<std::ptrdiff_t>(begin),
                 rows_.begin() + static_cast<std::ptrdiff_t>(end)});
    begin = end;
  }
}

}  // namespace logigrad::bench
