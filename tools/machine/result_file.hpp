// Where a result is kept, and how it gets there: whole, or not at all.
//
// A benchmark runs for minutes and can be killed in any of them, and results are data that CI and
// people trust years later. So a result is written under another name, and only when it is complete
// and on the disk does it get its own; no earlier result is ever lost to a later one.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace logigrad {

// results_dir/<machine_key>/<UTC yyyymmddThhmmssZ>-<git_revision>.json; `git_revision` is
// "0123abcd", "0123abcd-dirty", or "" for a tree that has none ("norevision"). If the name is
// taken, "-2", "-3",
// ... stands before ".json". Nothing is created.
// Throws std::invalid_argument if key or revision hold anything but letters, digits and '-'.
std::filesystem::path result_path(const std::filesystem::path& results_dir,
                                  const std::string& machine_key,
                                  std::chrono::system_clock::time_point now,
                                  const std::string& git_revision);

// What commit() does when the final name has come to be taken.
enum class Existing {
  kKeep,     // a result: take the next free name, "-2", "-3", ...
  kReplace,  // a file that the user named
};

// A file that appears under its final name only by commit(). Its errors are std::runtime_error
// "PATH: what the system says"; after one, nothing is left but the directories that were created.
class AtomicFile {
 public:
  // Creates the missing directories and an empty temporary file beside `final_path`, on the same
  // file system. Refuses at once, not after the work is done, what commit() could not replace: a
  // directory, a device. A symbolic link is followed.
  explicit AtomicFile(const std::filesystem::path& final_path, Existing existing = Existing::kKeep);

  // Removes the temporary file unless commit() has succeeded.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // To be filled by whoever opens it by name (and checks his own stream for a full disk), or by
  // append(). ".NAME.<process>-<number>.tmp", which stays if the process is killed.
  const std::filesystem::path& temporary() const { return temporary_; }

  void append(std::string_view text);

  // Brings the content to the disk, gives the file its name and brings that to the disk. Returns
  // the name, which differs from the one asked for if Existing::kKeep met another file there.
  const std::filesystem::path& commit();

 private:
  void take_name();
  void sync_directory() const;

  std::filesystem::path final_path_;
  std::filesystem::path temporary_;
  Existing existing_;
  int file_ = -1;
  bool committed_ = false;
};

}  // namespace logigrad
