// See instructions.hpp. As tools/profile.sh does, every call of the library's function is a dump of
// its own, validation's and warm-up's as well; the last one is of the timed loop.
#include "tools/gate/instructions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <regex>
#include <string_view>

#include "tools/dataset/input_error.hpp"
#include "tools/gate/blocks.hpp"
#include "tools/gate/comparable.hpp"
#include "tools/gate/process.hpp"
#include "tools/machine/sysroot.hpp"

namespace logigrad::gate {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

// Debian 12's valgrind knows no stronger one. It hides the others from CPUID as well, so that the
// cap only makes a binary say why it leaves variants out.
constexpr const char* kMostIsa = "avx2_fma";

// Waiting threads sleep instead of counting the turns of a loop.
const std::vector<std::pair<std::string, std::string>> kQuietThreads = {
    {"OMP_WAIT_POLICY", "passive"}, {"GOMP_SPINCOUNT", "0"}};

std::vector<std::pair<std::string, std::string>> environment() {
  auto result = kQuietThreads;
#if defined(__x86_64__)
  if (!std::getenv("LOGIGRAD_MAX_ISA")) result.emplace_back("LOGIGRAD_MAX_ISA", kMostIsa);
#endif
  return result;
}

constexpr std::string_view kNamespace = "logigrad";

// The function whose calls are counted: logigrad::loss_gradient<float>.
std::string function_of(const CaseName& name) {
  return fmt::format("{}::{}<{}>", kNamespace, name.quantity,
                     name.dtype == Dtype::kF32 ? "float" : "double");
}

bool is_parallel(const CaseName& name) { return name.threads != 1; }

// Collection is turned over where a function that matches is entered or left. Serial code is
// counted within the call; of OpenMP only the parallel regions are, which each thread enters, and
// which lie within the call: with both patterns those of the calling thread would be turned off
// again. The two patterns of a function differ, since callgrind keeps one setting for a pattern.
Strings valgrind(const CaseName& name, const fs::path& dump) {
  Strings words = {"valgrind", "--tool=callgrind", "--callgrind-out-file=" + dump.string(),
                   fmt::format("--dump-after=*{}(*)", function_of(name))};
  if (is_parallel(name)) {
    words.insert(words.end(), {"--toggle-collect=*omp_fn*", "--toggle-collect=*omp_outlined*"});
  } else {
    words.push_back(
        fmt::format("--toggle-collect=*{}(*)", function_of(name).substr(kNamespace.size())));
  }
  return words;
}

// The last dump, NAME.1, NAME.2, ..., and its "totals: COUNT".
double count_in(const fs::path& dump, const Runner& runner, const std::string& name) {
  int last = 0;
  while (fs::exists(fmt::format("{}.{}", dump.string(), last + 1))) ++last;
  std::ifstream file(fmt::format("{}.{}", dump.string(), last));
  double count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("totals: ")) count = std::strtod(line.c_str() + 8, nullptr);
  }
  if (count > 0) return count;
  throw InputError(
      fmt::format("{}: callgrind saw no call of logigrad's function for {}", runner.title, name));
}

// The names with ^ and $, and with what means something else in a regular expression behind '\'.
std::string only(const std::string& name) {
  return "^" + std::regex_replace(name, std::regex(R"([.+*?()|[\]{}^$\\])"), R"(\$&)") + "$";
}

void require_valgrind(const Stop& stop) {
  try {
    output_of({"valgrind", "--version"}, stop);
  } catch (const std::runtime_error& error) {
    throw InputError(
        fmt::format("--instructions: found no valgrind that runs, which tools/setup.sh "
                    "--with-profile installs: {}",
                    error.what()));
  }
}

// The benchmarks of kernels that a side has on valgrind's CPU.
Strings names_of(const Runner& runner, const Plan& plan, const Stop& stop) {
  Command command{{"valgrind", "-q", "--tool=none", runner.executable},
                  environment(),
                  {},
                  plan.scratch / "names",
                  plan.scratch / "stderr",
                  plan.timeout};
  const Strings arguments = plan.choice.arguments();
  command.words.insert(command.words.end(), arguments.begin(), arguments.end());
  command.words.push_back("--benchmark_list_tests");
  const Ending ending = run(command, stop);
  if (ending.stopped) throw Stopped();
  if (!ending.succeeded()) fail_with_tail(runner, ending.text(command), command.err);
  Strings names;
  for (const std::string& line : read_lines(command.out)) {
    const std::optional<CaseName> name = parse_case_name(line);
    if (name && name->quantity.ends_with("gradient")) names.push_back(name_of(*name));
  }
  return names;
}

