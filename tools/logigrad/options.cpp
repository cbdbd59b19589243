// Options that subcommands share; see options.hpp.
#include "tools/logigrad/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <system_error>

#include "tools/dataset/number.hpp"

namespace logigrad::program {
namespace {

constexpr std::size_t kMostThreads = 4096;  // more than that is a typing error, not a machine

std::optional<Dtype> dtype_in(std::string_view text) {
  for (const Dtype dtype : {Dtype::kF32, Dtype::kF64}) {
    if (text == name_of(dtype)) return dtype;
  }
  return std::nullopt;
}

void add_file_options(CLI::App& command, DataOptions& options) {
  command.add_option("DATA", options.data, "CSV, TSV, white-space separated or LIBSVM file")
      ->required();
  command
      .add_option("--label-column", options.load.label_column,
                  "first (default), last, a number from 0, or a name (with --header)")
      ->type_name("COLUMN");
  command.add_option("--positive", options.load.positive, "The label that is +1 (default: larger)")
      ->type_name("LABEL");
  command.add_flag("--header", options.load.header, "The first line of DATA holds names");
  command
      .add_option("--parameters", options.parameters,
                  "w_1 ... w_D b to compute at, or to start from (default: all 0)")
      ->type_name("FILE");
  command.add_option("--sample-weights", options.sample_weights, "One weight >= 0 a row")
      ->type_name("FILE");
}

void add_objective_options(CLI::App& command, DataOptions& options) {
  command
      .add_option_function<std::string>(
          "--l2", [&options](const std::string& text) { options.l2 = real_option("--l2", text); },
          "Adds X/2 |w|^2 to the loss (default 0)")
      ->type_name("X");
  command.add_flag("--mean", options.mean, "Divide by the sum of the weights");
  command.add_flag("--no-intercept", options.no_intercept, "b is 0 and stays 0");
}

void add_method_options(CLI::App& command, DataOptions& options) {
  command
      .add_option("--variant", options.variant,
                  "A name from `logigrad variants`, its body (panel), or auto (default)")
      ->type_name("NAME");
  command
      .add_option_function<std::string>(
          "--dtype", [&options](const std::string& text) { options.asked_dtype = dtype_in(text); },
          "f32 or f64 (default f64, or that of a full --variant name)")
      ->check(CLI::IsMember({"f32", "f64"}))
      ->type_name("TYPE");
  command
      .add_option_function<std::string>(
          "--threads",
          [&options](const std::string& text) {
            options.threads = static_cast<int>(whole_option("--threads", text, 1, kMostThreads));
          },
          "At most this many (default: OMP_NUM_THREADS, small data on one)")
      ->type_name("N");
}

}  // namespace

Dtype DataOptions::dtype() const {
  if (asked_dtype) return *asked_dtype;
  return dtype_in(std::string_view(variant).substr(variant.rfind('/') + 1)).value_or(Dtype::kF64);
}

std::vector<std::string> DataOptions::inputs() const {
  std::vector<std::string> paths = {data};
  if (parameters) paths.push_back(*parameters);
  if (sample_weights) paths.push_back(*sample_weights);
  return paths;
}

void add_data_options(CLI::App& command, DataOptions& options) {
  add_file_options(command, options);
  add_objective_options(command, options);
  add_method_options(command, options);
  command.add_flag("--json", options.json, "Print one JSON object");
}

void add_filter(CLI::App& command, std::regex& filter) {
  command
      .add_option_function<std::string>(
          "--filter",
          [&filter](const std::string& text) {
            try {
              filter = std::regex(text);
            } catch (const std::regex_error&) {
              refuse_option("--filter", text, "a regular expression (ECMAScript)");
            }
          },
          "Only benchmarks whose name has a match (default: all)")
      ->type_name("REGEX");
}

void refuse_option(const std::string& name, const std::string& text, const std::string& expected) {
  throw CLI::ValidationError(name, fmt::format("found '{}', expected {}", text, expected));
}

double real_option(const std::string& name, const std::string& text, const std::string& expected) {
  const dataset::Number number = dataset::parse_number(text);
  if (number.kind != dataset::NumberKind::kFinite || number.value < 0) {
    refuse_option(name, text, expected);
  }
  return number.value;
}

double percentage_option(const std::string& name, const std::string& text) {
  const std::size_t digits = text.ends_with('%') ? text.size() - 1 : 0;
  const dataset::Number number = dataset::parse_number(std::string_view(text).substr(0, digits));
  if (number.kind != dataset::NumberKind::kFinite || number.value < 0)
    refuse_option(name, text, "a percentage >= 0, such as 3%");
  return number.value / 100;
}

std::size_t whole_option(const std::string& name, const std::string& text, std::size_t least,
                         std::size_t most) {
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number < least || number > most) {
    refuse_option(name, text, fmt::format("a whole number from {} to {}", least, most));
  }
  return number;
}

}  // namespace logigrad::program
