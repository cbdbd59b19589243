// Reading the input of eval and train, and saying what was read; see input.hpp.
#include "tools/logigrad/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cfloat>
#include <type_traits>
#include <utility>

#include "tools/dataset/input_error.hpp"
#include "tools/dataset/text_file.hpp"

namespace logigrad::program {
namespace {

template <class T>
constexpr double kLargest = sizeof(T) == 4 ? FLT_MAX : DBL_MAX;

template <class T>
std::vector<T> converted(std::vector<double>&& values) {
  if constexpr (std::is_same_v<T, double>) {
    return std::move(values);
  } else {
    std::vector<T> result(values.size());
    std::transform(values.begin(), values.end(), result.begin(),
                   [](double value) { return static_cast<T>(value); });
    std::vector<double>().swap(values);
    return result;
  }
}

template <class T>
Dataset load(const DataOptions& options) {
  LoadOptions load = options.load;
  load.largest = kLargest<T>;
  return load_dataset(options.data, load);
}

// The sums and w, dw are the larger part where there are more columns than rows.
template <class T>
void check_memory_for(const DataOptions& options, const DataFacts& facts) {
  constexpr bool kConverted = sizeof(T) != sizeof(double);
  const double rows = static_cast<double>(facts.rows), cols = static_cast<double>(facts.cols);
  const double of_columns = cols * (2 * sizeof(T) + 3 * sizeof(double));
  check_memory(options.data, of_columns + (kConverted ? rows * cols * sizeof(T) : 0),
               fmt::format("what is computed from {} x {} numbers in {}", facts.rows, facts.cols,
                           name_of(kDtypeOf<T>)));
}

template <class T>
std::vector<T> load_weights(const DataOptions& options, std::size_t rows) {
  if (!options.sample_weights) return {};
  const std::string& path = *options.sample_weights;
  std::vector<double> weights = load_sample_weights(path, kLargest<T>);
  check_count(path, weights.size(), rows, "one sample weight a row");
  std::vector<T> result = converted<T>(std::move(weights));
  const auto positive = [](T weight) { return weight > 0; };
  if (options.mean && std::none_of(result.begin(), result.end(), positive)) {
    throw InputError(path + ": found only weights of 0, expected a positive one to divide by");
  }
  return result;
}

// w, with b behind it if there is an intercept.
template <class T>
std::vector<T> load_parameters(const DataOptions& options, std::size_t cols) {
  const std::size_t count = cols + (options.no_intercept ? 0 : 1);
  if (!options.parameters) return std::vector<T>(count, T(0));
  const std::string& path = *options.parameters;
  std::vector<double> parameters = load_numbers(path, kLargest<T>);
  check_count(path, parameters.size(), count, parameter_order(cols, !options.no_intercept));
  return converted<T>(std::move(parameters));
}

std::string objective_of(const DataOptions& options) {
  std::string text = options.mean ? "mean over the rows" : "sum over the rows";
  if (options.sample_weights)
    text += fmt::format(" with the weights of {}", *options.sample_weights);
  if (options.l2 != 0) text += fmt::format(", l2 = {}", options.l2);
  return text + (options.no_intercept ? ", no intercept" : ", with an intercept");
}

}  // namespace

std::string DataFacts::column_name(std::size_t j) const {
  if (feature_names.empty()) return fmt::format("x_{}", j + 1);
  return fmt::format("x_{} {}", j + 1, dataset::quoted(feature_names[j]));
}

template <class T>
Input<T>::Input(const DataOptions& options) {
  Dataset data = load<T>(options);
  facts = {data.rows,
           data.cols,
           static_cast<std::size_t>(std::count(data.y.begin(), data.y.end(), 1.0)),
           std::move(data.negative_label),
           std::move(data.positive_label),
           std::move(data.feature_names)};
  check_memory_for<T>(options, facts);
  x = converted<T>(std::move(data.x));
  y = converted<T>(std::move(data.y));
  sample_weights = load_weights<T>(options, facts.rows);
  w = load_parameters<T>(options, facts.cols);
  if (!options.no_intercept) {
    b = w.back();
    w.pop_back();
  }
  problem.x = x.data();
  problem.rows = facts.rows;
  problem.cols = problem.stride = facts.cols;
  problem.y = y.data();
  problem.weights = options.sample_weights ? sample_weights.data() : nullptr;
  problem.l2 = options.l2;
  problem.intercept = !options.no_intercept;
  problem.reduction = options.mean ? Reduction::kMean : Reduction::kSum;
  problem.checked();
}

template struct Input<float>;
template struct Input<double>;

Options evaluation_of(const DataOptions& options, const DataFacts& facts) {
  return {&find_variant(options.variant, options.dtype(), facts.rows, facts.cols), options.threads,
          nullptr};
}

Json summary_json(const DataOptions& options, const DataFacts& facts, const Options& evaluation) {
  const Variant& variant = *evaluation.variant;
  Json json = {
      {"rows", facts.rows},
      {"cols", facts.cols},
      {"positive_label", facts.positive_label},
      {"negative_label", facts.negative_label},
      {"positives", facts.positives},
      {"variant", variant.name()},
      {"dtype", std::string(name_of(variant.dtype))},
      {"threads", planned_threads(facts.rows, facts.cols, variant.dtype, evaluation.threads)},
      {"l2", options.l2},
      {"mean", options.mean},
      {"intercept", !options.no_intercept},
      {"weighted", options.sample_weights.has_value()}};
  if (!facts.feature_names.empty()) json["features"] = facts.feature_names;
  return json;
}

void print_summary(const DataOptions& options, const DataFacts& facts, const Options& evaluation) {
  const Variant& variant = *evaluation.variant;
  const int threads = planned_threads(facts.rows, facts.cols, variant.dtype, evaluation.threads);
  fmt::print("data       {}: {} x {} (rows x columns)\n", options.data, facts.rows, facts.cols);
  fmt::print("labels     +1 is {} in {} rows, -1 is {} in {}\n",
             dataset::quoted(facts.positive_label), facts.positives,
             dataset::quoted(facts.negative_label), facts.rows - facts.positives);
  fmt::print("objective  {}\n", objective_of(options));
  fmt::print("variant    {} on {} thread{}\n", variant.name(), threads, threads == 1 ? "" : "s");
}

std::string json_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void print_json(const Json& json) { fmt::print("{}", json_text(json)); }

}  // namespace logigrad::program
