// logigrad compare as a process, on results that are made up.
#pragma once

#include <string>

#include "tests/made_result.hpp"
#include "tests/program_fixture.hpp"

namespace logigrad {

inline const std::string kAuto = "gradient/auto/any/f32/N:4096/D:28";
inline const std::string kWide = "loss_gradient/panel/avx2_fma/f32/N:64/D:4096/stride:4097";
inline const std::string kRead = "limit/read_1/sse2/f32/N:4096/D:28";

inline MadeResult made(double auto_seconds, unsigned seed = 0) {
  return MadeResult()
      .add(kRead, rounds_around(1e-6, 9, seed))
      .add(kAuto, rounds_around(auto_seconds, 9, seed))
      .add(kWide, rounds_around(3e-5, 9, seed));
}

class CompareTest : public ProgramTest {
 protected:
  CompareTest() {
    write("a.json", made(7e-6).text());
    write("same.json", made(7e-6, 1).text());
    write("slow.json", made(8e-6, 1).text());
    write("fast.json", made(6e-6, 1).text());
  }

  Outcome compare(Strings arguments) const {
    arguments.insert(arguments.begin(), "compare");
    return run(arguments);
  }

  // Expects the status, and one line on stderr if it is not 0.
  Json json_of(Strings arguments, int status) const {
    arguments.push_back("--json");
    const Outcome outcome = compare(arguments);
    EXPECT_EQ(outcome.status, status) << outcome.err;
    EXPECT_EQ(count_of(outcome.err, "\n"), status == 0 ? 0u : 1u) << outcome.err;
    const Json json = outcome.json();
    EXPECT_EQ(json.at("exit_status"), status);
    return json;
  }
};

}  // namespace logigrad
