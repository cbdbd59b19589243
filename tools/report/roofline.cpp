// The roofline model (Williams, Waterman and Patterson, 2009): flop/s over flop/byte, below the
// lines that the reading of the data and the arithmetic allow. See charts.hpp.
//
// Both axes come from the cost model of cost_model.hpp, for the kernels' points and for the roofs'
// benchmarks alike.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "tools/report/charts.hpp"

namespace logigrad::report {
namespace {

// Whether all of a scene's data come from `level`, by the rule of roofs_of().
bool comes_from(const Caches& caches, Level level, const Row& row) {
  const int threads = std::max(row.name().threads, 1);
  if (row.level != level || level == Level::kUnknown) return false;
  if (level == Level::kL1) return true;
  const auto before = static_cast<std::size_t>(level) - 1;
  const bool own = level == Level::kL2 || level == Level::kL3;  // the one before is a core's own
  return row.cost.bytes >= 2 * caches.bytes[before] * (own ? threads : 1);
}

void take_faster(std::vector<Roof>& roofs, const Roof& roof) {
  const auto is_it = [&](const Roof& other) {
    return std::tie(other.name, other.dtype, other.threads) ==
           std::tie(roof.name, roof.dtype, roof.threads);
  };
  const auto found = std::find_if(roofs.begin(), roofs.end(), is_it);
  if (found == roofs.end()) {
    roofs.push_back(roof);
  } else if (roof.rate > found->rate) {
    *found = roof;
  }
}

// The line of a roof in the span of intensities from `low` to `high`. A read ends where the highest
// arithmetic begins; `peak` is 0 if that is not known.
Series line_of(const Roof& roof, double low, double high, double peak) {
  const std::string threads =
      fmt::format("{} thread{}", roof.threads, roof.threads == 1 ? "" : "s");
  Series series{fmt::format("{} {:.0f} {}, {} {}", roof.name, roof.rate / 1e9,
                            roof.arithmetic ? "Gflop/s" : "GB/s", name_of(roof.dtype), threads),
                "roof " + roof.name,
                true,
                roof.dtype,
                roof.threads,
                {}};
  const double end = roof.arithmetic || peak == 0 ? high : std::min(high, peak / roof.rate);
  for (const double intensity : {low, std::max(low, end)}) {
    const double flops = roof.arithmetic ? roof.rate : intensity * roof.rate;
    series.points.push_back({intensity, flops / 1e9, roof.row});
  }
  return series;
}

void add_roofs(const Run& run, Chart& chart) {
  // The kernels are at D / (D + 1) flop a byte of float and half of that of double: 0.25 to 1.
  constexpr double kLow = 0.1, kHigh = 8;
  const std::vector<Roof> roofs = roofs_of(run);
  std::map<std::pair<Dtype, int>, double> peaks;
  for (const Roof& roof : roofs) {
    double& peak = peaks[{roof.dtype, roof.threads}];
    if (roof.arithmetic) peak = std::max(peak, roof.rate);
  }
  for (const Roof& roof : roofs)
    chart.series.push_back(line_of(roof, kLow, kHigh, peaks[{roof.dtype, roof.threads}]));
}

void add_points(const Run& run, Chart& chart) {
  for (const Role role :
       {Role::kOtherLimit, Role::kPeer, Role::kBody, Role::kLimit, Role::kBestPeer, Role::kAuto}) {
    Series series{std::string(name_of(role)), std::string(name_of(role)), false, {}, {}, {}};
    for (RowIndex i = 0; i < run.rows.size(); ++i) {
      const Row& row = run.rows[i];
      if (row.role == role && row.timed())
        series.points.push_back({row.cost.flops / row.cost.bytes, row.flops_per_second() / 1e9, i});
    }
    if (!series.points.empty()) chart.series.push_back(std::move(series));
  }
}

}  // namespace

std::vector<Roof> roofs_of(const Run& run) {
  std::vector<Roof> roofs;
  for (RowIndex i = 0; i < run.rows.size(); ++i) {
    const Row& row = run.rows[i];
    const auto& [quantity, body, isa, dtype, rows, cols, stride, threads] = row.name();
    if (quantity != "limit" || !row.timed()) continue;
    if (body == "loads_fmas" || body == "fmas") {
      const std::string name = body == "fmas" ? "FMAs" : "loads and FMAs";
      take_faster(roofs, {name, true, dtype, threads, row.flops_per_second(), i});
    } else if (body.starts_with("read_") && comes_from(run.caches, row.level, row)) {
      take_faster(roofs, {std::string(name_of(row.level)), false, dtype, threads,
                          row.bytes_per_second(), i});
    }
  }
  const auto place = [](const Roof& roof) {
    return std::tuple(roof.dtype, roof.threads, roof.arithmetic, -roof.rate);
  };
  std::ranges::sort(roofs, {}, place);
  return roofs;
}

Chart roofline(const Run& run) {
  Chart chart{
      "roofline",
      "Roofline",
      "Lines are what this run measured as the most that can be done: reading X and y from each "
      "level, and the arithmetic of the gradient. A point is a benchmark; its data set the line "
      "it is held under. Bytes count X and y once.",
      "This result has no times.",
      {"flop/byte", true},
      {"Gflop/s", true},
      {},
      {}};
  add_roofs(run, chart);
  add_points(run, chart);
  return chart;
}

}  // namespace logigrad::report
