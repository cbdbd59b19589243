// One child process from its start to its end: its outputs in files, a limit on its time, and an
// end when somebody asks for it.
//
// The child leads a process group of its own, so that what it has started ends with it: a build is
// a shell with ninja with compilers. It therefore does not get a terminal's Ctrl-C; `stop` is asked
// instead, ten times a second. Boost.Process would need a library for its paths, and in Debian 12's
// version its wait_for() takes the SIGCHLD of other children for its own.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace logigrad::gate {

struct Command {
  std::vector<std::string> words;  // a program, which PATH finds if it has no '/', and arguments
  std::vector<std::pair<std::string, std::string>> environment;  // besides what is inherited
  std::filesystem::path directory;                               // empty: this process's
  std::filesystem::path out, err;  // files that are written anew; empty: nowhere. May be the same
  double seconds = 0;              // after which it is ended; 0: never
};

struct Ending {
  int status = 0;        // exit status, if no signal ended it
  int signal = 0;        // that ended it; 0: none
  bool late = false;     // it took longer than it may, and was ended
  bool stopped = false;  // `stop` was true, and it was ended

  bool succeeded() const { return status == 0 && signal == 0 && !late && !stopped; }
  // "exited with 3", "was ended by SIGSEGV", "was still running after 600 s".
  std::string text(const Command& command) const;
};

// Runs it to its end; its input is empty. A child that is to end gets SIGTERM, and SIGKILL 5 s
// later. Throws std::runtime_error "PROGRAM: what the system says" if it cannot be started.
Ending run(const Command& command, const std::function<bool()>& stop);

// The last `lines` lines of a file as they are; "" if it cannot be read.
std::string tail_of(const std::filesystem::path& path, std::size_t lines);

// A new directory below the system's for temporary files, removed with all it holds. Throws
// std::runtime_error.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace logigrad::gate
