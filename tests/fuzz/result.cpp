// Results of logigrad_bench, and pages of logigrad report that hold some.
#include "tools/results/result.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/expect.hpp"
#include "tools/dataset/input_error.hpp"
#include "tools/results/document.hpp"

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
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    for (const logigrad::Document& document : logigrad::split_documents("FILE", text))
      expect_valid(logigrad::parse_result(document.path, document.text));
  } catch (const logigrad::InputError& error) {
    const std::string message = error.what();
    const std::string path = message.substr(0, message.find(':'));
    logigrad::fuzz::expect(path == "FILE" || path.starts_with("FILE#"), "an error of no file");
    logigrad::fuzz::expect_message(error, path);
  }
  return 0;
}
