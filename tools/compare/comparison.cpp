// See comparison.hpp.
#include "tools/compare/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "tools/stats/holm.hpp"
#include "tools/stats/mann_whitney.hpp"
#include "tools/stats/sample.hpp"

namespace logigrad::compare {
namespace {

// Of `auto` the ISA is what the CPU had best: of two machines it is the answer, and no other case.
bool is_matched_by_any_isa(const CaseName& name, const Side& baseline, const Side& candidate) {
  return name.body == "auto" && baseline.origin.machine_key != candidate.origin.machine_key;
}

// What is matched, and shown: the name, with both types where the sides have no common one.
class Names {
 public:
  Names(const Side& baseline, const Side& candidate)
      : from_(baseline.dtypes()), to_(candidate.dtypes()) {}

  std::string operator()(const CaseName& name) const {
    if (from_.size() != 1 || to_.size() != 1 || from_ == to_) return name_of(name);
    const std::string type = fmt::format("/{}/", name_of(name.dtype));
    std::string text = name_of(name);
    return text.replace(text.find(type), type.size(),
                        fmt::format("/{}->{}/", name_of(from_[0]), name_of(to_[0])));
  }

 private:
  std::vector<Dtype> from_, to_;
};

void add_match(Comparison& comparison, const std::string& name, const Sample& baseline,
               const Sample& candidate) {
  if (!baseline.failure.empty()) comparison.baseline_failures.push_back({name, baseline.failure});
  if (!candidate.failure.empty())
    comparison.candidate_failures.push_back({name, candidate.failure});
  if (!baseline.failure.empty() || !candidate.failure.empty()) return;
  Line line{name, is_control(baseline.name), baseline.group, baseline.seconds, candidate.seconds};
  comparison.lines.push_back(std::move(line));
}

// All but what depends on the family.
void measure(Line& line, const Settings& settings) {
  const double threshold = std::log1p(settings.threshold);
  const std::vector<double> from = stats::logarithms(line.baseline);
  const std::vector<double> to = stats::logarithms(line.candidate);
  const auto moved = [&to](double shift) {
    std::vector<double> result = to;
    for (double& value : result) value += shift;
    return result;
  };
  const auto p_beyond = [&](double margin) {
    const double slower = stats::mann_whitney(from, moved(-margin)).greater;
    const double faster = stats::mann_whitney(from, moved(margin)).less;
    return stats::RankTest{faster, slower}.two_sided();
  };
  line.p = p_beyond(threshold + line.floor);
  line.p_by_rounds = line.floor > 0 ? p_beyond(threshold) : line.p;
  const stats::Shift shift = stats::hodges_lehmann(from, to, settings.alpha);
  line.ratio = std::exp(shift.estimate);
  line.low = std::exp(shift.low - line.floor);
  line.high = std::exp(shift.high + line.floor);
}

Verdict verdict_of(const Line& line, const Settings& settings) {
  if (line.adjusted_p <= settings.alpha)
    return line.ratio > 1 ? Verdict::kSlower : Verdict::kFaster;
  if (line.p_by_rounds <= settings.alpha) return Verdict::kMachine;
  const double most = 1 + settings.threshold;
  return line.low * most >= 1 && line.high <= most ? Verdict::kSame : Verdict::kUnclear;
}

template <class C, class F>
void for_each_line(C& comparisons, bool controls, F f) {
  for (auto& comparison : comparisons) {
    for (auto& line : comparison.lines) {
      if (line.control == controls) f(line);
    }
  }
}

double kernels_of(const std::vector<Comparison>& comparisons) {
  double count = 0;
  for_each_line(comparisons, false, [&count](const Line&) { ++count; });
  return count;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  constexpr std::string_view kNames[] = {"slower", "faster", "same", "unclear", "machine"};
  return kNames[static_cast<std::size_t>(verdict)];
}

Comparison match(const Side& baseline, const Side& candidate) {
  const Names name(baseline, candidate);
  std::map<std::string, const Sample*> others, others_by_any_isa;
  const auto with_isa = [&name](CaseName of, const std::string& isa) {
    of.isa = isa;
    return name(of);
  };
  for (const Sample& sample : candidate.samples) {
    others[name(sample.name)] = &sample;
    if (is_matched_by_any_isa(sample.name, baseline, candidate))
      others_by_any_isa[with_isa(sample.name, "")] = &sample;
  }
  Comparison comparison;
  // Of two machines, or two types, no limit is the same work twice.
  if (are_comparable(baseline, candidate)) comparison.floor = MachineFloor(baseline, candidate);
  for (const Sample& sample : baseline.samples) {
    std::string shown = name(sample.name);
    auto other = others.find(shown);
    const auto auto_there = others_by_any_isa.find(with_isa(sample.name, ""));
    if (other == others.end() && sample.name.body == "auto" &&
        auto_there != others_by_any_isa.end()) {
      const CaseName& there = auto_there->second->name;
      shown = with_isa(sample.name, sample.name.isa + "->" + there.isa);
      other = others.find(name(there));
    }
    if (other == others.end()) {
      comparison.only_baseline.push_back(name_of(sample.name));
      continue;
    }
    add_match(comparison, shown, sample, *other->second);
    others.erase(other);
  }
  for (const Sample& sample : candidate.samples) {
    if (!others.count(name(sample.name))) continue;
    comparison.only_candidate.push_back(name_of(sample.name));
    if (!sample.failure.empty())
      comparison.candidate_failures.push_back({name_of(sample.name), sample.failure});
  }
  return comparison;
}

void judge(std::vector<Comparison>& comparisons, const Settings& settings) {
  const double alpha = settings.alpha / std::max(kernels_of(comparisons), 1.0);
  for (Comparison& comparison : comparisons) {
    for (Line& line : comparison.lines)
      line.floor = line.control ? 0 : comparison.floor.of(line.group, alpha);
  }
  for (const bool controls : {false, true}) {
    std::vector<double> p, by_rounds;
    for_each_line(comparisons, controls, [&](Line& line) {
      measure(line, settings);
      p.push_back(line.p);
      by_rounds.push_back(line.p_by_rounds);
    });
    p = stats::holm(p);
    by_rounds = stats::holm(by_rounds);
    std::size_t next = 0;
    for_each_line(comparisons, controls, [&](Line& line) {
      line.adjusted_p = p[next];
      line.p_by_rounds = by_rounds[next++];
      line.verdict = verdict_of(line, settings);
    });
  }
}

Summary summarize(const std::vector<Comparison>& comparisons, bool controls) {
  Summary summary;
  std::vector<double> ratios;
  for_each_line(comparisons, controls, [&](const Line& line) {
    ratios.push_back(line.ratio);
    std::size_t* const counts[] = {&summary.slower, &summary.faster, &summary.same,
                                   &summary.unclear, &summary.machine};
    ++*counts[static_cast<std::size_t>(line.verdict)];
    summary.slower_as_machine += line.verdict == Verdict::kMachine && line.ratio > 1 ? 1 : 0;
    summary.largest_floor = std::max(summary.largest_floor, std::exp(line.floor));
  });
  for (const Comparison& comparison : comparisons) {
    const auto is_counted = [controls](const std::string& name) {
      return controls != (name.starts_with("gradient/") || name.starts_with("loss_gradient/"));
    };
    summary.missing += static_cast<std::size_t>(std::count_if(
        comparison.only_baseline.begin(), comparison.only_baseline.end(), is_counted));
  }
  summary.lines = ratios.size();
  if (!ratios.empty()) summary.geometric_mean = stats::geometric_mean(ratios);
  return summary;
}

bool can_be_significant(const std::vector<Comparison>& comparisons, const Settings& settings) {
  const double family = kernels_of(comparisons);
  bool found = false;
  for_each_line(comparisons, false, [&](const Line& line) {
    found = found ||
            family * stats::least_p(line.baseline.size(), line.candidate.size()) <= settings.alpha;
  });
  return found;
}

}  // namespace logigrad::compare
