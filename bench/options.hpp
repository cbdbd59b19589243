// The benchmark's own options; what is left of the command line is Google Benchmark's.
#pragma once

#include <string>
#include <vector>

#include "bench/cases.hpp"

namespace logigrad::bench {

struct BenchOptions {
  std::vector<std::string> shapes;  // names or NxD; empty: all, and the data sets
  std::vector<std::string> data_files;
  LoadOptions load;                 // for data_files
  std::vector<std::string> dtypes;  // empty: both
  std::vector<int> threads;         // empty: 1 and as many as OpenMP would use
  bool compare = true;              // with limits and peers
  bool full = false;                // the plan of full.hpp
  int rounds = 0;                   // 0: the plan's own
  double case_seconds = 0.05;       // of timing a quick case, over all rounds
  std::vector<std::string> events;  // to be counted; libpfm's names
  std::string filter;               // empty: all
  bool list = false;                // names only
  std::string results;              // directory; empty: no result file is written
  std::vector<std::string> google;  // the arguments for Google Benchmark, program name first
};

// Parses the command line. Throws CLI::ParseError.
BenchOptions parse_options(int argc, char** argv);

// Prints the help of both.
void print_help();

// What the options ask for, on a machine of these sizes. Throws InputError for what cannot be run:
// an unknown shape, one larger than the available memory, a data file that cannot be read. `notes`
// as in named_shapes().
CaseList plan_cases(const BenchOptions& options, const MachineSizes& sizes,
                    std::vector<std::string>& notes);

}  // namespace logigrad::bench
