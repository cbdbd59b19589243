// A result as logigrad_bench writes one, with times that are known.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace logigrad {

class MadeResult {
 public:
  // Sets a key of the context, without its prefix.
  MadeResult& set(const std::string& key, const std::string& value) {
    context_["logigrad_" + key] = value;
    return *this;
  }
  MadeResult& unset(const std::string& key) {
    context_.erase("logigrad_" + key);
    return *this;
  }

  MadeResult& date(const std::string& value) {
    context_["date"] = value;
    return *this;
  }

  // Rounds in seconds; without any the time stands alone, in nanoseconds. A name that does not say
  // how many threads is of one.
  MadeResult& add(const std::string& name, const std::vector<double>& rounds, double alone = 1000) {
    const bool threaded = name.find("/threads:") != std::string::npos;
    nlohmann::json entry = {{"name", name + (threaded ? "" : "/threads:1")},
                            {"run_type", "iteration"},
                            {"real_time", rounds.empty() ? alone : rounds[0] * 1e9},
                            {"time_unit", "ns"}};
    for (std::size_t r = 0; r < rounds.size(); ++r)
      entry["round_" + std::to_string(r + 1)] = rounds[r];
    entries_.push_back(std::move(entry));
    return *this;
  }
  // A key of the benchmark that was added last: a counter, a label.
  MadeResult& with(const std::string& key, const nlohmann::json& value) {
    entries_.back()[key] = value;
    return *this;
  }
  MadeResult& add_failure(const std::string& name, const std::string& reason) {
    entries_.push_back({{"name", name + "/threads:1"},
                        {"run_type", "iteration"},
                        {"error_occurred", true},
                        {"error_message", reason}});
    return *this;
  }

  std::string text() const {
    return nlohmann::json{{"context", context_}, {"benchmarks", entries_}}.dump(1);
  }

 private:
  nlohmann::json context_ = {{"date", "2026-11-26T00:00:00+00:00"},
                             {"logigrad_schema", "1"},
                             {"logigrad_machine_key", "made-2-00000000"},
                             {"logigrad_build_type", "Release"},
                             {"logigrad_revision", "0123abcd"}};
  nlohmann::json entries_ = nlohmann::json::array();
};

// `count` rounds, no multiple of 7, from 1 % below to 1 % above `seconds`, which is their median;
// in an order that depends on `seed`, and each a little off those of other seeds: no ties.
inline std::vector<double> rounds_around(double seconds, std::size_t count = 9, unsigned seed = 0) {
  std::vector<double> rounds(count);
  for (std::size_t r = 0; r < count; ++r) {
    const double place = static_cast<double>((r * 7 + seed * 3) % count) + 0.5 + 0.01 * seed;
    rounds[r] = seconds * (0.99 + 0.02 * place / static_cast<double>(count));
  }
  return rounds;
}

}  // namespace logigrad
