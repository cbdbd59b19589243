// Programs that stand for logigrad_bench: they take its options and write results that are made up.
#pragma once

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/made_result.hpp"
#include "tests/program_fixture.hpp"

namespace logigrad {

inline const std::string kFirst = "gradient/auto/any/f32/N:4096/D:28";
inline const std::string kSecond = "loss_gradient/auto/any/f32/N:4096/D:28";

// A test of gate. Seeds are fixed, and the times of a fake program are those of its results in
// turn: what a test sees once it sees always.
class GateTest : public ProgramTest {
 protected:
  // An executable that, called for the n-th time, hands out the result n modulo their number and
  // exits with `status`, after the shell command `before`. Each call is a line in the file `calls`:
  // the path that it was called by, then its arguments.
  void fake(const std::string& name, const std::vector<MadeResult>& results, int status = 0,
            const std::string& before = ":") const {
    std::filesystem::remove(path(name + ".calls"));
    for (std::size_t i = 0; i < results.size(); ++i)
      write(name + "." + std::to_string(i), results[i].text());
    const std::string self = path(name), count = std::to_string(results.size());
    script(name,
           "for a; do case $a in --benchmark_out=*) out=${a#*=};; esac; done\n"
           "echo \"$0 $*\" >>'" +
               path("calls").string() +
               "'\n"
               "echo >>'" +
               self + ".calls'\n" + before +
               "\n"
               "n=$(wc -l <'" +
               self +
               ".calls')\n"
               "cp '" +
               self + ".'$((n % " + count +
               ")) \"$out\"\n"
               "exit " +
               std::to_string(status) + "\n");
  }

  void script(const std::string& name, const std::string& text) const {
    write(name, "#!/bin/sh\n" + text);
    std::filesystem::permissions(path(name), std::filesystem::perms::owner_all);
  }

  // Results whose times vary by up to `noise` around those given, as a fraction; `factor` slows the
  // first benchmark alone, `other` the second one.
  static std::vector<MadeResult> times(double factor, double noise = 0.004, unsigned seed = 1,
                                       double other = 1) {
    std::vector<MadeResult> results;
    const auto varied = [&seed, noise](double seconds) {
      seed = seed * 1664525u + 1013904223u;
      return seconds * std::exp(noise * (static_cast<double>(seed >> 8) / 8388608.0 - 1));
    };
    for (int i = 0; i < 31; ++i)
      results.push_back(
          MadeResult().add(kFirst, {varied(7e-6 * factor)}).add(kSecond, {varied(9e-6 * other)}));
    return results;
  }

  // Runs the gate of ./a and ./b.
  Outcome gate(Strings more = {}, const Strings& settings = {}) const {
    Strings arguments = {"gate", "--baseline", "./a", "--candidate", "./b", "--seed", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_gate(arguments, settings);
  }

  // Not in the summary of the job that runs the tests.
  Outcome run_gate(const Strings& arguments, Strings settings = {}) const {
    settings.push_back("GITHUB_STEP_SUMMARY=");
    return run(arguments, settings);
  }

  Json json_of(Strings more, int status) const {
    more.insert(more.end(), {"--json", "out.json"});
    const Outcome outcome = gate(more);
    EXPECT_EQ(outcome.status, status) << outcome.err << outcome.out;
    return Json::parse(content_of(path("out.json")));
  }

  Strings calls() const { return lines_of(content_of(path("calls"))); }
};

}  // namespace logigrad
