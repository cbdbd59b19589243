// The program: its command line, and the one place where errors become a message and a status.
//
// A subcommand adds its options to the CLI11 application and leaves behind, if it is the one asked
// for, the function that does its work. So nothing is computed before the whole command line is
// known to be good, and every exception of parsing, input and work ends in run().
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <stdexcept>
#include <string>

namespace logigrad::program {

// What the program says of an answer by its exit status; a shell adds 128 to a signal.
enum ExitStatus {
  kBad = 1,            // not finite, a descent that diverged; of times: slower
  kUsage = 2,          // the command line or the input is wrong, or nothing is there to compare
  kInconclusive = 3,   // nothing could have been seen
  kWrongAnswer = 4,    // a kernel computed something else than the gradient
  kNotComparable = 5,  // results of different machines, build types or types of number
};

// Thrown after the answer has been printed: it is there, but it is not good.
class BadAnswer : public std::runtime_error {
 public:
  explicit BadAnswer(const std::string& message, ExitStatus status = kBad)
      : std::runtime_error(message), exit_status_(status) {}
  ExitStatus exit_status() const { return exit_status_; }

 private:
  ExitStatus exit_status_;
};

// Thrown after what there was by then has been printed: a signal ended the work.
class Interrupted : public std::runtime_error {
 public:
  Interrupted(const std::string& message, int exit_status)
      : std::runtime_error(message), exit_status_(exit_status) {}
  int exit_status() const { return exit_status_; }

 private:
  int exit_status_;
};

// The work of the subcommand that the command line asks for.
using Work = std::function<void()>;

void add_variants(CLI::App& app, Work& work);
void add_eval(CLI::App& app, Work& work);
void add_train(CLI::App& app, Work& work);
void add_demo(CLI::App& app, Work& work);
void add_doctor(CLI::App& app, Work& work);
void add_compare(CLI::App& app, Work& work);
void add_gate(CLI::App& app, Work& work);
void add_history(CLI::App& app, Work& work);

// Runs the program. Returns 0; the status of BadAnswer; 5 for compare::NotComparable; 130 or 143
// for Interrupted; 2 for every other exception; with one line "logigrad: MESSAGE" on stderr.
int run(int argc, char** argv);

}  // namespace logigrad::program
