// The peers: each against the error bound, with k = N + 8 since they sum in T, at every number of
// threads; and that they leave each other, and OpenMP's settings, alone.
#include <gtest/gtest.h>
#include <omp.h>

#include <chrono>
#include <ctime>
#include <iostream>
#include <set>
#include <thread>

#include "bench/peers/openblas_core.hpp"
#include "bench/peers/peer.hpp"
#include "bench/rounds.hpp"
#include "tests/problem_data.hpp"

namespace logigrad::bench {

void PrintTo(const PeerInfo& peer, std::ostream* out) { *out << peer.name; }

namespace {

// What a thread count and a peer make of the data; outputs that are not written stay NaN.
template <class T>
Answer<T> evaluate(Peer<T>& peer, ProblemData<T>& data) {
  std::fill_n(data.dw(), data.problem.cols, std::numeric_limits<T>::quiet_NaN());
  *data.db() = std::numeric_limits<T>::quiet_NaN();
  peer.gradient(data.w(), data.b, data.dw(), data.db());
  return data.answer(false);
}

template <class T>
Verdict judge_peer(Judge<T>& judge, const Answer<T>& answer, const ProblemData<T>& data) {
  return judge.check(answer, data.problem.cols + 2, peer_roundings<T>(data.problem.rows));
}

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> list{
      {1, 1},       {1, 28, 3},    {2, 123},    {3, 2},         {5, 1024, 1},     {24, 2},
      {97, 1, 2},   {100, 2},      {513, 28},   {1031, 123, 5}, {47, 1024},       {25, 2049, 3},
      {1023, 2, 1}, {4099, 28, 4}, {300, 1024}, {20011, 17, 2}, {3001, 123, 0, 1}};
  return list;
}

template <class T>
void expect_within_bound(const PeerInfo& info) {
  unsigned seed = 0;
  for (const Shape& shape : shapes()) {
    ProblemData<T> data(shape, Fill::kNormal, ++seed);
    Judge<T> judge(data.problem, data.w(), data.b);
    for (const int threads : {1, 2, 3}) {
      const auto peer = info.make(data.problem, threads);
      for (int repetition = 0; repetition < 2; ++repetition) {
        const Verdict verdict = judge_peer(judge, evaluate(*peer, data), data);
        EXPECT_TRUE(verdict.ok()) << shape << " threads " << threads << ": " << verdict.where
                                  << " is off by " << verdict.error_of_bound << " of its bound";
      }
      EXPECT_TRUE(data.intact()) << shape << ": something beside the outputs was written";
    }
  }
}

class Peers : public testing::TestWithParam<PeerInfo> {};

TEST_P(Peers, WithinTheBoundInFloat) { expect_within_bound<float>(GetParam()); }
TEST_P(Peers, WithinTheBoundInDouble) { expect_within_bound<double>(GetParam()); }

// Both tails of the sigmoid, and margins beyond exp's range.
TEST_P(Peers, WithinTheBoundAtLargeMargins) {
  for (const double scale : {10.0, 100.0, 1e4}) {
    ProblemData<float> data({300, 21}, Fill::kNormal, 11);
    for (std::size_t j = 0; j < 21; ++j) data.w()[j] *= static_cast<float>(scale);
    Judge<float> judge(data.problem, data.w(), data.b);
    const auto peer = GetParam().make(data.problem, 2);
    const Verdict verdict = judge_peer(judge, evaluate(*peer, data), data);
    EXPECT_TRUE(verdict.ok()) << "scale " << scale << ": " << verdict.where << " is off by "
                              << verdict.error_of_bound << " of its bound";
  }
}

// Where no bound would see a dropped row.
TEST_P(Peers, ExactWithZeroParameters) {
  ProblemData<float> data({100003, 9, 2}, Fill::kInteger);
  const ExactTest<float> exact(data.problem);
  for (const int threads : {1, 2, 3}) {
    const auto peer = GetParam().make(data.problem, threads);
    EXPECT_EQ(exact.check(evaluate(*peer, data)), "") << threads << " threads";
  }
}

TEST_P(Peers, NanReachesTheAnswerAndFails) {
  ProblemData<float> data({100, 20});
  Judge<float> judge(data.problem, data.w(), data.b);
  const auto peer = GetParam().make(data.problem, 2);
  EXPECT_TRUE(judge_peer(judge, evaluate(*peer, data), data).ok());
  data.x(99)[19] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(judge_peer(judge, evaluate(*peer, data), data).ok());
}

TEST_P(Peers, RefusesWhatItDoesNotSupport) {
  const auto refused = [](const ProblemData<float>& data, int threads = 1) {
    EXPECT_THROW(GetParam().make(data.problem, threads), std::invalid_argument);
  };
  refused(ProblemData<float>({10, 3}), 0);
  refused(ProblemData<float>({0, 3}));
  refused(ProblemData<float>({10, 0}));
  refused(ProblemData<float>({10, 3, 0, 0, true}));
  ProblemData<float> l2({10, 3}), mean({10, 3}), no_intercept({10, 3});
  l2.problem.l2 = 1;
  mean.problem.reduction = Reduction::kMean;
  no_intercept.problem.intercept = false;
  refused(l2);
  refused(mean);
  refused(no_intercept);
}

double seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// The part of the processor time of some calls that was spent outside this thread.
double share_of_others(Peer<float>& peer, ProblemData<float>& data) {
  // Workers of what ran before may still wait actively for more.
  wait_until_alone([] { return seconds(CLOCK_PROCESS_CPUTIME_ID); },
                   [] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); });
  const double process = seconds(CLOCK_PROCESS_CPUTIME_ID), own = seconds(CLOCK_THREAD_CPUTIME_ID);
  do {
    evaluate(peer, data);
  } while (seconds(CLOCK_THREAD_CPUTIME_ID) - own < 0.05);
  const double own_part = seconds(CLOCK_THREAD_CPUTIME_ID) - own;
  return 1 - own_part / (seconds(CLOCK_PROCESS_CPUTIME_ID) - process);
}

