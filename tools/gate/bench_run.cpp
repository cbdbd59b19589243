// See bench_run.hpp.
#include "tools/gate/bench_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tools/dataset/input_error.hpp"
#include "tools/gate/process.hpp"
#include "tools/machine/sysroot.hpp"

namespace logigrad::gate {
namespace {

// The exit status of logigrad_bench; there is a result all the same.
constexpr int kWrongAnswer = 1;
constexpr std::size_t kErrorLines = 10;

bool has_failure(const Result& result) {
  return std::any_of(result.measurements.begin(), result.measurements.end(),
                     [](const Measurement& m) { return !m.failure.empty(); });
}

}  // namespace

void fail_with_tail(const Runner& runner, const std::string& what,
                    const std::filesystem::path& err) {
  const std::string said = tail_of(err, kErrorLines);
  fmt::print(stderr, "{}", said);
  throw InputError(fmt::format("{} {}{}", runner.title, what,
                               said.empty() ? ", and said nothing" : "; what it said is above"));
}

std::vector<std::string> Choice::arguments() const {
  std::vector<std::string> result = {"--no-compare", fmt::format("--rounds={}", rounds),
                                     fmt::format("--benchmark_min_time={}", case_seconds)};
  for (const std::string& shape : shapes) result.insert(result.end(), {"--shape", shape});
  for (const std::string& dtype : dtypes) result.insert(result.end(), {"--dtype", dtype});
  if (!threads.empty()) result.insert(result.end(), {"--threads", threads});
  if (!filter.empty()) result.push_back("--benchmark_filter=" + filter);
  return result;
}

Result run_bench(const Runner& runner, const std::vector<std::string>& arguments, double timeout,
                 const std::filesystem::path& scratch, const Stop& stop) {
  const std::filesystem::path out = scratch / "result.json";
  Command command{runner.before, runner.environment, {}, {}, scratch / "stderr", timeout};
  command.words.push_back(runner.executable);
  command.words.insert(command.words.end(), arguments.begin(), arguments.end());
  command.words.insert(command.words.end(), runner.arguments.begin(), runner.arguments.end());
  command.words.push_back("--benchmark_out=" + out.string());
  std::filesystem::remove(out);
  const Ending ending = run(command, stop);
  if (ending.stopped) throw Stopped();
  const bool left_one = std::filesystem::exists(out);
  const bool wrong = ending.signal == 0 && ending.status == kWrongAnswer && left_one;
  if (!ending.succeeded() && !wrong) fail_with_tail(runner, ending.text(command), command.err);
  if (!left_one) fail_with_tail(runner, "wrote no result", command.err);
  const Result result = load_results(out).at(0).result;
  if (wrong != has_failure(result))
    fail_with_tail(runner,
                   fmt::format("{}, but its result has {} wrong answer", ending.text(command),
                               wrong ? "no" : "a"),
                   command.err);
  return result;
}

}  // namespace logigrad::gate
