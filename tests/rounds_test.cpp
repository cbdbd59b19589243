// What the benchmark times and how: the plans, the names, the rounds, the pairs of one round.
#include "bench/rounds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <set>
#include <thread>

#include "bench/full.hpp"
#include "bench/measure.hpp"
#include "logigrad/evaluate.hpp"
#include "tools/dataset/input_error.hpp"

namespace logigrad::bench {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

TimedCase sleeping(double milliseconds, std::vector<int>& log, int id, bool compared = true) {
  return {[=, &log](std::size_t count) {
            log.push_back(id);
            for (std::size_t i = 0; i < count; ++i)
              std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(milliseconds));
          },
          compared};
}

TEST(Rounds, ACaseAfterTheOtherAndEverySecondRoundBackwards) {
  std::vector<int> log;
  std::vector<std::size_t> advanced;
  const std::vector<TimedCase> cases{sleeping(1, log, 0), sleeping(1, log, 1), sleeping(1, log, 2)};
  const auto times =
      time_in_rounds(cases, {kFewestRounds, 1e-3}, [&](std::size_t i) { advanced.push_back(i); });
  // A call of each comes first: at three times a round's share it is warm-up and estimate in one.
  ASSERT_EQ(log.size(), 3u + 9u);
  const std::vector<int> rounds(log.begin() + 3, log.end());
  EXPECT_EQ(rounds, (std::vector<int>{0, 1, 2, 2, 1, 0, 0, 1, 2}));
  EXPECT_EQ(advanced.size(), 9u);
  for (const RoundTimes& each : times) {
    EXPECT_EQ(each.seconds.size(), 3u);
    EXPECT_EQ(each.cpu_seconds.size(), 3u);
    EXPECT_EQ(each.evaluations, 3u);
    for (const double seconds : each.seconds) EXPECT_GE(seconds, 1e-3);
  }
}

// Both with times that differ by more than a busy machine adds to a sleep.
TEST(Rounds, AQuickCaseFillsItsTime) {
  std::vector<int> log;
  const auto times = time_in_rounds({sleeping(0.1, log, 0)}, {3, 0.3}, [](std::size_t) {});
  EXPECT_GE(times[0].evaluations, 3u * 2) << "100 ms a round";
  EXPECT_LE(times[0].evaluations, 3u * 1000);
}

// Wherever it is stopped, every case has the rounds that all of them have. With the fewest rounds
// there are: with more, a case whose first sleep is preempted is a slow one, and has fewer.
TEST(Rounds, StoppedItEndsWithTheWholeRounds) {
  for (int allowed = 0; allowed <= 3 * kFewestRounds; ++allowed) {
    std::vector<int> log;
    int timed = 0;
    const std::vector<TimedCase> cases{sleeping(0.1, log, 0), sleeping(0.1, log, 1),
                                       sleeping(0.1, log, 2)};
    const RoundSettings settings{kFewestRounds, 1e-4, [&] { return timed == allowed; }};
    const auto times = time_in_rounds(cases, settings, [&](std::size_t) { ++timed; });
    EXPECT_EQ(timed, allowed);
    ASSERT_EQ(times.size(), 3u);
    for (const RoundTimes& each : times) {
      EXPECT_EQ(each.seconds.size(), static_cast<std::size_t>(allowed / 3));
      EXPECT_EQ(each.cpu_seconds.size(), static_cast<std::size_t>(allowed / 3));
      EXPECT_EQ(each.evaluations, static_cast<std::size_t>(allowed / 3));
    }
  }
}

TEST(Rounds, SlowCasesHaveFewer) {
  std::vector<int> log;
  const auto times = time_in_rounds(
      {sleeping(1, log, 0), sleeping(4, log, 1, false), sleeping(150, log, 2), sleeping(4, log, 3)},
      {6, 0.01}, [](std::size_t) {});
  EXPECT_EQ(times[0].seconds.size(), 6u);
  EXPECT_EQ(times[1].seconds.size(), 3u) << "not compared";
  EXPECT_EQ(times[2].seconds.size(), 3u) << "more than 10 times the time of a case";
  EXPECT_EQ(times[3].seconds.size(), 6u);
}

// Its own clock says what a thread used, however long it had to wait for a CPU.
double own_cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

