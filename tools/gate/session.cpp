// See session.hpp.
#include "tools/gate/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <utility>

#include "tools/dataset/input_error.hpp"
#include "tools/gate/blocks.hpp"
#include "tools/gate/comparable.hpp"
#include "tools/stats/sample.hpp"
#include "tools/stats/signed_rank.hpp"

namespace logigrad::gate {
namespace {

using compare::Comparison;
using compare::Side;

// The times of the matched benchmarks, process by process.
class Times {
 public:
  explicit Times(const std::vector<compare::Line>& lines) {
    for (const compare::Line& line : lines) {
      if (!line.control) names_.push_back(line.name);
    }
  }

  const std::vector<std::string>& names() const { return names_; }

  // The seconds of each name, in their order. Throws InputError if one has none.
  std::vector<double> of(const Runner& runner, const Result& result) const {
    std::map<std::string, const Measurement*> found;
    for (const Measurement& m : result.measurements) found[name_of(m.name)] = &m;
    std::vector<double> seconds;
    for (const std::string& name : names_) {
      const auto at = found.find(name);
      if (at == found.end() || !at->second->failure.empty())
        throw InputError(
            fmt::format("{} {} {}, of which it had a time before", runner.title,
                        at == found.end() ? "does not list" : "gave a wrong answer for", name));
      seconds.push_back(at->second->seconds);
    }
    return seconds;
  }

 private:
  std::vector<std::string> names_;
};

class Measuring {
 public:
  Measuring(const Plan& plan, const Stop& stop)
      : plan_(plan), stop_(stop), runners_(plan.sides), random_(plan.seed) {
    for (const Relinked& copy : plan.relinked) runners_.push_back(copy.runner);
  }

  Sitting run(const std::function<void(const Sitting&)>& watch) {
    begin();
    // A wrong answer needs no time, and no match needs none either.
    while (!names().empty() && !over()) {
      try {
        add_block(run_block());
      } catch (const Stopped&) {
        sitting_.interrupted = true;
        break;
      } catch (const InputError& error) {
        sitting_.error = error.what();
        break;
      }
      watch(sitting_);
    }
    finish();
    sitting_.seconds = seconds();
    return std::move(sitting_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  const std::vector<std::string>& names() const { return times_->names(); }

  // One process of each side, which says what there is to measure. Its times warm the machine up.
  void begin() {
    std::vector<Side> sides;
    for (const Runner& runner : plan_.sides) sides.push_back(side_of(runner, measure(runner)));
    const Side &baseline = sides[kBaseline], &candidate = sides[kCandidate];
    sitting_.differences = require_comparable(baseline, candidate, plan_.any_build);
    Comparison comparison = compare::match(baseline, candidate);
    times_.emplace(comparison.lines);
    sitting_.only_baseline = std::move(comparison.only_baseline);
    sitting_.only_candidate = std::move(comparison.only_candidate);
    sitting_.baseline_failures = std::move(comparison.baseline_failures);
    sitting_.candidate_failures = std::move(comparison.candidate_failures);
    for (const std::string& name : names()) {
      const double threshold = plan_.thresholds.of(name);
      sitting_.lines.push_back({name, threshold, kUnmeasured, kUnmeasured, {}});
      series_.push_back({name, {}, {}, {}, threshold});
    }
    medians_.resize(names().size());
    if (!names().empty()) looks_ = looks(plan_.rule, names().size());
  }

  Result measure(const Runner& runner) {
    return run_bench(runner, plan_.choice.arguments(), plan_.timeout, plan_.scratch, stop_);
  }

  struct Block {
    std::vector<std::size_t> order;
    std::vector<std::vector<double>> seconds;  // of each process, of each benchmark
  };

  Block run_block() {
    Block block{block_order(runners_.size(), random_), {}};
    for (const std::size_t program : block.order) {
      const Runner& runner = runners_[program];
      const Result result = measure(runner);
      if (program == kCandidate && take_failures(result)) return {};
      block.seconds.push_back(times_->of(runner, result));
    }
    return block;
  }

  // Answers that are wrong only sometimes are wrong.
  bool take_failures(const Result& result) {
    for (const Measurement& m : result.measurements) {
      if (!m.failure.empty()) sitting_.candidate_failures.push_back({name_of(m.name), m.failure});
    }
    return !sitting_.candidate_failures.empty();
  }

  void add_block(const Block& block) {
    if (block.order.empty()) return;
    for (std::size_t i = 0; i < names().size(); ++i) {
      std::vector<double> seconds;
      for (const std::vector<double>& process : block.seconds) seconds.push_back(process[i]);
      const auto log = [&](std::size_t program, std::size_t other) {
        return log_ratio(block.order, seconds, program, other);
      };
      series_[i].effect.push_back(log(kCandidate, kBaseline));
      series_[i].floor.push_back(log(kBaselineCopy, kBaseline));
      add_layout(i, log);
      for (std::size_t place = 0; place < seconds.size(); ++place)
        medians_[i][block.order[place]].push_back(seconds[place]);
    }
    ++sitting_.blocks;
    if (sitting_.blocks == looks_[look_]) look(look_ + 1 == looks_.size());
  }

  // Of each copy the logarithms of the blocks so far, and their estimate, which no burst moves.
  template <class Log>
  void add_layout(std::size_t benchmark, const Log& log) {
    Series& series = series_[benchmark];
    series.layout.resize(plan_.relinked.size());
    for (std::size_t copy = 0; copy < plan_.relinked.size(); ++copy) {
      std::vector<double>& seen = layouts_[{benchmark, copy}];
      seen.push_back(log(kFirstRelinked + copy, plan_.relinked[copy].original));
      series.layout[copy] = stats::WalshAverages(seen).estimate();
    }
  }

  void look(bool final) {
    const std::vector<Decision> decisions = decide(series_, plan_.rule, look_++, final);
    for (std::size_t i = 0; i < decisions.size(); ++i) sitting_.lines[i].decision = decisions[i];
    sitting_.decided = sure(decisions);
  }

  // Whether nothing more is to be measured. A block that would end after the budget is not begun.
  bool over() const {
    if (sitting_.decided || !sitting_.candidate_failures.empty()) return true;
    if (look_ == looks_.size()) return true;
    const double seconds = this->seconds();
    const auto blocks = static_cast<double>(std::max<std::size_t>(sitting_.blocks, 1));
    return seconds + seconds / blocks > plan_.budget;
  }

  void finish() {
    if (sitting_.blocks == 0) return;
    if (!sitting_.decided && look_ < looks_.size()) look(true);
    for (std::size_t i = 0; i < sitting_.lines.size(); ++i) {
      sitting_.lines[i].baseline = stats::median(medians_[i][kBaseline]);
      sitting_.lines[i].candidate = stats::median(medians_[i][kCandidate]);
    }
  }

  const Plan& plan_;
  const Stop& stop_;
  std::vector<Runner> runners_;  // the sides, then the relinked copies
  std::mt19937_64 random_;
  Clock::time_point start_ = Clock::now();
  std::optional<Times> times_;
  std::vector<Series> series_;
  std::vector<std::map<std::size_t, std::vector<double>>> medians_;  // seconds, by program
  std::map<std::pair<std::size_t, std::size_t>, std::vector<double>> layouts_;  // benchmark, copy
  std::vector<std::size_t> looks_;
  std::size_t look_ = 0;  // the next one
  Sitting sitting_;
};

}  // namespace

Sitting measure(const Plan& plan, const Stop& stop,
                const std::function<void(const Sitting&)>& watch) {
  return Measuring(plan, stop).run(watch);
}

}  // namespace logigrad::gate
