// The report's parts: which row plays which part, the roofs, the curves, the table, the pictures.
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/report_fixture.hpp"
#include "tools/report/charts.hpp"
#include "tools/report/gnuplot.hpp"
#include "tools/report/markdown.hpp"

namespace logigrad {
namespace {

using report::Chart;
using report::Level;
using report::Role;
using report::Roof;

// L1d of 32 KiB, L2 of 1 MiB, L3 of 8 MiB.
MadeResult with_caches() {
  return MadeResult()
      .set("l1d_bytes", "32768")
      .set("l2_bytes", "1048576")
      .set("l3_bytes", "8388608");
}

// Adds the limit `body` on N x 28 of float with that rate: bytes/s, or flop/s of arithmetic.
void add_limit(MadeResult& made, const std::string& body, std::size_t rows, double rate,
               int threads = 1) {
  const Cost cost = cost_of(rows, 28, 4);
  const double work = body.starts_with("read") ? cost.bytes : cost.flops;
  made.add(fmt::format("limit/{}/avx2_fma/f32/N:{}/D:28/threads:{}", body, rows, threads), {},
           1e9 * work / rate);
}

const Chart& chart_of(const std::vector<Chart>& charts, const std::string& id) {
  const auto found = std::ranges::find_if(charts, [&](const Chart& c) { return c.id == id; });
  if (found == charts.end()) throw std::out_of_range(id);
  return *found;
}

TEST(Report, PartsAreOfTheSceneAlone) {
  const std::string shape = "/f32/N:100/D:28", wide = "/f32/N:100/D:280";
  MadeResult made;
  made.add("limit/read_1/sse2" + shape, {}, 10).add("limit/read_4/sse2" + shape, {}, 8);
  made.add("limit/loads_fmas/sse2" + shape, {}, 9).add("limit/fmas/sse2" + shape, {}, 99);
  made.add("peer/eigen/any" + shape, {}, 30).add("peer/torch_mv/any" + shape, {}, 20);
  made.add("gradient/auto/sse2" + shape, {}, 15).add("gradient/row/sse2" + shape, {}, 18);
  made.add("peer/eigen/any" + wide, {}, 1).add("peer/torch_mv/any" + shape + "/threads:2", {}, 1);
  made.add("gradient/auto/sse2" + shape + "/stride:29", {}, 1);
  made.add_failure("peer/onedal_shape/any" + shape, "wrong");
  const report::Run run = runs_of({made})[0];
  const auto role = [&](const std::string& name) { return row_of(run, name + "/threads:1").role; };
  EXPECT_EQ(role("limit/loads_fmas/sse2" + shape), Role::kLimit) << "it takes longer than the read";
  EXPECT_EQ(role("limit/read_4/sse2" + shape), Role::kOtherLimit);
  EXPECT_EQ(role("limit/fmas/sse2" + shape), Role::kOtherLimit) << "no limit of the gradient's";
  EXPECT_EQ(role("peer/torch_mv/any" + shape), Role::kBestPeer);
  EXPECT_EQ(role("peer/eigen/any" + shape), Role::kPeer);
  EXPECT_EQ(role("peer/eigen/any" + wide), Role::kBestPeer);
  EXPECT_EQ(role("peer/onedal_shape/any" + shape), Role::kPeer) << "a wrong answer is no best one";
  EXPECT_EQ(role("gradient/auto/sse2" + shape), Role::kAuto);
  const report::Row& automatic = row_of(run, "gradient/auto/sse2" + shape + "/threads:1");
  EXPECT_EQ(&run.rows[*run.scenes.at(report::scene_of(automatic.name())).automatic], &automatic)
      << "rows with gaps are no part of the scene";
  EXPECT_EQ(role("gradient/row/sse2" + shape), Role::kBody);
}

TEST(Report, LevelsCountEachThreadsShare) {
  const report::Caches caches{{32768, 1048576, 8388608}};
  EXPECT_EQ(caches.holding(32768, 1), Level::kL1);
  EXPECT_EQ(caches.holding(32769, 1), Level::kL2);
  EXPECT_EQ(caches.holding(65536, 2), Level::kL1);
  EXPECT_EQ(caches.holding(2097152, 1), Level::kL3);
  EXPECT_EQ(caches.holding(2097152, 2), Level::kL2);
  EXPECT_EQ(caches.holding(8388609, 2), Level::kMemory) << "the last level is shared";
  const report::Caches unknown{{32768, 0, 8388608}};
  EXPECT_EQ(unknown.holding(4096, 1), Level::kL1);
  EXPECT_EQ(unknown.holding(1 << 30, 1), Level::kUnknown);
}

TEST(Report, RoofsAreTheFastestOfTheirLevel) {
  MadeResult made = with_caches();
  add_limit(made, "read_1", 200, 150e9);  // 23 KB: L1d
  add_limit(made, "read_4", 200, 200e9);
  add_limit(made, "read_4", 300, 190e9);     // 35 KB: half of it would be in L1d
  add_limit(made, "read_4", 4000, 90e9);     // 464 KB: L2
  add_limit(made, "read_1", 4000, 70e9, 2);  // with two threads 232 KB each
  add_limit(made, "read_4", 40000, 40e9);    // 4.6 MB: L3
  add_limit(made, "read_4", 90000, 30e9);    // 10 MB: partly
  add_limit(made, "read_4", 1000000, 20e9);  // 116 MB
  add_limit(made, "loads_fmas", 200, 60e9);
  add_limit(made, "loads_fmas", 4000, 64e9);
  add_limit(made, "fmas", 200, 120e9);
  add_limit(made, "read_2", 200, 180e9);
  add_limit(made, "loads", 200, 500e9);
  const report::Run run = runs_of({made})[0];
  std::vector<std::pair<std::string, double>> found;
  for (const Roof& roof : report::roofs_of(run)) {
    if (roof.threads == 1) found.push_back({roof.name, roof.rate});
  }
  const std::vector<std::pair<std::string, double>> expected = {
      {"L1d", 200e9},   {"L2", 90e9},    {"L3", 40e9},
      {"memory", 20e9}, {"FMAs", 120e9}, {"loads and FMAs", 64e9}};
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].first, expected[i].first);
    EXPECT_NEAR(found[i].second / expected[i].second, 1, 1e-12) << found[i].first;
  }
  EXPECT_EQ(report::roofs_of(run).size(), expected.size() + 1) << "and L2 with two threads";
}

