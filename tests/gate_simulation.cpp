// gate_simulation: how often the gate's rule lies, and how much it finds, in noise that is known.
//
// Families of benchmarks are run as the gate runs them, on a machine that is made up: the same
// order of processes, the same looks, the same decisions; no clock. Rules that are known to be
// wrong go through the same simulation, which has to catch them.
//
// Exit status: 0; 1 a promise is broken, or a wrong rule was not caught; 2 usage.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "tests/gate_experiments.hpp"
#include "tools/stats/sample.hpp"

namespace logigrad::gate {
namespace {

struct Settings {
  std::size_t families = 250, benchmarks = 50;
  bool all = false;  // noises
};

// The rules that people use, and what is wrong with them.
std::vector<Decision> full_alpha_at_each_look(const std::vector<Series>& family, const Rule& rule,
                                              std::size_t, bool) {
  const std::size_t blocks = family[0].effect.size();
  return decide(family, {rule.alpha, rule.power, blocks, blocks}, 0, true);
}

std::vector<Decision> each_benchmark_alone(const std::vector<Series>& family, const Rule& rule,
                                           std::size_t, bool) {
  const double share = 1 / static_cast<double>(looks(rule, family.size()).size());
  const std::size_t blocks = family[0].effect.size();
  std::vector<Decision> decisions;
  for (const Series& series : family)
    decisions.push_back(
        decide({series}, {rule.alpha * share, rule.power, blocks, blocks}, 0, true)[0]);
  return decisions;
}

std::vector<Decision> without_floor(std::vector<Series> family, const Rule& rule, std::size_t look,
                                    bool final) {
  for (Series& series : family) {
    std::fill(series.floor.begin(), series.floor.end(), 0);
    series.layout.clear();
  }
  return decide(family, rule, look, final);
}

std::vector<Decision> pass_unless_significant(const std::vector<Series>& family, const Rule& rule,
                                              std::size_t look, bool final) {
  std::vector<Decision> decisions = decide(family, rule, look, final);
  for (Decision& decision : decisions) {
    if (decision.verdict == Verdict::kInconclusive) decision.verdict = Verdict::kPass;
  }
  return decisions;
}

std::vector<std::size_t> one_after_the_other(std::size_t programs, std::mt19937_64&) {
  std::vector<std::size_t> order(2 * programs);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i / 2;
  return order;
}

class Simulation {
 public:
  explicit Simulation(const Settings& settings) : settings_(settings) {
    same_.effects.resize(settings.benchmarks);
    usual_ = same_;
    usual_.threshold = 0.03;
    relinked_ = usual_;
    relinked_.relinked = 5;
  }

  bool run_all() {
    const std::vector<Noise> all = noises(settings_.all);
    // Each family has five effects: a fifth of the families has as many effects as all have lies.
    const std::size_t fewer = settings_.families / 5;
    Lies lied;
    Finds found;
    for (const Noise& noise : all) {
      lied += lies(noise, same_, settings_.families);
      found += finds(noise, usual_, settings_.all ? settings_.families : fewer);
    }
    print("all of these", lied, lied.ok(Rule{}));
    print("all of these", found, found.ok(Rule{}));
    // The budget ends before most of them are sure: nothing more is seen than was stated.
    finds(all[2], usual_, fewer, Rule{.most_blocks = 21});
    const Rule rule{.most_blocks = 32};
    for (const auto& [noise, plan] : {std::pair(copies_, usual_), std::pair(layouts_, relinked_)}) {
      // Five links more, each estimated anew at each look, take minutes.
      lies(noise, plan, settings_.families / 2, settings_.all ? Rule{} : rule);
      finds(noise, plan, fewer, rule);
    }
    wrong("alpha at each look", all[0], same_, full_alpha_at_each_look, {.most_blocks = 72});
    wrong("each benchmark alone", all[1], same_, each_benchmark_alone, rule);
    wrong("PASS unless significant", all[2], same_, pass_unless_significant, rule);
    wrong("no floor of copies", copies_, usual_, without_floor, rule);
    wrong("no floor of links", layouts_, relinked_, without_floor, rule);
    Plan in_turn = same_;
    in_turn.order = one_after_the_other;
    wrong("one after the other", {.name = "steady drift", .trend = 0.2}, in_turn, decide, rule);
    return ok_;
  }

 private:
  // By the rule that is shipped, with all its blocks, unless said otherwise.
  Lies lies(const Noise& noise, const Plan& plan, std::size_t families, const Rule& rule = {}) {
    const Lies found = find_lies(noise, plan, rule, decide, families);
    print(title(noise, rule), found, found.ok(rule));
    return found;
  }

  Finds finds(const Noise& noise, const Plan& plan, std::size_t families, const Rule& rule = {}) {
    const Finds found = find_effects(noise, plan, rule, families);
    print(title(noise, rule), found, found.ok(rule));
    return found;
  }

  static std::string title(const Noise& noise, const Rule& rule) {
    return fmt::format("{}, up to {} blocks", noise.name, rule.most_blocks);
  }

  void wrong(const std::string& name, const Noise& noise, const Plan& plan, const Judge& judge,
             const Rule& rule) {
    const std::size_t families = std::max<std::size_t>(settings_.families / 5, 100);
    const Lies found = find_lies(noise, plan, rule, judge, families);
    print("wrong: " + name, found, !found.ok(rule));
  }

  void print(const std::string& name, const Lies& found, bool ok) {
    ok_ = ok_ && ok;
    fmt::print(
        "{:42} {:5} families: {:.1f} % with a false claim ({:.1f} % REGRESSED, {:.1f} % "
        "IMPROVED)",
        name, found.families, percent(found.alarms, found.families),
        percent(found.regressed, found.families), percent(found.improved, found.families));
    if (found.benchmarks > 0)
      fmt::print("; {:.1f} % of benchmarks with a false PASS",
                 percent(found.passed, found.benchmarks));
    fmt::print("{}\n", ok ? "" : "  BROKEN");
  }

  void print(const std::string& name, const Finds& found, bool ok) {
    ok_ = ok_ && ok;
    fmt::print(
        "{:42} {:5} families: {:.1f} % sure, {:.1f} % with a false claim; median of {:.0f} blocks, "
        "{:.1f} % detectable; of {} such effects {:.1f} % found{}\n",
        name, found.families, percent(found.sure, found.families),
        percent(found.alarms, found.families), stats::median(found.blocks),
        100 * stats::median(found.detectable), found.effects, percent(found.found, found.effects),
        ok ? "" : "  BROKEN");
  }

  Settings settings_;
  Plan same_, usual_, relinked_;
  const Noise copies_{.name = "copies that differ", .copies = 0.015};
  const Noise layouts_{.name = "links that differ", .layouts = 0.015};
  bool ok_ = true;
};

}  // namespace
}  // namespace logigrad::gate

int main(int argc, char** argv) {
  CLI::App app("Measures the error rates of the gate's rule on a machine that is made up.");
  logigrad::gate::Settings settings;
  app.add_option("--families", settings.families, "Families of each noise (default: 250)")
      ->check(CLI::Range(10, 1000000));
  // Of fewer, a family and the spread of its copies are hardly there to be got wrong.
  app.add_option("--benchmarks", settings.benchmarks, "Benchmarks of a family (default: 50)")
      ->check(CLI::Range(5, 10000));
  app.add_flag("--all-noises", settings.all,
               "More noises than the four, effects in all families, copies by all blocks");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return logigrad::gate::Simulation(settings).run_all() ? 0 : 1;
}
