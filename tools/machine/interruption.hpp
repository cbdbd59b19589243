// SIGINT and SIGTERM as a question that long work asks between its steps.
//
// By default either ends the process where it stands: minutes of measuring are lost, and an
// AtomicFile leaves its temporary file. While an object of this class lives, the first signal only
// says so on stderr and is remembered; the work sees it, keeps what is whole and ends by itself.
// The second one acts as if nobody had asked, so that a step that takes too long can still be
// ended.
#pragma once

namespace logigrad {

class Interruption {
 public:
  // `program` begins the message on stderr, and must outlive the object. A signal that is ignored,
  // as nohup and a shell's background jobs have it, stays ignored. One object at a time.
  explicit Interruption(const char* program);
  ~Interruption();  // the signals act as they did before
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  // Whether there was a signal.
  explicit operator bool() const { return signal() != 0; }
  int signal() const;
  const char* name() const;  // "SIGINT" or "SIGTERM". Precondition: there was one

  // What a shell calls the end by that signal: 130 or 143. Precondition: there was one.
  int exit_status() const { return 128 + signal(); }
};

}  // namespace logigrad