TEST(Report, ARooflineIsOfBenchmarksAndRoofs) {
  MadeResult made = with_caches();
  add_limit(made, "read_4", 200, 200e9);
  add_limit(made, "loads_fmas", 200, 60e9);
  made.add("gradient/auto/avx2_fma/f32/N:200/D:28", {}, 448);
  const report::Run run = runs_of({made})[0];
  const Chart chart = report::roofline(run);
  ASSERT_EQ(chart.series.size(), 5u);
  const report::Series& read = chart.series[0];
  EXPECT_EQ(read.name, "L1d 200 GB/s, f32 1 thread");
  ASSERT_EQ(read.points.size(), 2u);
  EXPECT_NEAR(read.points[1].y / read.points[1].x, 200, 1e-9) << "GB/s is its slope";
  EXPECT_NEAR(read.points[1].y, 60, 1e-9) << "up to the arithmetic";
  EXPECT_NEAR(chart.series[1].points[0].y, 60, 1e-9);
  EXPECT_NEAR(chart.series[1].points[1].y, 60, 1e-9);
  const report::Series& automatic = chart.series[4];
  ASSERT_EQ(automatic.points.size(), 1u);
  EXPECT_NEAR(automatic.points[0].x, 28 / 29.0, 1e-12);
  EXPECT_NEAR(automatic.points[0].y, 4 * 200 * 28 / 448.0, 1e-12);
}

TEST(Report, CurvesOverSizes) {
  MadeResult made = with_caches();
  for (int k = 0; k < 6; ++k)
    made.add(fmt::format("gradient/auto/sse2/f32/N:{}/D:28", 10 << k), {}, 280 << k);
  for (int k = 0; k < 5; ++k) made.add(fmt::format("gradient/auto/sse2/f32/N:{}/D:5", 10 << k), {});
  for (const int cols : {7, 8, 9})
    made.add(fmt::format("gradient/auto/sse2/f32/N:64/D:{}", cols), {}, 64 * cols).with("group", 9);
  made.add("gradient/auto/sse2/f32/N:1000000/D:50", {}, 2e8);
  const report::Run run = runs_of({made})[0];
  const std::vector<Chart> charts = report::charts_of(run);
  const Chart& over_nd = chart_of(charts, "over_nd_28");
  ASSERT_EQ(over_nd.series.size(), 1u);
  ASSERT_EQ(over_nd.series[0].points.size(), 6u);
  EXPECT_EQ(over_nd.series[0].points[5].x, 320 * 28);
  EXPECT_NEAR(over_nd.series[0].points[5].y, 1, 1e-12) << "ns an element";
  EXPECT_EQ(over_nd.marks[0].at, 8192) << "floats in 32 KiB";
  EXPECT_EQ(over_nd.marks[1].at, 4096) << "doubles";
  EXPECT_THROW(chart_of(charts, "over_nd_5"), std::out_of_range) << "too few sizes";
  const Chart& over_d = chart_of(charts, "over_d");
  ASSERT_EQ(over_d.series.size(), 1u);
  EXPECT_EQ(over_d.series[0].points.size(), 3u) << "of the sweep alone";
  EXPECT_EQ(over_d.marks[0].at, 4096) << "w and dw of floats in 32 KiB";
  EXPECT_EQ(over_d.marks[1].at, 2048) << "of doubles";
  EXPECT_EQ(over_d.marks.size(), over_nd.marks.size()) << "each cache and type";
  const Chart& memory = chart_of(charts, "over_d_memory");
  ASSERT_EQ(memory.series.size(), 1u);
  EXPECT_NEAR(memory.series[0].points[0].y, 4, 1e-12);
}

