// See factors.hpp.
#include "tools/report/factors.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <tuple>

#include "tools/dataset/number.hpp"

namespace logigrad::report {
namespace {

using Value = std::optional<double>;

double speed_of(const Row& row) { return row.elements() / row.seconds(); }

Value quotient(const Value& a, const Value& b) {
  if (!a || !b) return std::nullopt;
  return *a / *b;
}

// What has to be equal for the times of two sizes to be of the same code.
auto code_of(const CaseName& name) {
  return std::tuple(name.quantity, name.body, name.isa, name.dtype, name.cols,
                    name.stride - name.cols);
}

bool is_in_cache(const Run& run, const Row& row) {
  const double l2 = run.caches.bytes[1];
  return l2 > 0 && row.cost.bytes <= kInCache * l2;
}

// The same benchmark with one thread.
const Row* serial_of(const Run& run, const Row& row) {
  CaseName wanted = row.name();
  wanted.threads = 1;
  for (const Row& other : run.rows) {
    if (other.timed() && other.name() == wanted) return &other;
  }
  return nullptr;
}

Value core_speed(const Run& run, const Row& row, const Row* serial) {
  if (serial && is_in_cache(run, *serial)) return speed_of(*serial);
  Value best;
  const auto code = code_of(row.name());
  for (const Row& other : run.rows) {
    if (!other.timed() || other.name().threads != 1 || !is_in_cache(run, other) ||
        code_of(other.name()) != code)
      continue;
    best = std::max(best.value_or(0), speed_of(other));
  }
  return best;
}

Value clock_of(const Run& run) {
  const auto hertz = dataset::parse_number(run.value("clock_hz"));
  if (hertz.kind != dataset::NumberKind::kFinite || hertz.value <= 0) return std::nullopt;
  return hertz.value;
}

// As Shared matches them.
auto match_key(const CaseName& name) {
  return std::tuple(name.quantity, name.dtype, name.rows, name.cols, name.stride, name.threads);
}

// The geometric mean of a factor over the lines; unknown if it is of one of them.
template <class Factor>
Value mean_of(const std::vector<const Factors*>& lines, Factor factor) {
  double logs = 0;
  for (const Factors* line : lines) {
    const Value value = line->*factor;
    if (!value) return std::nullopt;
    logs += std::log(*value);
  }
  return std::exp(logs / static_cast<double>(lines.size()));
}

bool is_known(const Factors& f) { return f.core && f.memory && f.threads; }

Why::Mean mean_of(Why::Mean mean, const std::vector<const Factors*>& lines) {
  std::vector<const Factors*> known;
  std::ranges::copy_if(lines, std::back_inserter(known), [](auto* f) { return is_known(*f); });
  mean.lines = lines.size();
  mean.known = known.size();
  if (known.empty()) {
    mean.ratio.speed = *mean_of(lines, &Factors::speed);
  } else {
    mean.ratio = {*mean_of(known, &Factors::speed), mean_of(known, &Factors::clock),
                  mean_of(known, &Factors::work),   mean_of(known, &Factors::core),
                  mean_of(known, &Factors::memory), mean_of(known, &Factors::threads)};
  }
  return mean;
}

std::vector<Why::Mean> means_of(const Run& baseline, const std::vector<Why::Line>& lines) {
  std::map<std::tuple<Dtype, int, Level>, std::vector<const Factors*>> groups;
  for (const Why::Line& line : lines) {
    const Row& row = baseline.rows[line.baseline_row];
    groups[{row.name().dtype, row.name().threads, row.level}].push_back(&line.ratio);
  }
  std::vector<Why::Mean> means;
  for (const auto& [key, members] : groups) {
    const auto [dtype, threads, level] = key;
    means.push_back(mean_of({dtype, threads, level, 0, 0, {}}, members));
  }
  return means;
}

}  // namespace

Factors factors_of(const Run& run, const Row& row) {
  const Row* const serial = serial_of(run, row);
  Factors factors;
  factors.speed = speed_of(row);
  factors.clock = clock_of(run);
  factors.core = core_speed(run, row, serial);
  factors.work = quotient(factors.core, factors.clock);
  if (serial) {
    factors.memory = quotient(speed_of(*serial), factors.core);
    factors.threads = factors.speed / speed_of(*serial);
  }
  return factors;
}

Factors ratio(const Factors& a, const Factors& b) {
  return {a.speed / b.speed,        quotient(a.clock, b.clock),   quotient(a.work, b.work),
          quotient(a.core, b.core), quotient(a.memory, b.memory), quotient(a.threads, b.threads)};
}

std::vector<Shared> shared_benchmarks(const std::vector<Run>& runs) {
  std::vector<Shared> all;
  std::map<decltype(match_key(CaseName())), std::size_t> index;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    for (RowIndex i = 0; i < runs[r].rows.size(); ++i) {
      const Row& row = runs[r].rows[i];
      if (row.role != Role::kAuto || row.sweep || !row.timed()) continue;
      const auto [at, is_new] = index.emplace(match_key(row.name()), all.size());
      if (is_new) all.push_back({std::vector<std::optional<RowIndex>>(runs.size())});
      all[at->second].rows[r] = i;
    }
  }
  std::erase_if(all, [](const Shared& shared) {
    return std::ranges::count_if(shared.rows, [](const auto& row) { return row.has_value(); }) < 2;
  });
  return all;
}

Baseline baseline_of(const std::vector<Run>& runs) {
  const auto has_clock = [](const Run& run) { return clock_of(run).has_value(); };
  const auto found = std::ranges::find_if(runs, has_clock);
  if (found == runs.end()) return {0, false};
  return {static_cast<std::size_t>(found - runs.begin()), true};
}

std::vector<Why> explain(const std::vector<Run>& runs) {
  std::vector<Why> all;
  const std::vector<Shared> shared = shared_benchmarks(runs);
  const std::size_t b = baseline_of(runs).run;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    if (r == b) continue;
    Why why{r, b, {}, {}};
    for (const Shared& benchmark : shared) {
      if (!benchmark.rows[b] || !benchmark.rows[r]) continue;
      const Row &row = runs[r].rows[*benchmark.rows[r]], &base = runs[b].rows[*benchmark.rows[b]];
      why.lines.push_back({*benchmark.rows[r], *benchmark.rows[b],
                           ratio(factors_of(runs[r], row), factors_of(runs[b], base))});
    }
    why.means = means_of(runs[b], why.lines);
    all.push_back(std::move(why));
  }
  return all;
}

}  // namespace logigrad::report
