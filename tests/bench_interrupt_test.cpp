// A benchmark that is interrupted keeps what it has measured whole, says what is missing, and
// leaves nothing half written.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "bench/measure.hpp"
#include "bench/shortfall.hpp"
#include "tests/child_process.hpp"
#include "tests/temporary_directory.hpp"

namespace logigrad::bench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

// Two groups, of float and of double, of two cases each.
std::vector<std::string> command(const std::string& case_seconds, const std::string& output) {
  return {LOGIGRAD_BENCH,
          "--shape",
          "3000x16",
          "--no-compare",
          "--threads",
          "1",
          "--benchmark_min_time",
          case_seconds,
          "--benchmark_filter",
          "^gradient/(naive|fused)/",
          output};
}

// The number of rounds that each entry of a type has.
std::map<std::string, std::set<int>> rounds_of(const Json& json) {
  std::map<std::string, std::set<int>> rounds;
  for (const auto& entry : json.at("benchmarks")) {
    int count = 0;
    while (entry.contains(fmt::format("round_{}", count + 1))) ++count;
    const std::string name = entry.at("name");
    rounds[name.find("/f32/") != std::string::npos ? "f32" : "f64"].insert(count);
    EXPECT_GT(entry.at("real_time").get<double>(), 0);
  }
  return rounds;
}

void expect_marked(const Json& json, const std::string& signal) {
  const Json& context = json.at("context");
  EXPECT_EQ(context.at("logigrad_interrupted"), "true");
  std::string notes;
  for (int i = 1; context.contains(fmt::format("logigrad_note_{}", i)); ++i)
    notes += context.at(fmt::format("logigrad_note_{}", i)).get<std::string>() + "\n";
  const std::size_t measured = json.at("benchmarks").size();
  EXPECT_NE(notes.find(fmt::format("interrupted by {}: {} of 4 benchmarks were measured\n", signal,
                                   measured)),
            std::string::npos)
      << notes;
  const auto rounds = rounds_of(json);
  if (rounds.count("f64")) {
    EXPECT_NE(
        notes.find(fmt::format("fewer rounds: 3000x16 f64: {} of 9\n", *rounds.at("f64").begin())),
        std::string::npos)
        << notes;
  } else {
    EXPECT_NE(notes.find("not measured: 3000x16 f64 (2 of 2)\n"), std::string::npos) << notes;
  }
}

TEST(BenchInterrupt, WhatIsWholeIsKept) {
  for (const auto& [signal, name, status] :
       {std::tuple(SIGINT, "SIGINT", 130), std::tuple(SIGTERM, "SIGTERM", 143)}) {
    const TemporaryDirectory directory;
    ChildProcess bench(command("1", "--results=" + directory.path().string()));
    ASSERT_TRUE(bench.says("/f64/")) << bench.said();  // in a line of progress
    bench.send(signal);
    EXPECT_EQ(bench.wait(), status) << bench.said();
    EXPECT_NE(bench.said().find("logigrad_bench: interrupted: ends as soon"), std::string::npos);
    EXPECT_NE(bench.said().find(fmt::format("\ninterrupted by {}: ", name)), std::string::npos)
        << "under the table";
    EXPECT_NE(bench.said().find("naive/generic"), std::string::npos) << "the table";
    const auto files = files_in(directory.path());
    ASSERT_EQ(files.size(), 1u) << "one result, nothing temporary";
    EXPECT_NE(bench.said().find("written to " + files[0].string()), std::string::npos);
    std::ifstream stream(files[0]);
    const Json json = Json::parse(stream);
    const auto rounds = rounds_of(json);
    EXPECT_EQ(rounds.at("f32"), std::set<int>{9});
    if (rounds.count("f64")) {
      EXPECT_EQ(rounds.at("f64").size(), 1u) << "cases of a group have the same rounds";
      EXPECT_GE(*rounds.at("f64").begin(), kFewestRounds);
      EXPECT_LT(*rounds.at("f64").begin(), 9);
    }
    expect_marked(json, name);
  }
}

TEST(BenchInterrupt, NothingMeasuredLeavesNothing) {
  const TemporaryDirectory directory;
  ChildProcess bench(command("4", "--results=" + directory.path().string()));
  ASSERT_TRUE(bench.says("benchmarks, each checked")) << bench.said();
  bench.send(SIGINT);
  EXPECT_EQ(bench.wait(), 130) << bench.said();
  EXPECT_NE(bench.said().find("interrupted by SIGINT: 0 of 4 benchmarks were measured; there is no "
                              "result"),
            std::string::npos)
      << bench.said();
  EXPECT_TRUE(files_in(directory.path()).empty());
}

