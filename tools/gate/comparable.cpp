// See comparable.hpp.
#include "tools/gate/comparable.hpp"

#include <fmt/format.h>

#include <regex>

#include "tools/dataset/text_file.hpp"

namespace logigrad::gate {
namespace {

constexpr const char* kRemedy =
    " (build both by the same command; --any-build gates them as they are)";

// The settings that make other machine code of the same source.
bool is_of_the_build(const std::string& key) {
  return key == "compiler" || key.starts_with("flags_");
}

}  // namespace

compare::Side side_of(const Runner& runner, const Result& result) {
  return compare::make_side({runner.title}, {result}, std::regex(""));
}

std::vector<compare::Difference> require_comparable(const compare::Side& baseline,
                                                    const compare::Side& candidate,
                                                    bool any_build) {
  compare::require_comparable(baseline, candidate, "");
  std::vector<compare::Difference> differences = compare::differences(baseline, candidate);
  for (const auto& [key, from, to] : differences) {
    if (any_build || !is_of_the_build(key)) continue;
    throw compare::NotComparable(
        fmt::format("{} and {} cannot be compared: {} is {} here and {} there{}", baseline.title(),
                    candidate.title(), key, dataset::quoted(from), dataset::quoted(to), kRemedy));
  }
  return differences;
}

}  // namespace logigrad::gate
