// logigrad train: gradient descent on a data file, watched.
//
// What is printed is the loss of the parameters that are printed, evaluated once more on the data
// as they are: with --standardize the descent itself has seen others.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "logigrad/descend.hpp"
#include "tools/logigrad/descent.hpp"
#include "tools/logigrad/input.hpp"
#include "tools/logigrad/output.hpp"
#include "tools/logigrad/program.hpp"
#include "tools/logigrad/standardize.hpp"

namespace logigrad::program {
namespace {

constexpr const char* kFooter =
    R"(Repeats w -= eta dL/dw, b -= eta dL/db from --parameters (default: 0), and reports the
parameters that it reaches. It stops after --iterations steps, or when the gradient's Euclidean norm
is at most --tolerance. --eta auto is 1 / (a bound of the gradient's Lipschitz constant), with which
the loss falls at every step; a much larger one diverges: exit status 1. Interrupted (Ctrl-C,
SIGTERM) it stops after the step it is at, with exit status 130 or 143; a second time at once.

--standardize descends on (x - mean) / (standard deviation), which badly scaled columns need; the
parameters and the loss are reported for the data as they are, the gradient norm for the
standardised ones. A constant column keeps the coefficient it starts with.

--trace writes iteration,loss,gradient_norm,seconds, one line an iteration from 0 on; the file
appears when the descent has ended, interrupted or not. --json prints an object that says what
eval's says of the data and the method, and has w, b (not with --no-intercept), loss, log_likelihood
(-loss; not with --l2, --mean or --sample-weights), gradient_norm, stop (iterations, tolerance,
diverged or interrupted), iterations, eta, ms_per_iteration; a number that is not finite is null.

Example:
  logigrad train people.csv --header --label-column died --standardize --eta auto \
      --iterations 1000 --tolerance 1e-9 --trace descent.csv)";

struct TrainOptions {
  DataOptions data;
  std::optional<double> eta;  // empty: auto
  std::size_t iterations = 0;
  double tolerance = 0;
  bool standardize = false;
  std::optional<std::string> trace;  // path
};

// `loss` is that of the reported parameters on the data as they are.
template <class T>
struct Trained {
  const Input<T>& input;  // with the parameters that were reached
  const Options& evaluation;
  const Descent& descent;
  double loss;
};

const char* stop_name(const Descent& descent) {
  if (descent.interrupted()) return "interrupted";
  if (descent.diverged) return "diverged";
  return descent.result.stop == Stop::kTolerance ? "tolerance" : "iterations";
}

// -L is the log-likelihood of the rows only if L is the plain sum over them.
bool is_likelihood(const DataOptions& options) {
  return !options.mean && options.l2 == 0 && !options.sample_weights;
}

template <class T>
Json answer_json(const TrainOptions& options, const Trained<T>& trained) {
  const auto& [input, evaluation, descent, loss] = trained;
  Json json = summary_json(options.data, input.facts, evaluation);
  json["standardize"] = options.standardize;
  json["w"] = input.w;
  if (!options.data.no_intercept) json["b"] = input.b;
  json["loss"] = loss;
  if (is_likelihood(options.data)) json["log_likelihood"] = -loss;
  json["gradient_norm"] = descent.result.gradient_norm;
  json["stop"] = stop_name(descent);
  json["iterations"] = descent.result.iterations;
  json["eta"] = descent.result.eta;
  json["ms_per_iteration"] = descent.ms_per_iteration();
  return json;
}

template <class T>
void print_answer(const TrainOptions& options, const Trained<T>& trained) {
  if (options.data.json) return print_json(answer_json(options, trained));
  const auto& [input, evaluation, descent, loss] = trained;
  const DescendResult& result = descent.result;
  print_summary(options.data, input.facts, evaluation);
  fmt::print("stopped    {} after {} steps of eta = {}, {:.4g} ms each\n", stop_name(descent),
             result.iterations, result.eta, descent.ms_per_iteration());
  fmt::print("loss       {}\n", loss);
  fmt::print("|gradient| {}{}\n", result.gradient_norm,
             options.standardize ? " on the standardised columns" : "");
  if (!options.data.no_intercept) fmt::print("b          {}\n", input.b);
  for (std::size_t j = 0; j < input.w.size(); ++j) {
    fmt::print("w          {}  {}\n", input.w[j], input.facts.column_name(j));
  }
}

// Throws BadAnswer for a descent that led nowhere.
void check_descent(const Descent& descent, double loss, Dtype dtype) {
  constexpr const char* advice = "take a smaller --eta, or auto";
  const DescendResult& result = descent.result;
  if (std::isnan(descent.first_loss)) {
    throw BadAnswer("diverged: the loss or the gradient is not finite at the start");
  }
  if (result.stop == Stop::kDiverged) {
    throw BadAnswer(
        fmt::format("diverged: after {} steps the loss or the gradient is no longer finite; {}",
                    result.iterations, advice));
  }
  if (descent.diverged) {
    throw BadAnswer(fmt::format("diverged: the loss rose from {:.6g} to {:.6g} in {} steps; {}",
                                descent.first_loss, result.loss, result.iterations, advice));
  }
  if (!std::isfinite(loss)) {
    throw BadAnswer(
        fmt::format("the loss of the data as they are is not finite in {}", name_of(dtype)));
  }
}

void print_constant_columns(const std::vector<std::size_t>& columns, const DataFacts& facts) {
  if (columns.empty()) return;
  fmt::print(stderr, "note: {} of {} columns constant, the first is {}: they keep their w\n",
             columns.size(), facts.cols, facts.column_name(columns[0]));
}

template <class T>
void train(const TrainOptions& options) {
  Input<T> input(options.data);
  const Options evaluation = evaluation_of(options.data, input.facts);
  std::optional<Standardized<T>> standardized;
  if (options.standardize) {
    check_memory(options.data.data, static_cast<double>(input.x.size()) * sizeof(T),
                 "the standardised columns");
    standardized.emplace(input.problem, input.facts);
    standardized->from_raw(input.w, input.b);
    print_constant_columns(standardized->constant_columns(), input.facts);
  }
  const Problem<T>& problem = standardized ? standardized->problem() : input.problem;
  const double eta = options.eta ? *options.eta : safe_step(problem);
  const Interruption interruption("logigrad");
  std::optional<TraceFile> trace;
  if (options.trace) trace.emplace(output_path("--trace", *options.trace, options.data.inputs()));
  const Descent descent =
      descend_watched(problem, {eta, options.iterations, options.tolerance, {}, evaluation},
                      input.w, input.b, trace ? &*trace : nullptr, interruption);
  if (standardized) standardized->to_raw(input.w, input.b);
  std::vector<T> dw(input.facts.cols);
  T db = 0;
  const double loss =
      loss_gradient(input.problem, input.w.data(), input.b, dw.data(), &db, evaluation);
  if (trace) trace->commit();
  print_answer(options, Trained<T>{input, evaluation, descent, loss});
  if (descent.interrupted()) {
    throw Interrupted(fmt::format("interrupted by {} after {} of {} steps", interruption.name(),
                                  descent.result.iterations, options.iterations),
                      interruption.exit_status());
  }
  check_descent(descent, loss, kDtypeOf<T>);
}

void check_standardize(const CLI::App& command) {
  if (command.count("--l2") > 0) {
    throw CLI::ValidationError("--standardize",
                               "found with --l2, expected one of them: the penalty "
                               "would be on the standardised columns' w");
  }
  if (command.count("--no-intercept") > 0) {
    throw CLI::ValidationError("--standardize",
                               "found with --no-intercept, expected one of them: "
                               "the means of the columns go into b");
  }
}

void add_descent_options(CLI::App& command, TrainOptions& options) {
  const auto add = [&command](const char* name, const char* type, const char* help,
                              std::function<void(const std::string&)> set) {
    return command.add_option_function<std::string>(name, std::move(set), help)->type_name(type);
  };
  add("--eta", "X|auto", "The step, a number > 0, or auto: 1 / Lipschitz bound",
      [&options](const std::string& text) {
        if (text == "auto") return;
        options.eta = real_option("--eta", text, "auto or a finite number > 0");
        if (*options.eta == 0) refuse_option("--eta", text, "auto or a finite number > 0");
      })
      ->required();
  add("--iterations", "K", "The most steps to take", [&options](const std::string& text) {
    options.iterations = whole_option("--iterations", text, 0, std::uint64_t{1} << 53);
  })->required();
  add("--tolerance", "T", "Stop when |gradient| <= T (default 0)",
      [&options](const std::string& text) {
        options.tolerance = real_option("--tolerance", text);
      });
  command.add_flag("--standardize", options.standardize, "Descend on standardised columns");
  command.add_option("--trace", options.trace, "Write one CSV line an iteration")
      ->type_name("FILE.csv");
}

}  // namespace

void add_train(CLI::App& app, Work& work) {
  CLI::App* command = app.add_subcommand("train", "Minimise the loss by gradient descent");
  command->footer(kFooter);
  const auto options = std::make_shared<TrainOptions>();
  add_data_options(*command, options->data);
  add_descent_options(*command, *options);
  command->callback([command, &work, options] {
    if (options->standardize) check_standardize(*command);
    work = [options] {
      with_type(options->data.dtype(), [&](auto type) { train<decltype(type)>(*options); });
    };
  });
}

}  // namespace logigrad::program
