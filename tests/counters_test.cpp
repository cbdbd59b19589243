// Counting events in every thread. A kernel's software events exist without a counting CPU, so that
// threads, sums and errors are tested on any machine; the scaling is arithmetic.
#include "bench/counters/counters.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <omp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

#include "tests/bench_process.hpp"
#include "tests/sanitized.hpp"
#include "tools/dataset/input_error.hpp"

namespace logigrad::bench {
namespace {

TEST(Scaled, TheWholeTimeCountsAsItIs) {
  EXPECT_EQ(scaled({1000, 50, 50}), 1000);
  EXPECT_EQ(scaled({1000, 50, 51}), 1000);
  EXPECT_EQ(scaled({0, 50, 50}), 0);
}

TEST(Scaled, APartOfTheTimeIsMadeWhole) {
  EXPECT_EQ(scaled({1000, 100, 25}), 4000);
  EXPECT_EQ(scaled({3, 10, 4}), 7.5);
}

TEST(Scaled, AThreadThatNeverRanCountsNothing) { EXPECT_EQ(scaled({0, 0, 0}), 0); }

TEST(Scaled, WhatNeverCountedIsNoZero) { EXPECT_THROW(scaled({0, 100, 0}), std::runtime_error); }

#ifdef LOGIGRAD_HAS_COUNTERS

const char* const kPageFaults = "PERF_COUNT_SW_PAGE_FAULTS";

// Why no event can be counted here; empty: they can.
std::string obstacle() {
  try {
    check_events({kPageFaults});
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

// Touches that many pages for the first time: as many faults.
void touch_pages(std::size_t pages) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const memory =
      mmap(nullptr, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  madvise(memory, pages * page, MADV_NOHUGEPAGE);
  for (std::size_t i = 0; i < pages; ++i) static_cast<volatile char*>(memory)[i * page] = 1;
  munmap(memory, pages * page);
}

TEST(Counters, EveryThreadIsCountedAndNobodyElse) {
  if (!obstacle().empty()) GTEST_SKIP() << obstacle();
  touch_pages(10'000);  // before: not counted
  const auto counts = count_events({kPageFaults, "PERF_COUNT_SW_TASK_CLOCK"}, 3, [] {
#pragma omp parallel num_threads(3)
    touch_pages(omp_get_thread_num() == 1 ? 3000 : 1000);
  });
  touch_pages(10'000);
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_EQ(counts[0].event, kPageFaults);
  EXPECT_GE(counts[0].count, 5000);
  EXPECT_GE(counts[0].most, 3000);
  EXPECT_GE(counts[0].least, 1000);
  // The stacks and OpenMP's own data are some pages; ThreadSanitizer's record of a page is one or,
  // on some kernels, two more. The caller's 20,000 pages would then be 40,000 at least.
  EXPECT_LT(counts[0].count, kThreadSanitized ? 17'500 : 5500);
  EXPECT_LT(counts[0].least, kThreadSanitized ? 4000 : 1500);
  EXPECT_EQ(counts[0].time_fraction, 1);
  EXPECT_GT(counts[1].count, 0);
}

TEST(Counters, UnknownEventsAreNamed) {
  const auto message = [](const std::vector<std::string>& events) -> std::string {
    try {
      check_events(events);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message({}), "");
  EXPECT_EQ(message({"no_such_event"}).rfind("--counters: 'no_such_event': ", 0), 0u);
  EXPECT_NE(message({"no_such_event"}).find("expected a name that libpfm knows"),
            std::string::npos);
}

TEST(Counters, TheBenchmarkReportsThemByEvaluation) {
  if (!obstacle().empty()) GTEST_SKIP() << obstacle();
  const Outcome outcome = bench(
      "--shape 300x3 --dtype f32 --threads 1 --no-compare --benchmark_filter=gradient/auto "
      "--counters PERF_COUNT_SW_TASK_CLOCK,PERF_COUNT_SW_CPU_MIGRATIONS --benchmark_format=json");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "\"event:PERF_COUNT_SW_TASK_CLOCK\": "));
  EXPECT_TRUE(contains(outcome.output, "\"event:PERF_COUNT_SW_CPU_MIGRATIONS\": "));
}

#else

TEST(Counters, WithoutLibpfmTheBenchmarkSaysSo) {
  const Outcome outcome = bench("--shape 300x3 --counters cycles");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_TRUE(contains(outcome.output, "--counters: this was built without libpfm"));
}

#endif

}  // namespace
}  // namespace logigrad::bench
