// How often a rule lies, and how much it finds, counted over many sittings (gate_sitting.hpp).
#pragma once

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <vector>

#include "tests/gate_sitting.hpp"

namespace logigrad::gate {

inline double percent(std::size_t count, std::size_t of) {
  return 100 * static_cast<double>(count) / static_cast<double>(of);
}

// How many of `of` may go wrong where a fraction `rate` may: of less than 1,000 as many as chance
// explains in 99 %.
inline bool too_many(std::size_t count, std::size_t of, double rate) {
  const double n = static_cast<double>(of);
  if (of == 0) return false;
  if (of >= 1000) return static_cast<double>(count) > rate * n;
  return static_cast<double>(count) >
         boost::math::quantile(boost::math::binomial_distribution<>(n, rate), 0.99);
}

// What was said of identical programs at any look, where every claim is false.
struct Lies {
  std::size_t families = 0, regressed = 0, improved = 0, alarms = 0;
  std::size_t benchmarks = 0, passed = 0;  // where PASS is false too: at a threshold of 0

  Lies& operator+=(const Lies& other) {
    families += other.families, regressed += other.regressed, improved += other.improved;
    alarms += other.alarms, benchmarks += other.benchmarks, passed += other.passed;
    return *this;
  }

  bool ok(const Rule& rule) const {
    return !too_many(alarms, families, rule.alpha) && !too_many(passed, benchmarks, rule.alpha);
  }
};

inline Lies lies_in(const std::vector<std::vector<Decision>>& looks, const Plan& plan) {
  std::size_t regressed = 0, improved = 0, passed = 0;
  for (std::size_t i = 0; i < looks[0].size(); ++i) {
    const auto ever = [&](Verdict verdict) {
      return std::any_of(looks.begin(), looks.end(),
                         [&](const auto& decisions) { return decisions[i].verdict == verdict; });
    };
    regressed += ever(Verdict::kRegressed);
    improved += ever(Verdict::kImproved);
    passed += ever(Verdict::kPass);
  }
  Lies lies{1, regressed > 0, improved > 0, regressed + improved > 0};
  if (plan.threshold == 0) lies.benchmarks = looks[0].size(), lies.passed = passed;
  return lies;
}

inline Lies find_lies(const Noise& noise, const Plan& plan, const Rule& rule, const Judge& judge,
                      std::size_t families) {
  Lies lies;
#pragma omp parallel for schedule(dynamic)
  for (std::size_t family = 0; family < families; ++family) {
    Sitting sitting(noise, plan, 1000 + family, family);
    const Lies found = lies_in(run(sitting, rule, judge, false), plan);
#pragma omp critical
    lies += found;
  }
  return lies;
}

// Pairs of sittings that stop when they are sure: the first of identical programs, the second of
// the same baseline and a candidate that is slower, in some benchmarks, by what the first has
// stated as detectable.
struct Finds {
  std::size_t families = 0, sure = 0, alarms = 0, effects = 0, found = 0;
  std::vector<double> blocks, detectable;

  Finds& operator+=(const Finds& other) {
    families += other.families, sure += other.sure, alarms += other.alarms;
    effects += other.effects, found += other.found;
    blocks.insert(blocks.end(), other.blocks.begin(), other.blocks.end());
    detectable.insert(detectable.end(), other.detectable.begin(), other.detectable.end());
    return *this;
  }

  bool ok(const Rule& rule) const {
    return !too_many(alarms, families, rule.alpha) &&
           !too_many(effects - found, effects, 1 - rule.power);
  }
};

inline void find(const Noise& noise, Plan plan, const Rule& rule, std::uint64_t seed,
                 Finds& finds) {
  constexpr std::size_t kSlowed = 5;
  Sitting sitting(noise, plan, seed, seed);
  const std::vector<std::vector<Decision>> looks = run(sitting, rule, decide, true);
  const std::size_t slowed = std::min(kSlowed, plan.effects.size());
  for (std::size_t i = 0; i < slowed; ++i) plan.effects[i] = std::log1p(looks.back()[i].detectable);
  Sitting other(noise, plan, seed, ~seed);
  const std::vector<Decision> then = run(other, rule, decide, true).back();
  bool alarm = false;
  std::size_t found = 0;
  for (std::size_t i = 0; i < then.size(); ++i) {
    const auto is_claim = [](const Decision& decision) {
      return decision.verdict == Verdict::kRegressed || decision.verdict == Verdict::kImproved;
    };
    found += i < slowed && then[i].verdict == Verdict::kRegressed;
    alarm = alarm || is_claim(looks.back()[i]) || (i >= slowed && is_claim(then[i]));
  }
#pragma omp critical
  {
    ++finds.families;
    finds.sure += sure(looks.back());
    finds.alarms += alarm;
    finds.effects += slowed;
    finds.found += found;
    finds.blocks.push_back(static_cast<double>(sitting.family()[0].effect.size()));
    for (std::size_t i = 0; i < slowed; ++i) finds.detectable.push_back(looks.back()[i].detectable);
  }
}

inline Finds find_effects(const Noise& noise, const Plan& plan, const Rule& rule,
                          std::size_t families) {
  Finds finds;
#pragma omp parallel for schedule(dynamic)
  for (std::size_t family = 0; family < families; ++family)
    find(noise, plan, rule, 100000 + family, finds);
  return finds;
}

}  // namespace logigrad::gate
