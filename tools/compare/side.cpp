// See side.hpp.
#include "tools/compare/side.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace logigrad::compare {
namespace {

constexpr const char* kPooled = ", where one side's runs must be alike";

void require_same(const std::string& what, const std::string& path, const std::string& value,
                  const std::string& other_path, const std::string& other,
                  const std::string& remedy) {
  if (value == other) return;
  throw NotComparable(fmt::format("{} and {} cannot be compared: {} is {} here and {} there{}",
                                  path, other_path, what, value, other, remedy));
}

void require_same_origin(const std::string& path, const Origin& origin, const std::string& other,
                         const Origin& other_origin, const std::string& remedy) {
  require_same("the machine", path, origin.machine_key, other, other_origin.machine_key, remedy);
  require_same("the build type", path, origin.build_type, other, other_origin.build_type, remedy);
}

void add(Sample& sample, const Measurement& measurement) {
  if (sample.failure.empty()) sample.failure = measurement.failure;
  if (!sample.failure.empty()) {
    sample.seconds.clear();
  } else if (measurement.rounds.empty()) {
    sample.seconds.push_back(measurement.seconds);
  } else {
    sample.seconds.insert(sample.seconds.end(), measurement.rounds.begin(),
                          measurement.rounds.end());
  }
}

// The samples of one kind, each name once.
class Samples {
 public:
  explicit Samples(std::vector<Sample>& samples) : samples_(samples) {}

  void take(const std::string& name, const Measurement& measurement) {
    const auto [at, is_new] = index_.emplace(name, samples_.size());
    if (is_new) {
      const auto group = measurement.counters.find("group");
      const bool has_one = group != measurement.counters.end();
      samples_.push_back({measurement.name, {}, "", has_one ? group->second : -1});
    }
    add(samples_[at->second], measurement);
  }

 private:
  std::vector<Sample>& samples_;
  std::map<std::string, std::size_t> index_;
};

bool has_dtype(const Side& side, Dtype dtype) {
  const std::vector<Dtype> dtypes = side.dtypes();
  return std::find(dtypes.begin(), dtypes.end(), dtype) != dtypes.end();
}

// Of one run, or told in full elsewhere.
bool is_of_the_run(const std::string& key) {
  static const std::set<std::string> kKeys = {"schema",           "plan",        "interrupted",
                                              "revision",         "machine_key", "build_type",
                                              "thread_placement", "clock_hz"};
  return kKeys.count(key) > 0 || key.starts_with("note_");
}

}  // namespace

bool is_control(const CaseName& name) {
  return name.quantity == "limit" || name.quantity == "peer";
}

std::string Side::title() const {
  if (paths.size() == 1) return paths[0];
  return fmt::format("{} and {} more", paths[0], paths.size() - 1);
}

std::vector<Dtype> Side::dtypes() const {
  std::set<Dtype> dtypes;
  for (const Sample& sample : samples) dtypes.insert(sample.name.dtype);
  return {dtypes.begin(), dtypes.end()};
}

Side make_side(const std::vector<NamedResult>& results, const std::regex& filter) {
  const NamedResult& first = results.at(0);
  Side side{{}, first.result, origin_of(first.path, first.result), {}, {}, {}};
  Samples samples(side.samples), controls(side.controls);
  for (const auto& [path, result] : results) {
    const Origin origin = origin_of(path, result);
    require_same_origin(path, origin, first.path, side.origin, kPooled);
    require_same("the revision", path, origin.revision, first.path, side.origin.revision, kPooled);
    side.paths.push_back(path);
    if (result.context.count("logigrad_interrupted")) side.interrupted.push_back(path);
    for (const Measurement& measurement : result.measurements) {
      const std::string name = name_of(measurement.name);
      if (is_control(measurement.name)) controls.take(name, measurement);
      if (std::regex_search(name, filter)) samples.take(name, measurement);
    }
  }
  return side;
}

void require_comparable(const Side& baseline, const Side& candidate, const std::string& remedy) {
  require_same_origin(baseline.title(), baseline.origin, candidate.title(), candidate.origin,
                      remedy);
  const std::vector<Dtype> dtypes = baseline.dtypes();
  if (dtypes.empty() || candidate.samples.empty() ||
      std::any_of(dtypes.begin(), dtypes.end(), [&](Dtype d) { return has_dtype(candidate, d); }))
    return;
  require_same("the type", baseline.title(), std::string(name_of(dtypes[0])), candidate.title(),
               std::string(name_of(candidate.dtypes()[0])), remedy);
}

bool are_comparable(const Side& baseline, const Side& candidate) {
  try {
    require_comparable(baseline, candidate);
    return true;
  } catch (const NotComparable&) {
    return false;
  }
}

std::vector<Difference> differences(const Side& baseline, const Side& candidate) {
  constexpr std::string_view kPrefix = "logigrad_";
  std::map<std::string, Difference> all;
  for (const auto& [key, value] : baseline.first.context) all[key].baseline = value;
  for (const auto& [key, value] : candidate.first.context) all[key].candidate = value;
  std::vector<Difference> result;
  for (auto& [key, difference] : all) {
    if (!key.starts_with(kPrefix) || difference.baseline == difference.candidate) continue;
    difference.key = key.substr(kPrefix.size());
    if (!is_of_the_run(difference.key)) result.push_back(difference);
  }
  return result;
}

}  // namespace logigrad::compare
