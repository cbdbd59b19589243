// The benchmark as a user runs it, and as it must behave when a variant is wrong: no time, exit 1.
//
// Google Benchmark holds its flags and registrations in globals, so every run is a process of its
// own: this program starts itself, with broken variants in place of the registry's, or the real
// one.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "bench/cases.hpp"
#include "bench/limits/limits.hpp"
#include "bench/peers/peer.hpp"
#include "bench/run.hpp"
#include "tests/bench_process.hpp"
#include "tests/broken_bodies.hpp"
#include "tests/sanitized.hpp"
#include "tests/temporary_directory.hpp"

namespace logigrad::bench {
namespace {

std::string self;  // path of this program

TEST(Bench, EveryRunnableVariantIsTimedAndRecorded) {
  const TemporaryDirectory directory;
  const Outcome outcome =
      bench("--shape 65x4 --rounds 5 --results '" + directory.path().string() + "'");
  ASSERT_EQ(outcome.status, 0) << outcome.output;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path())) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  ASSERT_EQ(files.size(), 1u) << "one result, nothing temporary";
  EXPECT_EQ(files[0].extension(), ".json");
  std::ifstream stream(files[0]);
  const auto json = nlohmann::json::parse(stream);
  std::set<std::string> timed;
  std::set<std::pair<std::string, double>> groups;  // type, number
  for (const auto& entry : json["benchmarks"]) {
    const auto name = parse_case_name(entry["name"]);
    ASSERT_TRUE(name) << entry["name"];
    EXPECT_EQ(name->shape(), "65x4");
    timed.insert(name->quantity + "/" + name->variant() + "/" + name->dtype);
    EXPECT_GT(entry["real_time"].get<double>(), 0);
    EXPECT_GT(entry["rows_per_second"].get<double>(), 0);
    EXPECT_GT(entry["bytes_per_second"].get<double>(), 0);
    EXPECT_GT(entry["flops_per_second"].get<double>(), 0);
    const bool limit = name->quantity == "limit", peer = name->quantity == "peer";
    EXPECT_EQ(entry.contains("error_of_bound"), !limit);
    if (!limit) {
      EXPECT_LE(entry["error_of_bound"].get<double>(), 1);
      EXPECT_GE(entry["error_of_bound"].get<double>(), 0);
    }
    EXPECT_EQ(entry.contains("limit_fraction"), !limit && !peer);
    std::vector<double> rounds;
    for (int r = 1; entry.contains(fmt::format("round_{}", r)); ++r)
      rounds.push_back(entry[fmt::format("round_{}", r)]);
    // A case that is slow, as with a sanitizer on a busy machine, has fewer, but not below three.
    ASSERT_GE(rounds.size(), kSanitized ? 3u : 5u) << entry["name"];
    ASSERT_LE(rounds.size(), 5u) << entry["name"];
    std::sort(rounds.begin(), rounds.end());
    const double median = 1e6 * rounds[rounds.size() / 2];
    EXPECT_NEAR(entry["real_time"].get<double>(), median, 1e-6 * median);
    EXPECT_GE(entry["iterations"].get<int>(), static_cast<int>(rounds.size()));
    EXPECT_EQ(
        entry["name"].get<std::string>(),
        fmt::format("{}/{}/{}/N:65/D:4/threads:1", name->quantity, name->variant(), name->dtype));
    groups.insert({name->dtype, entry["group"].get<double>()});
    // Without a library there is no verdict; with all there is one, of the gradient alone.
    EXPECT_EQ(entry.contains("vs_best_peer"),
              name->quantity == "gradient" && absent_peers().empty());
    if (!limit && !peer) {
      EXPECT_GT(entry["limit_fraction"].get<double>(), 0);
      EXPECT_TRUE(contains(entry["label"], "bound by ")) << entry["label"];
    }
  }
  EXPECT_EQ(groups.size(), 2u) << "each type is a group";
  for (const LimitInfo& limit : limits()) {
    for (const char* dtype : {"/f32", "/f64"}) {
      EXPECT_EQ(timed.count(fmt::format("limit/{}/{}{}", limit.name, limit.isa, dtype)), 1u)
          << limit.name;
    }
  }
  for (const PeerInfo& peer : peers()) {
    EXPECT_EQ(timed.count(fmt::format("peer/{}/any/f32", peer.name)), 1u) << peer.name;
  }
  for (const AbsentPeer& peer : absent_peers()) {
    EXPECT_TRUE(contains(outcome.output, fmt::format("peer {} is absent", peer.name)));
  }
  for (const Variant& variant : variants()) {
    for (const char* quantity : {"gradient/", "loss_gradient/"}) {
      EXPECT_EQ(timed.count(quantity + variant.name()), variant.runnable() ? 1u : 0u)
          << variant.name();
    }
    if (variant.runnable()) {
      EXPECT_TRUE(
          contains(outcome.output, std::string(variant.body) + "/" + std::string(variant.isa)));
    }
  }
  for (const char* key :
       {"schema", "machine_key", "cpu_model", "isas", "l1d_bytes", "governor", "compiler",
        "flags_generic", "build_type", "revision", "openmp", "thread_placement"}) {
    EXPECT_TRUE(json["context"].contains(std::string("logigrad_") + key)) << key;
  }
#if defined(__x86_64__) || defined(__aarch64__)
  EXPECT_TRUE(json["context"].contains("logigrad_clock_hz"));
#endif
  EXPECT_TRUE(contains(outcome.output, files[0].string()));
}

