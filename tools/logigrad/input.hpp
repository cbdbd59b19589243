// What the data options name, read and converted to the type T of the computation.
//
// Files are read as double and rounded once to T. Of the two copies only that in T is kept.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "logigrad/evaluate.hpp"
#include "logigrad/problem.hpp"
#include "tools/logigrad/options.hpp"

namespace logigrad::program {

using Json = nlohmann::ordered_json;

// What is known of the data beside the numbers.
struct DataFacts {
  std::size_t rows, cols;
  std::size_t positives;  // rows with the label +1
  std::string negative_label, positive_label;
  std::vector<std::string> feature_names;  // cols; empty if the file has none

  // "x_3 'age'": j counts from 0, but x_1 belongs to w_1.
  std::string column_name(std::size_t j) const;
};

template <class T>
struct Input {
  DataFacts facts;
  std::vector<T> x, y, sample_weights;
  std::vector<T> w;  // the parameters, cols
  T b = 0;
  Problem<T> problem;  // a view of x, y and sample_weights

  Input(const Input&) = delete;
  explicit Input(const DataOptions& options);
};

// How the options say it is to be computed. Throws std::invalid_argument for an unknown variant.
Options evaluation_of(const DataOptions& options, const DataFacts& facts);

// What an answer is an answer to: rows, cols, variant, threads ... for --json, and the same in
// words.
Json summary_json(const DataOptions& options, const DataFacts& facts, const Options& evaluation);
void print_summary(const DataOptions& options, const DataFacts& facts, const Options& evaluation);

// `json` with names and labels that are not UTF-8 repaired, which a data file may have.
std::string json_text(const Json& json);
void print_json(const Json& json);

}  // namespace logigrad::program