TEST(Rounds, TheCpuTimeIsThatOfAllThreads) {
  std::vector<double> used;  // in each evaluation, by a thread that the caller only waits for
  const auto burn = [&used] {
    while (own_cpu_seconds() < 0.01) continue;
    used.push_back(own_cpu_seconds());
  };
  const TimedCase burning{[&](std::size_t) { std::thread(burn).join(); }};
  const auto times = time_in_rounds({burning}, {kFewestRounds, 3e-3}, [](std::size_t) {});
  ASSERT_EQ(used.size(), 1u + kFewestRounds) << "one is the estimate, and takes a round's time";
  for (std::size_t i = 0; i < kFewestRounds; ++i)
    EXPECT_GE(times[0].cpu_seconds.at(i), used[i + 1]) << "round " << i;
}

// The CPU time of each pause, in turn; the number of pauses that were made.
int pauses_for(const std::vector<double>& seconds) {
  double cpu = 0;
  std::size_t made = 0;
  wait_until_alone([&] { return cpu; },
                   [&] { cpu += seconds[std::min(made++, seconds.size() - 1)]; });
  return static_cast<int>(made);
}

TEST(Rounds, WaitsUntilOtherThreadsHaveStoppedSpinning) {
  EXPECT_EQ(pauses_for({1e-5}), 1);
  EXPECT_EQ(pauses_for({2e-4, 2e-4, 1e-4, 1e-5}), 4);
  EXPECT_EQ(pauses_for({2e-4}), kMostPauses) << "they never stop: OMP_WAIT_POLICY=active";
}

TEST(Rounds, Medians) {
  EXPECT_EQ(median({3}), 3);
  EXPECT_EQ(median({9, 1, 3}), 3);
  EXPECT_EQ(median({9, 1, 3, 4}), 3.5);
  // Each pair's ratio is 2, while the ratio of the medians is not.
  EXPECT_EQ(paired_ratio({{2, 20, 8, 100}, {}, 0}, {{1, 10, 4}, {}, 0}), 2);
}

TEST(Measure, VariantsAreComparedWithTheQuickestOfTheirShapeAndThreads) {
  Group group{Dtype::kF32, {{"20x3", 20, 3}, {"9x2", 9, 2}}, {}, 3};
  add_limits(group, 0, 1);
  add_peers(group, 0, 1);
  group.add(0, 1, VariantCase{std::nullopt, false});
  group.add(0, 1, VariantCase{std::nullopt, true});
  group.add(1, 1, VariantCase{std::nullopt, false});
  std::vector<int> advanced(group.cases.size());
  const auto results = measure_group(group, {1e-4, {}}, {[&](std::size_t i) { ++advanced[i]; }});
  const RoundTimes* read = nullptr;
  const RoundTimes* arithmetic = nullptr;
  const RoundTimes* peer = nullptr;
  const auto take = [](const RoundTimes*& best, const RoundTimes& times) {
    if (!best || median(times.seconds) < median(best->seconds)) best = &times;
  };
  for (std::size_t i = 0; i < group.cases.size(); ++i) {
    EXPECT_EQ(results[i].failure, "");
    EXPECT_EQ(advanced[i], 3);
    const CaseName name = *parse_case_name(group.cases[i].name);
    if (name.body.rfind("read_", 0) == 0) take(read, results[i].times);
    if (name.body == "loads_fmas") take(arithmetic, results[i].times);
    if (name.quantity == "peer") take(peer, results[i].times);
  }
  const std::size_t last = results.size() - 1;
  const RoundTimes& limit =
      median(read->seconds) > median(arithmetic->seconds) ? *read : *arithmetic;
  EXPECT_EQ(results[last - 2].limit_fraction, paired_ratio(limit, results[last - 2].times));
  EXPECT_EQ(results[last - 1].limit_fraction, paired_ratio(limit, results[last - 1].times));
  EXPECT_FALSE(results[last].limit_fraction) << "another shape";
  EXPECT_EQ(results[last - 2].vs_best_peer.has_value(), absent_peers().empty());
  if (absent_peers().empty()) {
    EXPECT_EQ(results[last - 2].vs_best_peer, paired_ratio(*peer, results[last - 2].times));
  }
  EXPECT_FALSE(results[last - 1].vs_best_peer) << "no peer has the loss";
}

TEST(Measure, LimitsOfOtherThreadsAreNone) {
  Group group{Dtype::kF32, {{"5000x3", 5000, 3}}, {}, 3};
  ASSERT_EQ(planned_threads(5000, 3, Dtype::kF32, 2), 2);
  add_limits(group, 0, 1);
  group.add(0, 1, VariantCase{std::nullopt, false});
  group.add(0, 2, VariantCase{std::nullopt, false});
  const auto results = measure_group(group, {1e-4, {}}, {[](std::size_t) {}});
  EXPECT_TRUE(results[results.size() - 2].limit_fraction);
  EXPECT_FALSE(results.back().limit_fraction);
}

