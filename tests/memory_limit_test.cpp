// Data that do not fit under a limit of the process, as ulimit -v sets one: whatever the limit, the
// answer or a message that says where, what was needed and what there is; never a crash.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>

#include "tests/dataset_fixture.hpp"
#include "tests/machine_tree.hpp"
#include "tests/program_fixture.hpp"
#include "tests/sanitized.hpp"
#include "tools/machine/memory.hpp"

namespace logigrad {
namespace {

// Calls f with so much address space beside what is in use.
void with_memory(std::size_t bytes, const std::function<void()>& f) {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &old), 0);
  const rlimit low{pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + bytes, old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &low), 0);
  f();
  ASSERT_EQ(setrlimit(RLIMIT_AS, &old), 0);
}

std::string table(std::size_t rows, std::size_t cols) {
  std::string text;
  for (std::size_t n = 0; n < rows; ++n) {
    text += n % 2 ? "1" : "0";
    for (std::size_t j = 0; j < cols; ++j) text += n + j < 9 ? ",7" : ",1";
    text += "\n";
  }
  return text;
}

TEST_F(DatasetTest, SparseDataOfAFewBytes) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer ends the program when an allocation fails";
  std::string message;
  with_memory(512 * kMib, [&] { message = load_error("0 1:1\n1 1000000000:1\n"); });
  EXPECT_TRUE(
      message.starts_with("FILE:2:3: found index 1000000000, which needs 2 x 1000000000 "
                          "doubles = 14.9 GiB, expected at most the "))
      << message;
  EXPECT_TRUE(message.ends_with(" MiB that are available")) << message;
}

TEST_F(DatasetTest, TableLargerThanTheLimit) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer ends the program when an allocation fails";
  const std::string text = table(10'000, 400);  // 8 MB of text, 32 MB of doubles
  written(text);
  const auto load_here = [&] { return error(path(), [&] { load_dataset(path()); }); };
  std::string message;
  with_memory(12 * kMib, [&] { message = load_here(); });
  EXPECT_TRUE(message.starts_with("FILE: found 8020000 bytes, expected at most ")) << message;
  with_memory(30 * kMib, [&] { message = load_here(); });
  EXPECT_TRUE(
      message.starts_with("FILE:1:1: found 401 columns, which needs 10001 x 400 doubles = "
                          "30.5 MiB, expected at most the "))
      << message;
  with_memory(200 * kMib, [&] { message = load_here(); });
  EXPECT_EQ(message, "no error");
}

// ulimit -v and -d: what the process has is subtracted, and the least counts.
TEST(MemoryLimit, LimitsOfTheProcess) {
  MachineTree tree;
  tree.write("proc/meminfo", "MemTotal:  16777216 kB\nMemAvailable:  8388608 kB");
  tree.write("proc/self/status", "VmPeak:\t 999 kB\nVmSize:\t 102400 kB\nVmData:\t 51200 kB");
  const auto limits = [&](const std::string& data, const std::string& space) {
    tree.write("proc/self/limits",
               "Limit                     Soft Limit           Hard Limit           Units     \n"
               "Max data size             " +
                   data +
                   "            unlimited            bytes     \n"
                   "Max address space         " +
                   space + "           unlimited            bytes     ");
    return available_memory(tree.path().string()) / kMib;
  };
  EXPECT_EQ(limits("unlimited", "unlimited"), 8192U);
  EXPECT_EQ(limits("unlimited", "1073741824"), 1024U - 100);
  EXPECT_EQ(limits("1073741824", "unlimited"), 1024U - 50);
  EXPECT_EQ(limits("536870912", "1073741824"), 512U - 50);
  EXPECT_EQ(limits("unlimited", "4096"), 0U);  // less than it has: not 2^64 less that
}

// From what the program needs for itself to what the data need, in small steps.
TEST_F(ProgramTest, EveryLimitGivesAnAnswerOrAMessage) {
  if (kSanitized) GTEST_SKIP() << "for want of addresses to limit: a sanitizer needs terabytes";
  write("d.csv", table(20'000, 100));
  std::string sparse;
  for (int n = 0; n < 50'000; ++n) sparse += n % 2 ? "1 1:1 200:1\n" : "0 2:1 90:1 150:1\n";
  write("d.svm", sparse);
  const auto limited = [&](std::size_t kib, Strings arguments) {
    Strings words = {"/bin/sh", "-c", "ulimit -v " + std::to_string(kib) + " && exec \"$@\"", "sh",
                     LOGIGRAD_PROGRAM};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return spawn(words, {});
  };
  std::size_t least = 4096;
  while (limited(least, {"--version"}).status != 0) least += 4096;
  for (const std::string file : {"d.csv", "d.svm"}) {
    std::size_t refused = 0, answered = 0;
    for (std::size_t kib = least + 2048; answered < 2; kib += 6144) {
      for (const std::string dtype : {"f32", "f64"}) {
        const Outcome outcome = limited(kib, {"eval", file, "--threads", "1", "--dtype", dtype});
        if (outcome.status == 0) {
          ++answered;
          continue;
        }
        ++refused;
        ASSERT_EQ(outcome.status, 2) << kib << " KiB: " << outcome.err;
        EXPECT_EQ(outcome.err.rfind("logigrad: ", 0), 0u) << outcome.err;
        EXPECT_EQ(count_of(outcome.err, "\n"), 1u) << outcome.err;
        EXPECT_EQ(outcome.err.find("bad_alloc"), std::string::npos) << outcome.err;
        EXPECT_NE(outcome.err.find("available"), std::string::npos) << outcome.err;
      }
      ASSERT_LT(kib, least + 1024 * 1024) << "never an answer";
    }
    EXPECT_GT(refused, 4u) << file;
  }
}

}  // namespace
}  // namespace logigrad