TEST(Bench, RowsThatABodyPassesOnAreNotTimedTwice) {
  const Outcome outcome = bench("--shape 40x9 --dtype f32 --benchmark_list_tests");
  EXPECT_TRUE(contains(outcome.output, "gradient/panel/"));
  EXPECT_FALSE(contains(outcome.output, "gradient/column/"));
}

TEST(Bench, LimitsAndPeersCanBeLeftOut) {
  const Outcome outcome = bench("--shape 40x3 --no-compare --benchmark_list_tests");
  EXPECT_TRUE(contains(outcome.output, "gradient/naive/"));
  EXPECT_FALSE(contains(outcome.output, "limit/"));
  EXPECT_FALSE(contains(outcome.output, "peer/"));
}

TEST(Bench, NoColumns) {
  const Outcome outcome = bench("--shape 40x0 --dtype f32");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
}

TEST(Bench, ThreadsAreRegisteredWhereThereIsSomethingToShare) {
  const Outcome outcome = bench("--shape 5000x3 --threads 1,2 --benchmark_list_tests");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "gradient/naive/generic/f32/N:5000/D:3/threads:2\n"));
  EXPECT_FALSE(
      contains(bench("--shape 50x3 --threads 1,2 --benchmark_list_tests").output, "threads:2"));
}

TEST(Bench, GoogleFlagsWork) {
  const Outcome json = bench(
      "--shape 33x3 --benchmark_filter=naive --benchmark_format=json --benchmark_repetitions=3");
  EXPECT_EQ(json.status, 0);
  const std::size_t start = json.output.find("{\n");
  ASSERT_NE(start, std::string::npos);
  const auto parsed =
      nlohmann::json::parse(json.output.substr(start, json.output.rfind('}') - start + 1));
  ASSERT_EQ(parsed["benchmarks"].size(), 4u);
  for (const auto& entry : parsed["benchmarks"]) {
    EXPECT_TRUE(contains(entry["name"], "naive"));
    EXPECT_GT(entry["cpu_time"].get<double>(), 0);
    EXPECT_FALSE(entry.contains("round_1")) << "only in the result file";
  }
  const Outcome console = bench("--shape 33x3 --benchmark_filter=-auto --benchmark_format=console");
  EXPECT_TRUE(contains(console.output, "gradient/naive/generic/f32/N:33/D:3/threads:1 "));
  EXPECT_FALSE(contains(console.output, "gradient/auto"));
}

// Each broken body by itself: exit 1, a message, and no time in the table or the file.
TEST(Bench, AWrongVariantGetsNoTime) {
  for (const Fault fault : kFaults) {
    const TemporaryDirectory directory;
    const Outcome outcome = run(std::string("LOGIGRAD_TEST_FAULT=") +
                                std::to_string(static_cast<int>(fault)) + " '" + self +
                                "' --no-compare --shape 20011x2 --dtype f32 --threads 1 "
                                "--benchmark_min_time=0.001 --results '" +
                                directory.path().string() + "'");
    EXPECT_EQ(outcome.status, 1) << name_of(fault) << ": " << outcome.output;
    EXPECT_TRUE(contains(outcome.output, "WRONG")) << name_of(fault) << ": " << outcome.output;
    std::size_t wrong = 0, right = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path());
      const auto json = nlohmann::json::parse(stream);
      for (const auto& each : json["benchmarks"]) {
        const bool broken = contains(each["name"], std::string(name_of(fault)));
        const bool has_time = each.value("real_time", 0.0) > 0;
        if (broken && each.value("error_occurred", false)) ++wrong;
        if (!broken && has_time) ++right;
        EXPECT_FALSE(each.value("error_occurred", false) && has_time) << each["name"];
      }
    }
    // A fault of the loss alone leaves the gradient right.
    EXPECT_EQ(wrong, fault == Fault::kLossWithoutLastRow ? 1u : 2u) << name_of(fault);
    EXPECT_EQ(right, 4u) << "auto and the good variant, for both quantities";
  }
}

// One row of 400,000 is within the bound of any sum: only the exact test sees that it is missing.
TEST(Bench, AMissingRowOfManyIsSeen) {
  const Outcome outcome =
      run(std::string("LOGIGRAD_TEST_FAULT=") +
          std::to_string(static_cast<int>(Fault::kLastRowOfShortChunkDropped)) + " '" + self +
          "' --no-compare --shape 400009x2 --dtype f32 --threads 1 --rounds 3 "
          "--benchmark_min_time=0.001 --benchmark_filter=dropped");
  EXPECT_EQ(outcome.status, 1) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "the exact test at w = 0: dw[")) << outcome.output;
}

}  // namespace
}  // namespace logigrad::bench

// With LOGIGRAD_TEST_FAULT this program is a benchmark whose list holds one broken and one good
// variant; without, it is the test.
int main(int argc, char** argv) {
  using namespace logigrad;
  if (const char* fault = std::getenv("LOGIGRAD_TEST_FAULT")) {
    return bench::run_benchmarks(argc, argv, [&](bench::CaseList& list) {
      list.variants = {find_variant("naive", Dtype::kF32, 1, 1)};
      for (const auto& [each, variant] : broken_variants<float>()) {
        if (static_cast<int>(each) == std::atoi(fault)) list.variants.push_back(variant);
      }
    });
  }
  bench::self = argv[0];
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
