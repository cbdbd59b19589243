// A handler may call next to nothing, and any thread of OpenMP may be the one that runs it: what it
// shares with the rest are lock-free atomics, and it says what it has to say by write().
#include "tools/machine/interruption.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace logigrad {
namespace {

struct Handled {
  int signal;
  const char* name;
  bool installed = false;
  struct sigaction before {};
};

std::array<Handled, 2> handled{{{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}}};
std::atomic<int> caught = 0;
std::atomic<const char*> speaker = nullptr;
static_assert(std::atomic<int>::is_always_lock_free);
static_assert(std::atomic<const char*>::is_always_lock_free);

void say(const char* text) {
  // Nothing can be done about a stderr that takes no text.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, std::strlen(text));
}

void remember(int signal) {
  const int saved = errno;
  for (const Handled& each : handled) {
    if (each.installed) std::signal(each.signal, SIG_DFL);
  }
  caught = signal;
  say("\n");  // behind a live line, or the ^C of the terminal
  say(speaker);
  say(": interrupted: ends as soon as what it is at is whole; once more ends it at once\n");
  errno = saved;
}

}  // namespace

Interruption::Interruption(const char* program) {
  caught = 0;
  speaker = program;
  for (Handled& each : handled) {
    struct sigaction action {};
    sigaction(each.signal, nullptr, &each.before);
    each.installed = each.before.sa_handler != SIG_IGN;
    if (!each.installed) continue;
    action.sa_handler = remember;
    action.sa_flags = SA_RESTART;  // a stream takes EINTR for a failure
    // The other signal waits, so that the second one is never handled as a first one.
    for (const Handled& other : handled) sigaddset(&action.sa_mask, other.signal);
    sigaction(each.signal, &action, nullptr);
  }
}

Interruption::~Interruption() {
  for (Handled& each : handled) {
    if (each.installed) sigaction(each.signal, &each.before, nullptr);
    each.installed = false;
  }
}

int Interruption::signal() const { return caught; }

const char* Interruption::name() const {
  return signal() == handled[0].signal ? handled[0].name : handled[1].name;
}

}  // namespace logigrad
