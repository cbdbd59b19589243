// See process.hpp.
#include "tools/gate/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "tools/machine/sysroot.hpp"

namespace logigrad::gate {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kGrace = std::chrono::seconds(5);  // between SIGTERM and SIGKILL
constexpr int kStep = 100;                        // milliseconds from question to question

std::runtime_error system_error(const std::string& what, int error) {
  return std::runtime_error(what + ": " + std::generic_category().message(error));
}

// "NAME=VALUE", the settings in place of what they override.
std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    const bool is_set = std::any_of(command.environment.begin(), command.environment.end(),
                                    [&](const auto& s) { return text.starts_with(s.first + "="); });
    if (!is_set) result.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// What the child does between its start and its program.
class Actions {
 public:
  explicit Actions(const Command& command) {
    posix_spawn_file_actions_init(&files_);
    posix_spawnattr_init(&attributes_);
    open(STDIN_FILENO, "/dev/null", O_RDONLY);
    open(STDOUT_FILENO, command.out, O_WRONLY | O_CREAT | O_TRUNC);
    if (command.err == command.out) {
      posix_spawn_file_actions_adddup2(&files_, STDOUT_FILENO, STDERR_FILENO);
    } else {
      open(STDERR_FILENO, command.err, O_WRONLY | O_CREAT | O_TRUNC);
    }
    if (!command.directory.empty())
      posix_spawn_file_actions_addchdir_np(&files_, command.directory.c_str());
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP);
  }
  ~Actions() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&files_);
  }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  void open(int handle, const std::filesystem::path& path, int flags) {
    posix_spawn_file_actions_addopen(&files_, handle, path.empty() ? "/dev/null" : path.c_str(),
                                     flags, 0666);
  }
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

pid_t start(const Command& command) {
  const Actions actions(command);
  std::vector<std::string> words = command.words, settings = environment_of(command);
  const std::vector<char*> argv = pointers_to(words), env = pointers_to(settings);
  pid_t child = 0;
  const int error =
      posix_spawnp(&child, argv[0], actions.files(), actions.attributes(), argv.data(), env.data());
  if (error != 0) throw system_error(command.words[0], error);
  return child;
}

// Whether the child ends within a step.
bool ends_soon(int handle) {
  pollfd ended{handle, POLLIN, 0};
  return poll(&ended, 1, kStep) > 0;
}

// Returns when the child has ended, by itself or because it was late or `stop` said so.
Ending supervise(const Command& command, pid_t child, int handle,
                 const std::function<bool()>& stop) {
  const auto begin = Clock::now();
  Ending ending;
  Clock::time_point told;
  while (!ends_soon(handle)) {
    if (ending.late || ending.stopped) {
      if (Clock::now() - told > kGrace) kill(-child, SIGKILL);
      continue;
    }
    ending.stopped = stop();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    ending.late = !ending.stopped && command.seconds > 0 && seconds > command.seconds;
    told = Clock::now();
    if (ending.late || ending.stopped) kill(-child, SIGTERM);
  }
  return ending;
}

}  // namespace

std::string Ending::text(const Command& command) const {
  if (late) return fmt::format("was still running after {:g} s", command.seconds);
  if (stopped) return "was stopped";
  if (signal == 0) return fmt::format("exited with {}", status);
  const char* const name = sigabbrev_np(signal);
  return name ? fmt::format("was ended by SIG{}", name)
              : fmt::format("was ended by signal {}", signal);
}

Ending run(const Command& command, const std::function<bool()>& stop) {
  const pid_t child = start(command);
  // Not <sys/pidfd.h>, whose declarations in glibc 2.36 are C++ ones.
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  const int error = errno;
  Ending ending;
  if (handle >= 0) {
    ending = supervise(command, child, handle, stop);
    close(handle);
  }
  // What it has started, and left behind, would run beside what is measured next. It is a zombie
  // until waitpid(), so that its group's number cannot be another's yet.
  kill(-child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  if (handle < 0) throw system_error(command.words[0], error);
  if (WIFSIGNALED(status)) ending.signal = WTERMSIG(status);
  if (WIFEXITED(status)) ending.status = WEXITSTATUS(status);
  return ending;
}

std::string tail_of(const std::filesystem::path& path, std::size_t lines) {
  const std::vector<std::string> all = read_lines(path);
  std::string result;
  for (std::size_t i = all.size() - std::min(lines, all.size()); i < all.size(); ++i)
    result += all[i] + "\n";
  return result;
}

Scratch::Scratch() {
  std::string name = (std::filesystem::temp_directory_path() / "logigrad-gate-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw system_error(name, errno);
  path_ = name;
}

Scratch::~Scratch() {
  std::error_code ignored;  // a destructor must not throw
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace logigrad::gate
