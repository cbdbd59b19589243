// See measure.hpp.
#include "bench/measure.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>

#include "bench/workload.hpp"
#include "logigrad/cost_model.hpp"
#include "logigrad/evaluate.hpp"

namespace logigrad::bench {
namespace {

template <class F>
TimedCase timed(const Case& c, F evaluate) {
  return {[evaluate](std::size_t count) {
            for (std::size_t i = 0; i < count; ++i) {
              evaluate();
              benchmark::ClobberMemory();
            }
          },
          c.compared()};
}

template <class T>
TimedCase timed_case(const Case& c, Workload<T>& data) {
  const int threads = c.threads;
  if (const auto* limit = std::get_if<LimitCase>(&c.what)) {
    return timed(c, [&data, threads, index = limit->index] {
      benchmark::DoNotOptimize(run_limit(index, data.problem(), threads));
    });
  }
  if (const auto* peer = std::get_if<PeerInfo>(&c.what)) {
    return timed(c, [&bound = data.bind(*peer, threads), &data] { data.evaluate_peer(bound); });
  }
  const auto& [variant, want_loss] = std::get<VariantCase>(c.what);
  const Variant* used = variant ? &*variant : nullptr;
  return timed(c, [&data, used, want_loss = want_loss, threads] {
    data.evaluate(used, want_loss, threads);
  });
}

template <class T>
Validation validate(const Case& c, Workload<T>& data) {
  if (std::get_if<LimitCase>(&c.what)) return {};
  if (const auto* peer = std::get_if<PeerInfo>(&c.what))
    return data.validate_peer(*peer, c.threads);
  const auto& [variant, want_loss] = std::get<VariantCase>(c.what);
  return data.validate(variant ? &*variant : nullptr, want_loss, c.threads);
}

std::string label_of(const Case& c, const BenchShape& shape, Dtype dtype) {
  if (const auto* peer = std::get_if<PeerInfo>(&c.what))
    return fmt::format("{}, {}", shape.name, peer->library);
  const auto* variant = std::get_if<VariantCase>(&c.what);
  if (!variant || variant->variant) return shape.name;
  return fmt::format("{}, picked {}", shape.name,
                     auto_variant(dtype, shape.rows_of(dtype), shape.cols).name());
}

// The quickest, by its median, of the group's cases on the shape and with the threads of one of
// them; null if there is none.
struct Quickest {
  const CaseResult *read = nullptr, *arithmetic = nullptr, *peer = nullptr;

  Quickest(const Group& group, const std::vector<CaseResult>& results, std::size_t of) {
    const auto threads = [&](const Case& c) {
      const BenchShape& s = group.shape_of(c);
      return planned_threads(s.rows_of(group.dtype), s.cols, group.dtype, c.threads);
    };
    const Case& mine = group.cases[of];
    for (std::size_t i = 0; i < group.cases.size(); ++i) {
      const Case& c = group.cases[i];
      if (c.shape != mine.shape || threads(c) != threads(mine)) continue;
      if (std::get_if<PeerInfo>(&c.what)) take(peer, results[i]);
      if (const auto* limit = std::get_if<LimitCase>(&c.what)) {
        if (limit->info.kind == LimitInfo::Kind::kRead) take(read, results[i]);
        if (limit->info.kind == LimitInfo::Kind::kArithmetic) take(arithmetic, results[i]);
      }
    }
  }

 private:
  static void take(const CaseResult*& best, const CaseResult& candidate) {
    if (!candidate.timed()) return;
    if (!best || candidate.seconds < best->seconds) best = &candidate;
  }
};

// Labels the results, and sets each variant's against limits and peers.
void compare(const Group& group, std::vector<CaseResult>& results) {
  for (std::size_t i = 0; i < group.cases.size(); ++i) {
    const auto* variant = std::get_if<VariantCase>(&group.cases[i].what);
    CaseResult& result = results[i];
    result.label = label_of(group.cases[i], group.shape_of(group.cases[i]), group.dtype);
    if (!variant || !result.timed()) continue;
    const Quickest quickest(group, results, i);
    if (quickest.read && quickest.arithmetic) {
      const bool reading = quickest.read->seconds > quickest.arithmetic->seconds;
      const CaseResult& limit = reading ? *quickest.read : *quickest.arithmetic;
      result.limit_fraction = paired_ratio(limit.times, result.times);
      result.label += reading ? ", bound by reading" : ", bound by arithmetic";
    }
    // Without the libraries that a user would take, the best of the rest is no verdict.
    if (quickest.peer && !variant->want_loss && absent_peers().empty())
      result.vs_best_peer = paired_ratio(quickest.peer->times, result.times);
  }
}

bool beats_limit(const CaseResult& result) {
  return result.limit_fraction.value_or(0) > kMostOfLimit;
}

template <class T>
class GroupRun {
 public:
  explicit GroupRun(const Group& group) : group_(group), results_(group.cases.size()) {
    for (const BenchShape& shape : group.shapes)
      data_.push_back(std::make_unique<Workload<T>>(shape));
  }

