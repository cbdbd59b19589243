// One process of logigrad_bench, from its command line to what it measured.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tools/gate/repository.hpp"
#include "tools/results/result.hpp"

namespace logigrad::gate {

// Which benchmarks, and how long each is timed: in logigrad_bench's own options. Limits and peers
// are left out: no change of the kernels touches them.
struct Choice {
  std::vector<std::string> shapes, dtypes;
  std::string threads;         // "1,2"
  std::string filter;          // POSIX extended regular expression; empty: all
  int rounds = 25;             // of each case: many, so that each is short beside a time slice
  double case_seconds = 0.05;  // of a case, over all rounds

  std::vector<std::string> arguments() const;
};

// Who is run, "the candidate", and how.
struct Runner {
  std::string title;
  std::filesystem::path executable;
  std::vector<std::string> before;     // what runs it: valgrind, or nothing
  std::vector<std::string> arguments;  // that only this one gets
  std::vector<std::pair<std::string, std::string>> environment;  // besides what is inherited
};

// What its process measured; failures are wrong answers. Its files are in `scratch` while it runs.
// Throws Stopped; and InputError, after showing the end of what it said on standard error, if it
// ends otherwise than logigrad_bench does with a result: a crash, a timeout, a usage error.
Result run_bench(const Runner& runner, const std::vector<std::string>& arguments, double timeout,
                 const std::filesystem::path& scratch, const Stop& stop);

// Shows the end of the file `err`, and throws InputError "TITLE WHAT; what it said is above".
[[noreturn]] void fail_with_tail(const Runner& runner, const std::string& what,
                                 const std::filesystem::path& err);

}  // namespace logigrad::gate
