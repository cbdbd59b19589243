// logigrad_bench_slowed --slowdown PERCENT ...: the benchmark with kernels that are slower by a
// known part, for `logigrad gate --self-test`.
//
// The timed loop, the kernels and the program are the same for every PERCENT, 0 as well; only how
// often a kernel is called differs: its every 20th call on a thread, say, is followed by a second
// one on the same rows, whose sums nobody reads. So the slowdown of a time over thousands of calls
// is 5 % of the kernel's part of it, which is all but the merge of its chunks.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "bench/run.hpp"
#include "kernels/registry.hpp"
#include "tools/dataset/number.hpp"

namespace logigrad::bench {
namespace {

double slowdown = 0;  // calls more than asked for, as a fraction; set before the first call

// narrow or panel, by the number of columns, each on the strongest ISA.
enum class Body { kNarrow, kPanel };
template <Body kBody>
constexpr const char* kNameOf = kBody == Body::kNarrow ? "narrow" : "panel";

template <class T, Body kBody>
const Variant& variant() {
  return find_variant(kNameOf<kBody>, kDtypeOf<T>, 0, 0);
}

template <class T, Body kBody, bool kLoss>
void slowed_body(const RowRange<T>& range, T* scratch, double* partial) {
  static const BodyEntry<T>& entry = body_of<T>(variant<T, kBody>());
  const BodyFunction<T> run = kLoss ? entry.loss_gradient : entry.gradient;
  thread_local double owed = 0;
  thread_local std::vector<double> unread;
  run(range, scratch, partial);
  owed += slowdown;
  if (owed < 1) return;
  owed -= 1;
  if (unread.size() < range.cols + 2) unread.resize(range.cols + 2);
  run(range, scratch, unread.data());
}

template <class T, Body kBody>
Variant slowed_variant() {
  static const BodyEntry<T>& good = body_of<T>(variant<T, kBody>());
  static const BodyEntry<T> entry{slowed_body<T, kBody, false>, slowed_body<T, kBody, true>,
                                  good.scratch, good.most_cols};
  Variant result = variant<T, kBody>();
  result.implementation = &entry;
  return result;
}

void slow_down(CaseList& list) {
  list.variants = {slowed_variant<float, Body::kNarrow>(), slowed_variant<float, Body::kPanel>(),
                   slowed_variant<double, Body::kNarrow>(), slowed_variant<double, Body::kPanel>()};
}

double fraction_of(const std::string& text) {
  const dataset::Number percent = dataset::parse_number(text);
  if (percent.kind == dataset::NumberKind::kFinite && percent.value >= 0 && percent.value < 100)
    return percent.value / 100;
  throw CLI::ValidationError(
      fmt::format("--slowdown: found '{}', expected a percentage from 0 to below 100", text));
}

// What is left of the command line is the benchmark's. Throws CLI::ParseError.
std::vector<std::string> take_slowdown(int argc, char** argv) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.add_option_function<std::string>(
      "--slowdown", [](const std::string& text) { slowdown = fraction_of(text); });
  app.parse(argc, argv);
  return app.remaining();
}

int run_slowed(int argc, char** argv) {
  std::vector<std::string> arguments;
  try {
    arguments = take_slowdown(argc, argv);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "logigrad_bench_slowed: {}\n", error.what());
    return 2;
  }
  arguments.insert(arguments.begin(), argv[0]);
  // Limits and peers are not slowed; and for peers the program may start itself again, by arguments
  // that no longer have the slowdown.
  arguments.push_back("--no-compare");
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  return run_benchmarks(static_cast<int>(arguments.size()), words.data(), slow_down);
}

}  // namespace
}  // namespace logigrad::bench

int main(int argc, char** argv) { return logigrad::bench::run_slowed(argc, argv); }
