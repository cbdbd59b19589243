// Names and groups; see cases.hpp.
#include "bench/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <utility>

#include "logigrad/evaluate.hpp"
#include "tools/dataset/input_error.hpp"

namespace logigrad::bench {
namespace {

// "quantity/body/isa", the start of a case's name.
std::string contender_name(const Contender& what, const BenchShape& shape, Dtype dtype) {
  if (const auto* limit = std::get_if<LimitCase>(&what))
    return fmt::format("limit/{}/{}", limit->info.name, limit->info.isa);
  if (const auto* peer = std::get_if<PeerInfo>(&what))
    return fmt::format("peer/{}/any", peer->name);
  const auto& [variant, want_loss] = std::get<VariantCase>(what);
  const Variant& used = variant ? *variant : auto_variant(dtype, shape.rows_of(dtype), shape.cols);
  return fmt::format("{}/{}/{}", want_loss ? "loss_gradient" : "gradient",
                     variant ? used.body : "auto", used.isa);
}

}  // namespace

bool Case::compared() const {
  const auto* variant = std::get_if<VariantCase>(&what);
  return !variant || !variant->variant;
}

void Group::add(std::size_t shape, int threads, Contender what) {
  const BenchShape& s = shapes[shape];
  const std::string stride = s.gap > 0 ? fmt::format("/stride:{}", s.cols + s.gap) : "";
  const std::string count = threads == kDefaultThreads ? "default" : std::to_string(threads);
  std::string name = fmt::format("{}/{}/N:{}/D:{}{}/threads:{}", contender_name(what, s, dtype),
                                 name_of(dtype), s.rows_of(dtype), s.cols, stride, count);
  cases.push_back({shape, threads, std::move(what), std::move(name)});
}

void add_limits(Group& group, std::size_t shape, int threads) {
  const std::vector<LimitInfo> infos = limits();
  for (std::size_t i = 0; i < infos.size(); ++i) group.add(shape, threads, LimitCase{i, infos[i]});
}

void add_peers(Group& group, std::size_t shape, int threads) {
  for (const PeerInfo& peer : peers()) group.add(shape, threads, peer);
}

std::vector<Group> all_groups(const CaseList& list) {
  std::vector<Group> groups;
  const auto add_variants = [&](Group& group, int threads, bool want_loss) {
    group.add(0, threads, VariantCase{std::nullopt, want_loss});
    for (const Variant& variant : list.variants) {
      if (variant.dtype == group.dtype && group.shapes[0].cols <= variant.most_cols)
        group.add(0, threads, VariantCase{variant, want_loss});
    }
  };
  for (const BenchShape& shape : list.shapes) {
    for (const Dtype dtype : list.dtypes) {
      Group group{dtype, {shape}, {}, list.rounds};
      for (const int threads : list.threads) {
        if (planned_threads(shape.rows_of(dtype), shape.cols, dtype, threads) != threads) continue;
        if (list.compare && shape.cols > 0) {
          add_limits(group, 0, threads);
          add_peers(group, 0, threads);
        }
        add_variants(group, threads, false);
        add_variants(group, threads, true);
      }
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

void keep_matching(std::vector<Group>& groups, const std::string& pattern) {
  const bool negative = !pattern.empty() && pattern[0] == '-';
  const std::string expression = negative ? pattern.substr(1) : pattern;
  if (expression.empty() || expression == "all") return;
  std::regex wanted;
  try {
    wanted.assign(expression, std::regex_constants::extended);
  } catch (const std::regex_error& error) {
    throw InputError(
        fmt::format("--benchmark_filter: found '{}', expected a regular expression: {}", expression,
                    error.what()));
  }
  for (Group& group : groups) {
    std::erase_if(group.cases,
                  [&](const Case& c) { return std::regex_search(c.name, wanted) == negative; });
  }
  std::erase_if(groups, [](const Group& group) { return group.cases.empty(); });
}

std::optional<CaseName> parse_case_name(const std::string& name) {
  static const std::regex kPattern(
      "(limit|peer|gradient|loss_gradient)/([^/]+)/([^/]+)/(f32|f64)/N:([0-9]+)/D:([0-9]+)"
      "(/stride:([0-9]+))?/threads:([0-9]+|default)(/.*)?");
  std::smatch m;
  if (!std::regex_match(name, m, kPattern)) return std::nullopt;
  const std::size_t cols = std::stoull(m[6]);
  return CaseName{m[1],
                  m[2],
                  m[3],
                  m[4],
                  std::stoull(m[5]),
                  cols,
                  m[8].matched ? std::stoull(m[8]) : cols,
                  m[9] == "default" ? kDefaultThreads : std::stoi(m[9])};
}

}  // namespace logigrad::bench