// A peer that ignores the number has 0 to 0.02. torch_mv, much of which one thread does alone, has
// 0.12 to 0.2 under AddressSanitizer.
TEST_P(Peers, UsesItsThreadsAndNoMore) {
  ProblemData<float> data({4096, 256});
  const auto parallel = GetParam().make(data.problem, 2), serial = GetParam().make(data.problem, 1);
  EXPECT_GT(share_of_others(*parallel, data), 0.06) << "two threads";
  EXPECT_LT(share_of_others(*serial, data), 0.02) << "one thread";
  EXPECT_GT(share_of_others(*parallel, data), 0.06) << "two threads again";
}

// In a thread of its own, since libtorch sets OpenMP when a thread first asks it something.
TEST_P(Peers, LeavesTheSettingsOfOpenMpAlone) {
  std::thread([] {
    omp_set_num_threads(5);
    ProblemData<float> data({500, 40});
    for (const int threads : {1, 3}) {
      const auto peer = GetParam().make(data.problem, threads);
      EXPECT_EQ(omp_get_max_threads(), 5) << "after it was made";
      evaluate(*peer, data);
      EXPECT_EQ(omp_get_max_threads(), 5) << "after a call";
    }
  }).join();
}

INSTANTIATE_TEST_SUITE_P(Peer, Peers, testing::ValuesIn(peers()),
                         [](const auto& peer) { return std::string(peer.param.name); });

// Every two peers in turn, with different numbers of threads: the bits of each as when it is alone.
TEST(PeersTogether, DoNotChangeEachOther) {
  ProblemData<float> data({2000, 60, 4});
  struct Entry {
    std::string name;
    std::unique_ptr<Peer<float>> peer;
    std::vector<float> alone;
  };
  std::vector<Entry> entries;
  for (const PeerInfo& info : peers()) {
    for (const int threads : {1, 2, 3}) {
      Entry entry{std::string(info.name) + " " + std::to_string(threads),
                  info.make(data.problem, threads),
                  {}};
      evaluate(*entry.peer, data);
      entry.alone = data.result();
      entries.push_back(std::move(entry));
    }
  }
  for (const Entry& first : entries) {
    for (const Entry& second : entries) {
      evaluate(*first.peer, data);
      evaluate(*second.peer, data);
      EXPECT_EQ(data.result(), second.alone) << second.name << " after " << first.name;
    }
  }
}

TEST(PeersTogether, EachIsPresentOrAbsentForAReason) {
  std::set<std::string_view> names;
  for (const PeerInfo& peer : peers()) {
    EXPECT_TRUE(names.insert(peer.name).second) << peer.name;
    EXPECT_FALSE(peer.library.empty()) << peer.name;
    std::cout << "tested: " << peer.name << ", " << peer.library << "\n";
  }
  for (const AbsentPeer& peer : absent_peers()) {
    EXPECT_TRUE(names.insert(peer.name).second) << peer.name;
    EXPECT_FALSE(peer.reason.empty()) << peer.name;
    std::cout << "not tested: " << peer.name << ", " << peer.reason << "\n";
  }
  EXPECT_TRUE(names.count("row_at_a_time")) << "it needs no library";
}

TEST(PeersTogether, OpenBlasIsToldOfACpuYoungerThanItself) {
  EXPECT_EQ(better_openblas_core("Prescott", true, true), "SkylakeX");
  EXPECT_EQ(better_openblas_core("Prescott", true, false), "Haswell");
  EXPECT_EQ(better_openblas_core("Nehalem", true, false), "Haswell");
  EXPECT_EQ(better_openblas_core("Nehalem", false, false), "") << "it is one";
  EXPECT_EQ(better_openblas_core("Haswell", true, false), "");
  EXPECT_EQ(better_openblas_core("Zen", true, true), "") << "its own choice";
  EXPECT_EQ(better_openblas_core("SkylakeX", true, true), "");
}

}  // namespace
}  // namespace logigrad::bench
