// How much slower is too slow, for each benchmark: one threshold for all, and a file of exceptions.
//
//   # threshold  benchmarks whose name has a match of the regular expression (ECMAScript)
//   10%  /N:64/D:4096/.*threads:2$
//   2%   ^gradient/auto/
//
// The first line that matches a name decides; '#' begins a line that is none.
#pragma once

#include <regex>
#include <string>
#include <vector>

namespace logigrad::gate {

class Thresholds {
 public:
  // One for all, as a ratio - 1: 0.03 is 3 %.
  explicit Thresholds(double otherwise) : otherwise_(otherwise) {}

  // The exceptions in the file at `path`. Throws InputError "FILE:LINE:COLUMN: found X, expected
  // Y".
  void load(const std::string& path);

  double of(const std::string& name) const;

  // Lines, as "FILE:LINE: REGEX", that match none of `names`: most likely typing errors.
  std::vector<std::string> unused(const std::vector<std::string>& names) const;

 private:
  struct Exception {
    std::string place, pattern;
    std::regex regex;
    double threshold;
  };
  double otherwise_;
  std::vector<Exception> exceptions_;
};

}  // namespace logigrad::gate
