// The results' names and files, with the ways in which writing them fails.
#include "tools/machine/result_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "tests/expect_error.hpp"
#include "tests/temporary_directory.hpp"

namespace logigrad {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

auto files_in(const fs::path& directory) {
  return std::distance(fs::directory_iterator(directory), fs::directory_iterator());
}

TEST(ResultFile, NamesAreUtcAndNeverTaken) {
  const TemporaryDirectory directory;
  const std::chrono::system_clock::time_point now{std::chrono::seconds(951782399)};
  const auto name = [&](const std::string& revision) {
    return result_path(directory.path(), "key-2", now, revision)
        .lexically_relative(directory.path());
  };
  EXPECT_EQ(name("0123abcd"), "key-2/20000228T235959Z-0123abcd.json");
  EXPECT_EQ(name("0123abcd-dirty"), "key-2/20000228T235959Z-0123abcd-dirty.json");
  EXPECT_EQ(name(""), "key-2/20000228T235959Z-norevision.json");
  directory.write(name(""), "");
  EXPECT_EQ(name(""), "key-2/20000228T235959Z-norevision-2.json");
  fs::create_symlink("nowhere", directory.path() / name(""));
  EXPECT_EQ(name(""), "key-2/20000228T235959Z-norevision-3.json");
  EXPECT_THROW(name("../x"), std::invalid_argument);
  EXPECT_THROW(result_path(directory.path(), "", now, ""), std::invalid_argument);
}

TEST(AtomicFile, AppearsWholeAndOnlyByCommit) {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "new/dir/r.json";
  {
    AtomicFile file(path);
    file.append("lost");
    EXPECT_EQ(read(file.temporary()), "lost");
    EXPECT_FALSE(fs::exists(path));
  }
  EXPECT_EQ(files_in(path.parent_path()), 0);
  AtomicFile file(path), rival(path);
  std::ofstream(file.temporary()) << "first";
  rival.append("second");
  EXPECT_EQ(file.commit(), path);
  EXPECT_EQ(rival.commit(), path.parent_path() / "r-2.json");
  EXPECT_EQ(read(path), "first");
  EXPECT_EQ(read(path.parent_path() / "r-2.json"), "second");
  EXPECT_EQ(files_in(path.parent_path()), 2);
  const mode_t mask = umask(022);
  umask(mask);
  EXPECT_EQ(static_cast<mode_t>(fs::status(path).permissions()), 0666 & ~mask);
}

TEST(AtomicFile, RelativePathsStartWhereTheProgramRuns) {
  const TemporaryDirectory directory;
  const fs::path before = fs::current_path();
  fs::current_path(directory.path());
  AtomicFile("new.json").commit();
  AtomicFile("results/key/new.json").commit();
  fs::current_path(before);
  EXPECT_TRUE(fs::exists(directory.path() / "new.json"));
  EXPECT_TRUE(fs::exists(directory.path() / "results/key/new.json"));
}

TEST(AtomicFile, ReplacesWhatTheUserNamed) {
  const TemporaryDirectory directory;
  directory.write("old", "old");
  fs::create_symlink("old", directory.path() / "link");
  AtomicFile file(directory.path() / "link", Existing::kReplace);
  file.append("new");
  EXPECT_EQ(read(directory.path() / "link"), "old");
  file.commit();
  EXPECT_EQ(read(directory.path() / "old"), "new");
  EXPECT_TRUE(fs::is_symlink(directory.path() / "link"));
}

TEST(AtomicFile, RefusesWhatItCannotReplace) {
  const TemporaryDirectory directory;
  directory.write("file", "");
  const fs::path in_file = directory.path() / "file/key/r.json", fifo = directory.path() / "fifo";
  expect_error([&] { AtomicFile file(in_file); }, in_file.parent_path(), "Not a directory");
  expect_error([&] { AtomicFile file(directory.path()); }, directory.path(), "Is a directory");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  expect_error([&] { AtomicFile file(fifo, Existing::kReplace); }, fifo,
               "is neither a regular file nor new");
  if (geteuid() != 0) {  // root may write anywhere
    fs::permissions(directory.path(), fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_THROW(AtomicFile(directory.path() / "r.json"), std::runtime_error);
    fs::permissions(directory.path(), fs::perms::owner_all);
  }
  EXPECT_EQ(files_in(directory.path()), 2);
}

TEST(AtomicFile, LeavesNothingWhenTheDiskIsFull) {
  const TemporaryDirectory directory;
  rlimit old = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  {
    AtomicFile file(directory.path() / "r.json");
    const rlimit tiny = {10, old.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tiny), 0);
    expect_error([&] { file.append("more than ten bytes"); }, file.temporary(), "File too large");
    setrlimit(RLIMIT_FSIZE, &old);
  }
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(files_in(directory.path()), 0);
}

TEST(AtomicFile, FailedCommitLeavesNothing) {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "r.json";
  {
    AtomicFile file(path, Existing::kReplace);
    fs::create_directory(path);
    expect_error([&] { file.commit(); }, path, "Is a directory");
  }
  EXPECT_EQ(files_in(directory.path()), 1);
  AtomicFile file(directory.path() / "s.json");
  fs::remove(file.temporary());
  EXPECT_THROW(file.commit(), std::runtime_error);
}

}  // namespace
}  // namespace logigrad