// One evaluation of a benchmark on one side.
struct Count {
  compare::Side side;
  double instructions;  // 0 if the answer was wrong
  std::string failure;
};

Count count(const Runner& side, const std::string& name, const Plan& plan, const Stop& stop) {
  const Scratch scratch;
  const CaseName parts = *parse_case_name(name);
  Runner runner = side;
  runner.before = valgrind(parts, scratch.path() / "dump");
  runner.environment = environment();
  Choice choice = plan.choice;
  choice.filter = only(name);
  choice.rounds = 1;
  choice.case_seconds = 1e-6;
  const Result result = run_bench(runner, choice.arguments(), plan.timeout, scratch.path(), stop);
  Count count{side_of(side, result), 0, ""};
  for (const Measurement& m : result.measurements) count.failure += m.failure;
  if (count.failure.empty()) count.instructions = count_in(scratch.path() / "dump", runner, name);
  return count;
}

Decision decision_of(double ratio, double threshold) {
  Decision decision{Verdict::kPass, ratio, ratio, ratio, 1, 0, threshold};
  if (ratio > 1 + threshold) decision.verdict = Verdict::kRegressed;
  if (ratio < 1 / (1 + threshold)) decision.verdict = Verdict::kImproved;
  if (decision.verdict != Verdict::kPass) decision.p = 0;
  return decision;
}

class Counting {
 public:
  Counting(const Plan& plan, bool has_thresholds, const Stop& stop)
      : plan_(plan), has_thresholds_(has_thresholds), stop_(stop) {}

  Sitting run(const std::function<void(const Sitting&, std::size_t)>& watch) {
    const Strings both = match();
    for (const std::string& name : both) {
      if (over()) {
        sitting_.lines.push_back({name, threshold_of(name), kUnmeasured, kUnmeasured, {}});
        continue;
      }
      watch(sitting_, both.size());
      try {
        add(name);
      } catch (const Stopped&) {
        sitting_.interrupted = true;
      } catch (const InputError& error) {
        sitting_.error = error.what();
      }
      if (sitting_.interrupted || !sitting_.error.empty()) break;
      if (!sitting_.candidate_failures.empty()) break;  // beats any count
    }
    sitting_.seconds = seconds();
    sitting_.decided = !sitting_.interrupted && sitting_.error.empty() && sure(decisions());
    return std::move(sitting_);
  }

 private:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  // Whether one more, as long as those so far, would end after the budget. The first one is
  // counted.
  bool over() const {
    return counted_ > 0 && seconds() * (1 + 1 / static_cast<double>(counted_)) > plan_.budget;
  }

  double threshold_of(const std::string& name) const {
    if (has_thresholds_) return plan_.thresholds.of(name);
    return is_parallel(*parse_case_name(name)) ? kOpenMpBar : kSerialBar;
  }

  std::vector<Decision> decisions() const {
    std::vector<Decision> result;
    for (const Line& line : sitting_.lines) result.push_back(line.decision);
    return result;
  }

  Strings match() {
    require_valgrind(stop_);
    const Strings baseline = names_of(plan_.sides[kBaseline], plan_, stop_);
    const Strings candidate = names_of(plan_.sides[kCandidate], plan_, stop_);
    const auto has = [](const Strings& names, const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    Strings both;
    for (const std::string& name : baseline)
      (has(candidate, name) ? both : sitting_.only_baseline).push_back(name);
    for (const std::string& name : candidate) {
      if (!has(baseline, name)) sitting_.only_candidate.push_back(name);
    }
    return both;
  }

  void add(const std::string& name) {
    const Count from = count(plan_.sides[kBaseline], name, plan_, stop_);
    const Count to = count(plan_.sides[kCandidate], name, plan_, stop_);
    ++counted_;
    sitting_.differences = require_comparable(from.side, to.side, plan_.any_build);
    if (!from.failure.empty()) sitting_.baseline_failures.push_back({name, from.failure});
    if (!to.failure.empty()) sitting_.candidate_failures.push_back({name, to.failure});
    if (!from.failure.empty() || !to.failure.empty()) return;
    const double threshold = threshold_of(name);
    const Decision decision = decision_of(to.instructions / from.instructions, threshold);
    sitting_.lines.push_back({name, threshold, from.instructions, to.instructions, decision});
  }

  const Plan& plan_;
  const bool has_thresholds_;
  const Stop& stop_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::size_t counted_ = 0;
  Sitting sitting_;
};

}  // namespace

Sitting count_instructions(const Plan& plan, bool has_thresholds, const Stop& stop,
                           const std::function<void(const Sitting&, std::size_t of)>& watch) {
  return Counting(plan, has_thresholds, stop).run(watch);
}

}  // namespace logigrad::gate