TEST(Report, ScalingIsAgainstOneThread) {
  MadeResult made = with_caches();
  const std::string name = "gradient/auto/sse2/f32/N:1000/D:28";
  made.add(name, {}, 3000)
      .add(name + "/threads:2", {}, 2000)
      .add(name + "/threads:default", {}, 2500);
  made.add("gradient/auto/sse2/f32/N:9/D:28/threads:2", {}, 7);
  const report::Run run = runs_of({made})[0];
  const std::vector<Chart> charts = report::charts_of(run);
  const Chart& chart = chart_of(charts, "scaling");
  ASSERT_EQ(chart.series.size(), 2u);
  EXPECT_EQ(chart.series[0].role, "default threads");
  EXPECT_NEAR(chart.series[0].points.at(0).y, 1.2, 1e-12);
  ASSERT_EQ(chart.series[1].points.size(), 1u) << "of what has a time with one thread";
  EXPECT_NEAR(chart.series[1].points[0].y, 1.5, 1e-12);
}

TEST(Report, WithoutBenchmarksEveryChartSaysWhy) {
  const report::Run run = runs_of({MadeResult()})[0];
  for (const Chart& chart : report::charts_of(run)) {
    EXPECT_FALSE(chart.has_points()) << chart.id;
    EXPECT_NE(chart.empty, "") << chart.id;
    EXPECT_EQ(gnuplot_script(run, chart, Dtype::kF32, 1), "") << chart.id;
  }
}

TEST(Report, TitlesTellRunsApart) {
  const MadeResult a, b = MadeResult().set("revision", "76543210"),
                      other = MadeResult().set("machine_key", "other-4-11111111");
  const std::vector<report::Run> runs = runs_of({a, b, other, b});
  EXPECT_EQ(runs[0].title, "made-2-00000000, 0123abcd");
  EXPECT_EQ(runs[1].title, "made-2-00000000, 76543210, 2026-11-26T00:00:00+00:00");
  EXPECT_EQ(runs[2].title, "other-4-11111111");
  EXPECT_EQ(runs[3].title, runs[1].title + " (2)");
}

TEST(Report, MarkdownHasALineForEachShape) {
  MadeResult made = with_caches();
  made.add("peer/eigen/any/f32/N:100/D:28", {}, 3000)
      .add("gradient/auto/sse2/f32/N:100/D:28", {}, 1400)
      .with("label", "100x28, picked narrow/sse2/f32, bound by reading")
      .with("vs_best_peer", 2.143)
      .add("gradient/auto/sse2/f32/N:9/D:3", {})
      .with("group", 1)
      .add("gradient/auto/sse2/f32/N:9/D:4", {})
      .with("group", 1)
      .add_failure("gradient/row/sse2/f32/N:100/D:28", "off by 3");
  const std::string text = report::markdown_of(runs_of({made.set("interrupted", "true")}));
  EXPECT_NE(
      text.find(
          "| 100x28 | f32 | 1 | **1.40 us** | narrow/sse2/f32 | 8.3 | 0.50 | 3.00 us (`eigen`) "
          "| 2.14 | – | – | – |\n"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("The sweep over D has 2 more shapes."), std::string::npos) << text;
  EXPECT_NE(text.find("**WRONG**: `gradient/row/sse2/f32/N:100/D:28/threads:1`: off by 3"),
            std::string::npos);
  EXPECT_NE(text.find("interrupted"), std::string::npos);
}

}  // namespace
}  // namespace logigrad
