// logigrad eval: one evaluation of the loss and its gradient, with all digits.
//
// The text has the shortest digits that give the value back in its own type. JSON has no types: its
// readers take every number for a double, so there a float is written as the double that it equals.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "tools/logigrad/input.hpp"
#include "tools/logigrad/program.hpp"

namespace logigrad::program {
namespace {

constexpr const char* kFooter =
    R"(Prints the loss L, db = dL/db and dw = dL/dw; the formulas are in `logigrad --help`.
Numbers have as many digits as give the same value back; in JSON every number is a double.
--json prints an object with rows, cols, variant, dtype, threads, l2, mean, intercept, loss, db
(not with --no-intercept), dw, and what the labels and the columns are called.

Example:
  logigrad eval people.csv --header --label-column died --parameters published.txt --mean
Exit status 1 if the loss or the gradient is not finite (null in JSON).)";

template <class T>
struct Answer {
  double loss;
  T db;
  std::vector<T> dw;

  bool finite() const {
    return std::isfinite(loss) && std::isfinite(db) &&
           std::all_of(dw.begin(), dw.end(), [](T d) { return std::isfinite(d); });
  }
};

template <class T>
void print_answer(const DataOptions& options, const Input<T>& input, const Options& evaluation,
                  const Answer<T>& answer) {
  if (options.json) {
    Json json = summary_json(options, input.facts, evaluation);
    json["loss"] = answer.loss;
    if (!options.no_intercept) json["db"] = answer.db;
    json["dw"] = answer.dw;
    print_json(json);
    return;
  }
  print_summary(options, input.facts, evaluation);
  fmt::print("loss       {}\n", answer.loss);
  if (!options.no_intercept) fmt::print("db         {}\n", answer.db);
  for (std::size_t j = 0; j < answer.dw.size(); ++j) {
    fmt::print("dw         {}  {}\n", answer.dw[j], input.facts.column_name(j));
  }
}

template <class T>
void evaluate(const DataOptions& options) {
  const Input<T> input(options);
  const Options evaluation = evaluation_of(options, input.facts);
  Answer<T> answer{0, 0, std::vector<T>(input.facts.cols)};
  answer.loss = loss_gradient(input.problem, input.w.data(), input.b, answer.dw.data(), &answer.db,
                              evaluation);
  print_answer(options, input, evaluation, answer);
  if (!answer.finite()) {
    throw BadAnswer(
        fmt::format("the loss or its gradient is not finite in {}: the data, weights or "
                    "parameters are too large to be summed",
                    name_of(options.dtype())));
  }
}

}  // namespace

void add_eval(CLI::App& app, Work& work) {
  CLI::App* command = app.add_subcommand("eval", "Compute the loss and its gradient once");
  command->footer(kFooter);
  const auto options = std::make_shared<DataOptions>();
  add_data_options(*command, *options);
  command->callback([&work, options] {
    work = [options] {
      with_type(options->dtype(), [&](auto type) { evaluate<decltype(type)>(*options); });
    };
  });
}

}  // namespace logigrad::program
