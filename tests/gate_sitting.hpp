// A sitting of the gate on a machine that is made up (gate_noise.hpp): blocks of processes in the
// order that the gate gives them, looked at when the gate looks.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/gate_noise.hpp"
#include "tools/gate/blocks.hpp"
#include "tools/gate/decision.hpp"
#include "tools/stats/signed_rank.hpp"

namespace logigrad::gate {

struct Plan {
  std::vector<double> effects;  // log(candidate / baseline) of each benchmark, without its copy's
  double threshold = 0;
  std::size_t relinked = 0;  // copies
  std::function<std::vector<std::size_t>(std::size_t, std::mt19937_64&)> order = block_order;
};

class Sitting {
 public:
  // What lies on the disk, the baseline and its copies, is the same in all sittings of `files`.
  Sitting(const Noise& noise, const Plan& plan, std::uint64_t files, std::uint64_t seed)
      : plan_(plan),
        random_(seed),
        machine_(noise, plan.effects.size(), random_),
        programs_(kFirstRelinked + plan.relinked, plan.effects),
        layouts_(plan.effects.size(), std::vector<std::vector<double>>(plan.relinked)) {
    std::mt19937_64 old(files);
    std::normal_distribution<> normal;
    for (std::size_t i = 0; i < plan.effects.size(); ++i) {
      family_.push_back({std::to_string(i), {}, {}, {}, plan.threshold});
      for (std::vector<double>& program : programs_) program[i] = noise.layouts * normal(old);
      programs_[kBaselineCopy][i] = programs_[kBaseline][i];  // of one link
      for (std::vector<double>& program : programs_) program[i] += noise.copies * normal(old);
      programs_[kCandidate][i] = plan.effects[i] + noise.layouts * machine_.normal();
      programs_[kCandidate][i] += noise.copies * machine_.normal();
    }
  }

  void run_to(std::size_t blocks) {
    while (family_[0].effect.size() < blocks) run_block();
    for (std::size_t i = 0; i < family_.size(); ++i) {
      family_[i].layout.clear();
      for (const std::vector<double>& ratios : layouts_[i])
        family_[i].layout.push_back(stats::WalshAverages(ratios).estimate());
    }
  }

  const std::vector<Series>& family() const { return family_; }

 private:
  void run_block() {
    const std::vector<std::size_t> order = plan_.order(programs_.size(), random_);
    std::vector<std::vector<double>> seconds(family_.size());
    for (const std::size_t program : order) {
      const std::vector<double> times = machine_.process(programs_[program]);
      for (std::size_t i = 0; i < times.size(); ++i) seconds[i].push_back(times[i]);
    }
    for (std::size_t i = 0; i < family_.size(); ++i) {
      family_[i].effect.push_back(log_ratio(order, seconds[i], kCandidate, kBaseline));
      family_[i].floor.push_back(log_ratio(order, seconds[i], kBaselineCopy, kBaseline));
      for (std::size_t copy = 0; copy < plan_.relinked; ++copy)
        layouts_[i][copy].push_back(log_ratio(order, seconds[i], kFirstRelinked + copy, kBaseline));
    }
  }

  const Plan& plan_;
  std::mt19937_64 random_;
  Machine machine_;
  std::vector<std::vector<double>> programs_;  // of each its benchmarks
  std::vector<std::vector<std::vector<double>>> layouts_;
  std::vector<Series> family_;
};

// What a rule says of a family at a look; the gate's own, or a worse one.
using Judge = std::function<std::vector<Decision>(const std::vector<Series>&, const Rule&,
                                                  std::size_t look, bool final)>;

// The decisions at every look. Without `stops` it goes on when it is sure.
inline std::vector<std::vector<Decision>> run(Sitting& sitting, const Rule& rule,
                                              const Judge& judge, bool stops) {
  const std::vector<std::size_t> blocks = looks(rule, sitting.family().size());
  std::vector<std::vector<Decision>> result;
  for (std::size_t look = 0; look < blocks.size(); ++look) {
    sitting.run_to(blocks[look]);
    result.push_back(judge(sitting.family(), rule, look, look + 1 == blocks.size()));
    if (stops && sure(result.back())) break;
  }
  return result;
}

}  // namespace logigrad::gate
