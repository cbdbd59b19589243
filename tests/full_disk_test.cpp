// A disk that is full while a result is written: the program says so, what was there before stays,
// and nobody ever sees half a file. Full is a file system of a few pages, in a mount name space of
// its own, or a limit on the size of a file where there may be none.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/bench_process.hpp"
#include "tests/temporary_directory.hpp"

namespace logigrad::bench {
namespace {

const std::string kBench = std::string("'") + LOGIGRAD_BENCH +
                           "' --benchmark_min_time=0.001 --shape 100x2 --no-compare --threads 1 "
                           "--benchmark_filter='^gradient/(naive|fused)/'";
const std::string kTrain = std::string("'") + LOGIGRAD_PROGRAM + "' train '" + LOGIGRAD_SOURCE_DIR +
                           "/bench/data/wdbc.csv' --header --label-column last --standardize "
                           "--eta auto --iterations 300";

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

// `command`, with $DISK the path of a file system of so many pages; at the end a line "left: NAME"
// for each file on it.
Outcome on_disk_of(int pages, const std::string& command) {
  const TemporaryDirectory directory;
  const std::string script = fmt::format(
      "mount -t tmpfs -o size={} none \"$DISK\" || exit 77; {}; status=$?; "
      "find \"$DISK\" -type f -printf 'left: %f\\n'; exit $status",
      pages * 4096, command);
  return run(fmt::format("DISK={} unshare --map-root-user --mount sh -c {}",
                         quoted(directory.path().string()), quoted(script)));
}

class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    if (on_disk_of(1, "true").status != 0)
      GTEST_SKIP() << "for want of the right to mount a file system: see SizeLimit";
  }
};

TEST_F(FullDisk, WithRoomThereIsAResult) {
  const Outcome outcome = on_disk_of(100, kBench + " --results \"$DISK\"");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, ".json\n")) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "left: ")) << outcome.output;
}

TEST_F(FullDisk, ABenchmarkLeavesNoHalfResult) {
  const Outcome outcome = on_disk_of(1, kBench + " --results \"$DISK\"");
  EXPECT_EQ(outcome.status, 2) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "the result was not written whole (is the disk full?)"))
      << outcome.output;
  EXPECT_FALSE(contains(outcome.output, "left: ")) << outcome.output;
}

TEST_F(FullDisk, AnEarlierResultStays) {
  const Outcome outcome =
      on_disk_of(2, "echo earlier >\"$DISK\"/r.json; " + kBench +
                        " --benchmark_out=\"$DISK\"/r.json; status=$?; cat \"$DISK\"/r.json; "
                        "(exit $status)");
  EXPECT_EQ(outcome.status, 2) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "\nearlier\nleft: r.json\n")) << outcome.output;
}

TEST_F(FullDisk, ATraceIsWholeOrNotThere) {
  const std::string command = kTrain + " --trace \"$DISK\"/trace.csv";
  const Outcome full = on_disk_of(1, command);
  EXPECT_EQ(full.status, 2) << full.output;
  EXPECT_TRUE(contains(full.output, "No space left on device")) << full.output;
  EXPECT_FALSE(contains(full.output, "left: ")) << full.output;
  const Outcome enough = on_disk_of(100, command);
  EXPECT_NE(enough.status, 2) << enough.output;
  EXPECT_TRUE(contains(enough.output, "left: trace.csv\n")) << enough.output;
}

// Blocks of 512 bytes; the signal is ignored, so that writing fails as it does on a full disk. A
// program with ThreadSanitizer begins with a file of its own in TMPDIR, if it can be written there,
// and dies of the limit.
Outcome with_size_limit(int blocks, const std::string& command) {
  return run(
      fmt::format("trap '' XFSZ; export TMPDIR=/nonexistent; ulimit -f {}; {}", blocks, command));
}

TEST(SizeLimit, NothingIsLeft) {
  const TemporaryDirectory directory;
  const auto files = [&] {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory.path()))
      count += entry.is_regular_file() ? 1 : 0;
    return count;
  };
  const Outcome outcome =
      with_size_limit(4, fmt::format("{} --results '{}'", kBench, directory.path().string()));
  EXPECT_EQ(outcome.status, 2) << outcome.output;
  EXPECT_TRUE(contains(outcome.output, "the result was not written whole")) << outcome.output;
  const Outcome trace = with_size_limit(
      4, fmt::format("{} --trace '{}/trace.csv'", kTrain, directory.path().string()));
  EXPECT_EQ(trace.status, 2) << trace.output;
  EXPECT_TRUE(contains(trace.output, "File too large")) << trace.output;
  EXPECT_EQ(files(), 0u);
}

}  // namespace
}  // namespace logigrad::bench