TEST(Full, HoldsTheShapesOfThePage) {
  CaseList list;
  list.dtypes = {Dtype::kF32, Dtype::kF64};
  list.threads = {1, 2};
  list.rounds = 0;
  for (const Variant& variant : variants()) list.variants.push_back(variant);
  const auto groups = full_groups(list, {32 * kMiB, std::size_t{64} << 30});
  std::set<std::string> names;
  std::size_t cases = 0;
  for (const Group& group : groups) {
    EXPECT_GE(group.rounds, 9);
    for (const Case& c : group.cases) {
      names.insert(c.name);
      EXPECT_TRUE(parse_case_name(c.name)) << c.name;
      ++cases;
    }
  }
  EXPECT_EQ(names.size(), cases) << "a name stands for one case";
  const auto has = [&](const std::string& start, const std::string& end) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name.rfind(start, 0) == 0 && name.ends_with(end);
    });
  };
  for (const char* shape : {"f32/N:100/D:2/threads:1", "f64/N:4096/D:28/threads:2",
                            "f32/N:134217728/D:2/threads:default", "f64/N:32768/D:4096/threads:1",
                            "f32/N:256/D:256/stride:257/threads:1", "f32/N:163/D:300/threads:1"})
    EXPECT_TRUE(has("gradient/auto/", shape)) << shape;
  EXPECT_TRUE(has("limit/read_1/", "f32/N:1048576/D:256/threads:2"));
  EXPECT_TRUE(has("loss_gradient/auto/", "f32/N:1048576/D:256/threads:1"));
  EXPECT_TRUE(has("gradient/naive/", "f32/N:1000/D:1024/threads:1"));
  EXPECT_FALSE(has("gradient/naive/", "f32/N:1048576/D:256/threads:1")) << "in a cache only";
  EXPECT_THROW(full_groups(list, {32 * kMiB, 512 * kMiB}), InputError);
}

TEST(Shapes, DramIsCappedAtAQuarterOfTheMemory) {
  std::vector<std::string> notes;
  const auto dram = find_shape("dram", named_shapes({32 * kMiB, 400 * kMiB}, notes));
  EXPECT_EQ(dram.rows * dram.cols * 4, 100 * kMiB);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_TRUE(notes[0].ends_with(
      "capped at a quarter of the available memory: 100 MiB instead of 256 MiB"));
  notes.clear();
  const auto whole = find_shape("dram", named_shapes({32 * kMiB, 4000 * kMiB}, notes));
  EXPECT_EQ(whole.rows * whole.cols * 4, 256 * kMiB);
  EXPECT_EQ(whole.rows_of(Dtype::kF64) * 2, whole.rows);
  EXPECT_TRUE(notes.empty());
  EXPECT_THROW(check_fits(whole, Dtype::kF32, {32 * kMiB, 256 * kMiB}), InputError);
  named_shapes({0, 4000 * kMiB}, notes);
  EXPECT_EQ(notes.size(), 1u) << "an unknown cache size is said";
}

TEST(CaseNames, ParseBack) {
  const auto name = parse_case_name(
      "loss_gradient/panel/avx2_fma/f64/N:65536/D:256/threads:2/process_time/real_time");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->quantity, "loss_gradient");
  EXPECT_EQ(name->variant(), "panel/avx2_fma");
  EXPECT_EQ(name->dtype, "f64");
  EXPECT_EQ(name->shape(), "65536x256");
  EXPECT_EQ(name->threads, 2);
  EXPECT_EQ(name->stride, 256u);
  EXPECT_EQ(parse_case_name("gradient/auto/avx2_fma/f32/N:5/D:5/stride:6/threads:default")->stride,
            6u);
  EXPECT_EQ(parse_case_name("gradient/auto/avx2_fma/f32/N:5/D:5/threads:default")->threads,
            kDefaultThreads);
  EXPECT_EQ(parse_case_name("peer/eigen/any/f32/N:5/D:5/threads:1/real_time")->body, "eigen");
  EXPECT_FALSE(parse_case_name("limit/read/N:5/D:5/threads:1"));
  EXPECT_FALSE(parse_case_name("gradient/panel/avx2_fma/f64/N:x/D:256/threads:2"));
}

}  // namespace
}  // namespace logigrad::bench
