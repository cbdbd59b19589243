// Results of logigrad_bench.
#include "tools/results/result.hpp"

#include <cmath>
#include <cstdint>

#include "tests/fuzz/expect.hpp"
#include "tools/dataset/input_error.hpp"

namespace {

bool is_time(double seconds) { return seconds > 0 && std::isfinite(seconds); }

void expect_valid(const logigrad::Result& result) {
  using logigrad::fuzz::expect;
  expect(result.context.at("logigrad_schema") == "1", "the schema");
  for (const logigrad::Measurement& m : result.measurements) {
    const std::string name = name_of(m.name);
    const auto again = logigrad::parse_case_name(name);
    expect(again && name_of(*again) == name, "a name that is read as another");
    expect(m.failure.empty() ? is_time(m.seconds) : m.rounds.empty(), "a time, or a failure");
    for (const double seconds : m.rounds) expect(is_time(seconds), "a round without a time");
    for (const auto& [key, value] : m.counters) expect(std::isfinite(value), "a counter");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    expect_valid(logigrad::parse_result("FILE", {reinterpret_cast<const char*>(bytes), size}));
  } catch (const logigrad::InputError& error) {
    logigrad::fuzz::expect_message(error, "FILE");
  }
  return 0;
}
