// POSIX calls instead of streams, because a stream can neither fsync() nor create a file only if it
// does not exist, and loses errno.
#include "tools/machine/result_file.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>

namespace logigrad {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_with(const fs::path& path, int error) {
  throw std::runtime_error(
      fmt::format("{}: {}", path.string(), std::generic_category().message(error)));
}

void check_name(const char* what, const std::string& name) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  if (name.find_first_not_of(kAllowed) == std::string::npos && !name.empty()) return;
  throw std::invalid_argument(
      fmt::format("{}: found '{}', expected letters, digits and '-'", what, name));
}

// number 1 is the path itself, 2 is "NAME-2.EXTENSION".
fs::path numbered(const fs::path& path, int number) {
  if (number == 1) return path;
  fs::path name = path.stem();
  name += fmt::format("-{}", number);
  name += path.extension();
  return path.parent_path() / name;
}

bool taken(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

// rename() that fails with EEXIST instead of replacing. NFS and some FUSE file systems know no
// flags and say EINVAL; link() has the same meaning there, and every file system has one of the
// two.
int rename_new(const fs::path& from, const fs::path& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (link(from.c_str(), to.c_str()) != 0) return errno;
  unlink(from.c_str());
  return 0;
}

// Absolute first: weakly_canonical() leaves a relative path whose first part is new as it is.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path result = fs::weakly_canonical(fs::absolute(path), error);
  if (error) fail_with(path, error.value());
  return result;
}

}  // namespace

fs::path result_path(const fs::path& results_dir, const std::string& machine_key,
                     std::chrono::system_clock::time_point now, const std::string& git_revision) {
  const std::string revision = git_revision.empty() ? "norevision" : git_revision;
  check_name("machine key", machine_key);
  check_name("git revision", revision);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const fs::path wanted = results_dir / machine_key /
                          fmt::format("{:%Y%m%dT%H%M%SZ}-{}.json", fmt::gmtime(seconds), revision);
  int number = 1;
  while (taken(numbered(wanted, number))) ++number;
  return numbered(wanted, number);
}

AtomicFile::AtomicFile(const fs::path& final_path, Existing existing)
    : final_path_(resolved(final_path)), existing_(existing) {
  std::error_code error;
  const fs::file_status status = fs::status(final_path_, error);
  if (fs::is_directory(status)) fail_with(final_path_, EISDIR);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    throw std::runtime_error(
        fmt::format("{}: is neither a regular file nor new", final_path_.string()));
  }
  const fs::path directory = final_path_.parent_path();
  fs::create_directories(directory, error);
  if (error) fail_with(directory, error.value());

  static std::atomic<unsigned> counter = 0;
  do {
    temporary_ = directory / fmt::format(".{}.{}-{}.tmp", final_path_.filename().string(), getpid(),
                                         counter.fetch_add(1));
    file_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  } while (file_ < 0 && errno == EEXIST);
  if (file_ < 0) fail_with(temporary_, errno);
}

AtomicFile::~AtomicFile() {
  if (file_ >= 0) close(file_);
  if (!committed_) unlink(temporary_.c_str());
}

void AtomicFile::append(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_with(temporary_, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

const fs::path& AtomicFile::commit() {
  if (committed_) return final_path_;
  if (fsync(file_) != 0) fail_with(temporary_, errno);
  take_name();
  committed_ = true;
  sync_directory();
  return final_path_;
}

void AtomicFile::take_name() {
  if (existing_ == Existing::kReplace) {
    if (rename(temporary_.c_str(), final_path_.c_str()) != 0) fail_with(final_path_, errno);
    return;
  }
  for (int number = 1;; ++number) {
    const fs::path name = numbered(final_path_, number);
    const int error = rename_new(temporary_, name);
    if (error == EEXIST) continue;
    if (error != 0) fail_with(name, error);
    final_path_ = name;
    return;
  }
}

// Without this a power cut can take the name back. Some file systems cannot do it for a directory
// and say EINVAL; the result is complete there all the same.
void AtomicFile::sync_directory() const {
  const fs::path directory = final_path_.parent_path();
  const int handle = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) fail_with(directory, errno);
  const int error = fsync(handle) == 0 ? 0 : errno;
  close(handle);
  if (error != 0 && error != EINVAL) fail_with(directory, error);
}

}  // namespace logigrad