  std::vector<CaseResult> run(const MeasureSettings& how, const Watch& watch) {
    for (std::size_t i = 0; i < results_.size() && !watch.stop(); ++i) {
      prepare(i);
      if (!results_[i].failure.empty()) continue;
      right_.push_back(i);
      cases_.push_back(timed_case(group_.cases[i], data_of(i)));
    }
    const RoundSettings settings{group_.rounds, how.case_seconds, watch.stop};
    time_cases(settings, [&](std::size_t k) { watch.advance(right_[k]); });
    if (std::any_of(results_.begin(), results_.end(), beats_limit))
      time_cases(settings, [](std::size_t) {});
    for (std::size_t k = 0; k < right_.size() && !how.events.empty() && !watch.stop(); ++k)
      count(k, how.events);
    return std::move(results_);
  }

 private:
  Workload<T>& data_of(std::size_t i) { return *data_[group_.cases[i].shape]; }

  void prepare(std::size_t i) {
    const Case& c = group_.cases[i];
    CaseResult& result = results_[i];
    const Problem<T>& p = data_of(i).problem();
    const Cost cost = cost_of(p.rows, p.cols, sizeof(T));
    result.rows = p.rows;
    result.bytes = cost.bytes;
    result.flops = cost.flops;
    try {
      const Validation validation = validate(c, data_of(i));
      result.failure = validation.failure;
      if (!std::get_if<LimitCase>(&c.what)) result.error_of_bound = validation.error_of_bound;
    } catch (const std::exception& error) {
      result.failure = error.what();
    }
  }

  void time_cases(const RoundSettings& settings, const std::function<void(std::size_t)>& advance) {
    std::vector<RoundTimes> times = time_in_rounds(cases_, settings, advance);
    const int fewest = std::min(kFewestRounds, settings.rounds);
    for (std::size_t k = 0; k < right_.size(); ++k) {
      if (times[k].seconds.size() < static_cast<std::size_t>(fewest)) continue;  // stopped
      CaseResult& result = results_[right_[k]];
      result.seconds = median(times[k].seconds);
      result.times = std::move(times[k]);
    }
    compare(group_, results_);
  }

  // As many evaluations as a round has, which its times do not see; and which stay if this fails.
  void count(std::size_t k, const std::vector<std::string>& events) {
    CaseResult& result = results_[right_[k]];
    if (!result.timed()) return;
    const Case& c = group_.cases[right_[k]];
    const Problem<T>& p = data_of(right_[k]).problem();
    const std::size_t evaluations = result.times.evaluations / result.times.seconds.size();
    const int threads = planned_threads(p.rows, p.cols, group_.dtype, c.threads);
    try {
      result.counts = count_events(events, threads, [&] { cases_[k].evaluate(evaluations); });
    } catch (const std::exception& error) {
      result.label += fmt::format(", not counted: {}", error.what());
    }
    for (EventCount& each : result.counts) {
      for (double* value : {&each.count, &each.most, &each.least})
        *value /= static_cast<double>(evaluations);
    }
  }

  const Group& group_;
  std::vector<CaseResult> results_;
  std::vector<std::unique_ptr<Workload<T>>> data_;  // of the group's shapes
  std::vector<TimedCase> cases_;                    // that were right
  std::vector<std::size_t> right_;                  // their indices in the group
};

}  // namespace

std::vector<CaseResult> measure_group(const Group& group, const MeasureSettings& settings,
                                      const Watch& watch) {
  try {
    if (group.dtype == Dtype::kF32) return GroupRun<float>(group).run(settings, watch);
    return GroupRun<double>(group).run(settings, watch);
  } catch (const std::exception& error) {
    CaseResult failed;
    failed.failure = error.what();
    return std::vector<CaseResult>(group.cases.size(), failed);
  }
}

}  // namespace logigrad::bench
