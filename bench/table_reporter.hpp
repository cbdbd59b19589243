// What a person sees of a run: progress with the time left while it goes on, and a table at the
// end.
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/cases.hpp"

namespace logigrad::bench {

class TableReporter : public benchmark::BenchmarkReporter {
 public:
  // `filter` is Google Benchmark's, so that progress counts what will run.
  TableReporter(std::shared_ptr<const RunLog> log, const std::string& filter);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  // One line of the table.
  struct Row {
    CaseName name;
    std::string label;
    double seconds, rows_per_second, bytes_per_second;
    std::optional<double> error_of_bound, limit_fraction, vs_best_peer;
    std::string failure;
  };

  void show_progress(const std::string& name);
  void print_group(const std::vector<Row>& rows);

  std::shared_ptr<const RunLog> log_;
  std::map<std::string, double> work_;  // of the cases that will run
  double work_total_ = 0, work_done_ = 0;
  std::size_t done_ = 0;
  std::chrono::steady_clock::time_point start_;
  int percent_shown_ = -1;
  std::vector<Row> rows_;
};

}  // namespace logigrad::bench
