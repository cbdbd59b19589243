// The options that subcommands share: of eval and train the data, what is computed from them, and
// how; of compare and history the names.
//
// Numbers are read by the loader's rules, not CLI11's, which takes "nan", "0x10" and "1e999".
#pragma once

#include <CLI/App.hpp>
#include <cstddef>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "logigrad/variant.hpp"
#include "tools/dataset/dataset.hpp"

namespace logigrad::program {

struct DataOptions {
  std::string data;  // path
  LoadOptions load;
  std::optional<std::string> parameters;      // path; without it w = 0, b = 0
  std::optional<std::string> sample_weights;  // path; without it all are 1
  std::string variant = "auto";               // as find_variant() takes it
  std::optional<Dtype> asked_dtype;           // --dtype
  int threads = 0;                            // 0: as OpenMP says
  double l2 = 0;
  bool mean = false;
  bool no_intercept = false;
  bool json = false;

  // --dtype; without it the type that a full variant name ends with; without that f64.
  Dtype dtype() const;

  // The paths of everything that is read.
  std::vector<std::string> inputs() const;
};

void add_data_options(CLI::App& command, DataOptions& options);

// The number that the option `name` got as `text`. Both throw CLI::ValidationError
// "NAME: found 'TEXT', expected EXPECTED": the first unless it is a finite number >= 0, the second
// unless it is a whole number from `least` to `most`.
double real_option(const std::string& name, const std::string& text,
                   const std::string& expected = "a finite number >= 0");
std::size_t whole_option(const std::string& name, const std::string& text, std::size_t least,
                         std::size_t most);

// "3%" as 0.03. Throws like the others.
double percentage_option(const std::string& name, const std::string& text);
[[noreturn]] void refuse_option(const std::string& name, const std::string& text,
                                const std::string& expected);

// --filter REGEX, for names of benchmarks: `filter` finds those that are asked for.
void add_filter(CLI::App& command, std::regex& filter);

// Calls f(float{}) or f(double{}).
template <class F>
auto with_type(Dtype dtype, F f) {
  return dtype == Dtype::kF32 ? f(float{}) : f(double{});
}

}  // namespace logigrad::program