TEST(BenchInterrupt, TheSecondSignalEndsItAtOnce) {
  const TemporaryDirectory directory;
  ChildProcess bench(command("200", "--results=" + directory.path().string()));
  ASSERT_TRUE(bench.says("benchmarks, each checked")) << bench.said();
  // A case is then estimated for seconds, and asked for nothing.
  std::this_thread::sleep_for(std::chrono::seconds(1));
  bench.send(SIGINT);
  ASSERT_TRUE(bench.says("once more ends it at once\n")) << bench.said();
  bench.send(SIGTERM);
  EXPECT_EQ(bench.wait(), -SIGTERM) << bench.said();
  for (const fs::path& file : files_in(directory.path()))
    EXPECT_EQ(file.extension(), ".tmp") << "half a result under its final name";
}

TEST(BenchInterrupt, AnIgnoredSignalStaysIgnored) {
  const TemporaryDirectory directory;
  ChildProcess bench(command("0.1", "--results=" + directory.path().string()), true);
  ASSERT_TRUE(bench.says("benchmarks, each checked")) << bench.said();
  bench.send(SIGINT);
  EXPECT_EQ(bench.wait(), 0) << bench.said();
  const auto files = files_in(directory.path());
  ASSERT_EQ(files.size(), 1u);
  std::ifstream stream(files[0]);
  const Json json = Json::parse(stream);
  EXPECT_FALSE(json.at("context").contains("logigrad_interrupted"));
  EXPECT_EQ(json.at("benchmarks").size(), 4u);
}

TEST(BenchInterrupt, AFileByNameIsWholeToo) {
  const TemporaryDirectory directory;
  directory.write("mine.json", "what was there");
  const fs::path path = directory.path() / "mine.json";
  ChildProcess bench(command("1", "--benchmark_out=" + path.string()));
  ASSERT_TRUE(bench.says("/f64/")) << bench.said();
  std::ifstream old(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(old), {}), "what was there");
  bench.send(SIGINT);
  EXPECT_EQ(bench.wait(), 130) << bench.said();
  EXPECT_EQ(files_in(directory.path()), std::vector<fs::path>{path});
  std::ifstream stream(path);
  expect_marked(Json::parse(stream), "SIGINT");
}

// A group that is stopped has a time for each case or for none.
TEST(BenchInterrupt, AGroupNeedsEnoughWholeRounds) {
  Group group{Dtype::kF32, {{"9x2", 9, 2}}, {}, 5};
  group.add(0, 1, VariantCase{std::nullopt, false});
  group.add(0, 1, VariantCase{std::nullopt, true});
  for (int allowed = 0; allowed <= 10; ++allowed) {
    int timed = 0;
    const Watch watch{[&](std::size_t) { ++timed; }, [&] { return timed == allowed; }};
    const auto whole = static_cast<std::size_t>(allowed / 2);
    const std::size_t rounds = whole >= kFewestRounds ? whole : 0;
    for (const CaseResult& result : measure_group(group, {1e-4, {}}, watch)) {
      EXPECT_EQ(result.failure, "");
      EXPECT_EQ(result.timed(), rounds > 0) << allowed;
      EXPECT_EQ(result.times.seconds.size(), rounds) << allowed;
    }
  }
}

TEST(BenchInterrupt, ShortfallCountsAndNames) {
  std::vector<Group> groups;
  Results results;
  for (std::size_t g = 0; g < 12; ++g) {
    groups.push_back({Dtype::kF32, {{"s", 10 + g, 3}}, {}, 9});
    groups[g].add(0, 1, VariantCase{std::nullopt, false});
    groups[g].add(0, 1, VariantCase{std::nullopt, true});
    for (const Case& c : groups[g].cases) results[c.name].times.seconds.assign(9, 1.0);
  }
  EXPECT_TRUE(describe_shortfall(groups, results, "SIGINT").empty()) << "the signal came too late";
  for (const Case& c : groups[0].cases) results[c.name].times.seconds.resize(4);
  results.erase(groups[1].cases[1].name);
  for (std::size_t g = 2; g < 12; ++g) {
    for (const Case& c : groups[g].cases) results.erase(c.name);
  }
  EXPECT_EQ(describe_shortfall(groups, results, "SIGINT"),
            (std::vector<std::string>{
                "interrupted by SIGINT: 3 of 24 benchmarks were measured",
                "fewer rounds: 10x3 f32: 4 of 9",
                "not measured: 11x3 f32 (1 of 2), 12x3 f32 (2 of 2), 13x3 f32 (2 of 2), 14x3 f32 "
                "(2 of 2), 15x3 f32 (2 of 2), 16x3 f32 (2 of 2), 17x3 f32 (2 of 2), 18x3 f32 (2 of "
                "2) and 3 more"}));
}

}  // namespace
}  // namespace logigrad::bench
