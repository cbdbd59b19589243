// Reads a result of logigrad_bench: Google Benchmark's JSON with the context keys of this project
// (schema.json describes each; tools/page_parts/results.py reads the same for results/README.md).
//
// Everything that others compute with is checked here, once: a time is above 0 and finite, a name
// has all its components and comes once. What cannot be what the benchmark writes is refused with
// InputError, "FILE: where: found X, expected Y", or "FILE:LINE:COLUMN: ..." if it is not JSON.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logigrad/variant.hpp"

namespace logigrad {

// A benchmark's name, "gradient/panel/avx2_fma/f32/N:65536/D:256/threads:2", in its components.
struct CaseName {
  std::string quantity;  // gradient, loss_gradient, limit or peer
  std::string body;      // or the limit's, or the peer's name
  std::string isa;       // "any" where it is not chosen
  Dtype dtype = Dtype::kF32;
  std::size_t rows = 0, cols = 0;
  std::size_t stride = 0;  // cols where rows have no gaps
  int threads = 0;         // 0: what the library chooses, "default"

  bool operator==(const CaseName&) const = default;
};

// Nothing for a text that is no such name. What Google Benchmark appends to a name, such as
// "/iterations:1/manual_time", is passed over.
std::optional<CaseName> parse_case_name(std::string_view text);

// The name, without what Google Benchmark appended.
std::string name_of(const CaseName& name);

struct Measurement {
  CaseName name;
  std::string label;
  std::string failure;         // why there is no time; empty if there is one
  double seconds = 0;          // of one evaluation, the median of the rounds
  std::vector<double> rounds;  // seconds, in their order; empty if they were not recorded
  std::map<std::string, double> counters;  // limit_fraction, vs_best_peer, error_of_bound, ...

  bool operator==(const Measurement&) const = default;
};

struct Result {
  std::map<std::string, std::string> context;  // of its keys those whose value is text
  std::vector<Measurement> measurements;       // in the order of the file

  bool operator==(const Result&) const = default;
};

// `path` only names the text in errors.
Result parse_result(const std::string& path, std::string_view text);

struct NamedResult {
  std::string path;  // as Document has it
  Result result;
};

// Wherever a result is accepted, a page of logigrad report is: it stands for the results that it
// holds, in their order, and PAGE#2 for the second one (document.hpp).
std::vector<NamedResult> load_results(const std::string& path);
std::vector<NamedResult> load_all_results(const std::vector<std::string>& paths);

// Whether both hold the same times, of one date and revision: no two runs do. A page, a copy and a
// file with other white space or further notes hold the same run.
bool is_same_run(const Result& a, const Result& b);

// Throws InputError if a run is there a second time: its rounds are no further evidence.
void require_distinct(const std::vector<NamedResult>& results);

// What a result was measured on and with, from its context.
struct Origin {
  std::string machine_key;
  std::string build_type;      // of logigrad: "library_build_type" is Google Benchmark's
  std::string revision, date;  // empty if not recorded
};

// Throws InputError "PATH: context: ..." without a machine or a build type: times of nobody knows
// what can be compared with none.
Origin origin_of(const std::string& path, const Result& result);

}  // namespace logigrad
