// A program that is watched while it runs, for tests of signals: its output is read as it comes.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

namespace logigrad {

// Whether a process that is no child of this one is gone, now or within five seconds: whoever has
// become its parent may need a moment to take notice of its end.
inline bool is_gone(pid_t process) {
  for (int i = 0; i < 500 && kill(process, 0) == 0; ++i) usleep(10'000);
  return kill(process, 0) != 0;
}

class ChildProcess {
 public:
  // Starts it with both outputs in one pipe. SIGINT is ignored, as a shell's background jobs have
  // it, if `ignores_sigint`, and else acts as by default whatever this process was started with.
  explicit ChildProcess(std::vector<std::string> words, bool ignores_sigint = false) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    output_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    if (!ignores_sigint) sigaddset(&signals, SIGINT);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const auto before = std::signal(SIGINT, ignores_sigint ? SIG_IGN : SIG_DFL);
    const int error = posix_spawn(&child_, argv[0], &actions, &attributes, argv.data(), environ);
    std::signal(SIGINT, before);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error != 0) throw std::runtime_error("cannot run " + words[0]);
  }
  ~ChildProcess() {
    if (child_ > 0) send(SIGKILL), wait();
    close(output_);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void send(int signal) const { kill(child_, signal); }

  // Whether the output comes to hold `text` before the program ends; gives up after two minutes.
  bool says(const std::string& text) {
    while (said_.find(text) == std::string::npos) {
      if (!read_more()) return false;
    }
    return true;
  }

  // Waits for the end. Returns the exit status, or -SIGNAL if a signal ended it.
  int wait() {
    while (read_more()) continue;
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  const std::string& said() const { return said_; }

 private:
  bool read_more() {
    constexpr int kTwoMinutes = 120'000;
    pollfd readable{output_, POLLIN, 0};
    char buffer[4096];
    if (poll(&readable, 1, kTwoMinutes) <= 0) return false;
    const ssize_t count = read(output_, buffer, sizeof buffer);
    if (count <= 0) return false;
    said_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  pid_t child_ = 0;
  int output_ = -1;
  std::string said_;
};

}  // namespace logigrad
