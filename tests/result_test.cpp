// The reader of results: what it takes from one, and that it refuses what no benchmark writes.
#include "tools/results/result.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tools/dataset/input_error.hpp"

namespace logigrad {
namespace {

std::string error_of(const std::string& text) {
  try {
    parse_result("FILE", text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string document(const std::string& entries) {
  return R"({"context": {"num_cpus": 2, "logigrad_schema": "1"}, "benchmarks": [)" + entries + "]}";
}

const std::string kName = "gradient/auto/any/f32/N:4096/D:28/threads:1";

// An entry with `fields` besides its name.
std::string entry(const std::string& fields, const std::string& name = kName) {
  return R"({"name": ")" + name + R"(", "run_type": "iteration", )" + fields + "}";
}

TEST(CaseName, IsReadInItsComponents) {
  const auto name =
      parse_case_name("loss_gradient/panel/avx2_fma/f64/N:65536/D:256/stride:257/threads:2");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->quantity, "loss_gradient");
  EXPECT_EQ(name->body, "panel");
  EXPECT_EQ(name->isa, "avx2_fma");
  EXPECT_EQ(name->dtype, Dtype::kF64);
  EXPECT_EQ(name->rows, 65536u);
  EXPECT_EQ(name->cols, 256u);
  EXPECT_EQ(name->stride, 257u);
  EXPECT_EQ(name->threads, 2);
}

TEST(CaseName, GooglesSuffixesArePassedOver) {
  const std::string name = "peer/eigen/any/f32/N:1/D:2/threads:default";
  const auto read = parse_case_name(name + "/iterations:1/repeats:3/manual_time");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->threads, 0);
  EXPECT_EQ(read->stride, 2u);
  EXPECT_EQ(name_of(*read), name);
}

TEST(CaseName, WhatIsNoneIsRefused) {
  for (const char* const text :
       {"", "gradient", "median/auto/any/f32/N:1/D:1/threads:1",
        "gradient//any/f32/N:1/D:1/threads:1", "gradient/au to/any/f32/N:1/D:1/threads:1",
        "gradient/auto/any/f16/N:1/D:1/threads:1", "gradient/auto/any/f32/N:/D:1/threads:1",
        "gradient/auto/any/f32/N:-1/D:1/threads:1", "gradient/auto/any/f32/N:01/D:1/threads:1",
        "gradient/auto/any/f32/D:1/N:1/threads:1", "gradient/auto/any/f32/N:1/D:1/threads:0",
        "gradient/auto/any/f32/N:1/D:2/stride:1/threads:1", "gradient/auto/any/f32/N:1/D:1",
        "gradient/auto/any/f32/N:1/D:99999999999999999999/threads:1",
        "gradient/auto/any/f32/N:1/D:1/threads:1/other"}) {
    EXPECT_FALSE(parse_case_name(text)) << text;
  }
}

TEST(Result, HoldsTimesRoundsCountersAndContext) {
  const Result result = parse_result(
      "FILE",
      document(entry(R"("real_time": 7.5, "time_unit": "us", "cpu_time": 7, "label": "higgs",
                        "threads": 1, "limit_fraction": 0.5, "round_10": 1e-6, "round_1": 1e-5,
                        "round_2": 2e-6, "round_3": 3e-6, "round_4": 4e-6, "round_5": 5e-6,
                        "round_6": 6e-6, "round_7": 7e-6, "round_8": 8e-6, "round_9": 9e-6)")));
  ASSERT_EQ(result.measurements.size(), 1u);
  const Measurement& m = result.measurements[0];
  EXPECT_EQ(name_of(m.name), kName);
  EXPECT_EQ(m.label, "higgs");
  EXPECT_EQ(m.failure, "");
  EXPECT_DOUBLE_EQ(m.seconds, 7.5e-6);
  EXPECT_EQ(m.rounds,
            (std::vector<double>{1e-5, 2e-6, 3e-6, 4e-6, 5e-6, 6e-6, 7e-6, 8e-6, 9e-6, 1e-6}));
  EXPECT_EQ(m.counters, (std::map<std::string, double>{{"limit_fraction", 0.5}}));
  EXPECT_EQ(result.context, (std::map<std::string, std::string>{{"logigrad_schema", "1"}}));
}

TEST(Result, AFailureHasNoTimeAndAnAggregateIsNotRead) {
  const Result result = parse_result(
      "FILE", document(entry(R"("error_occurred": true, "error_message": "dw[3] is wrong")") +
                       R"(, {"name": "whatever", "run_type": "aggregate"})"));
  ASSERT_EQ(result.measurements.size(), 1u);
  EXPECT_EQ(result.measurements[0].failure, "dw[3] is wrong");
  EXPECT_EQ(result.measurements[0].seconds, 0);
}

TEST(Result, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of(""),
            "FILE:1:1: found the end of the file, expected the JSON of logigrad_bench");
  EXPECT_EQ(error_of("{\n \"context\": x}"),
            "FILE:2:13: found what is no JSON, expected the JSON of logigrad_bench");
  EXPECT_EQ(error_of("[]"), "FILE: found array, expected an object: a result of logigrad_bench");
  EXPECT_EQ(error_of("{}"), "FILE: found no context, expected one");
  EXPECT_EQ(error_of(R"({"context": {}})"),
            "FILE: context: found no logigrad_schema, expected one");
  EXPECT_EQ(error_of(R"({"context": {"logigrad_schema": "2"}})"),
            "FILE: context: found logigrad_schema '2', expected 1, of which this program knows");
  EXPECT_EQ(error_of(R"({"context": {"logigrad_schema": "1"}, "benchmarks": {}})"),
            "FILE: found benchmarks: object, expected an array");
  EXPECT_EQ(error_of(document("3")), "FILE: benchmark 1: found number, expected an object");
  EXPECT_EQ(error_of(document(R"({"name": "BM_x"})")),
            "FILE: benchmark 1: found name 'BM_x', expected "
            "quantity/body/isa/type/N:rows/D:cols[/stride:S]/threads:T");
  const std::string good = entry(R"("real_time": 1, "time_unit": "ns")");
  EXPECT_EQ(error_of(document(good)), "no error");
  EXPECT_EQ(error_of(document(good + "," + good)),
            "FILE: found " + kName + " a second time, expected it once");
  EXPECT_EQ(error_of(document(good).substr(0, 40)).substr(0, 9), "FILE:1:41");
}

TEST(Result, ATimeIsAboveZero) {
  const auto error = [](const std::string& fields) {
    const std::string message = error_of(document(entry(fields)));
    const std::string place = "FILE: " + kName + ": ";
    return message.starts_with(place) ? message.substr(place.size()) : message;
  };
  EXPECT_EQ(error(R"("real_time": 0, "time_unit": "us")"),
            "found real_time '0', expected a time above 0");
  EXPECT_EQ(error(R"("real_time": "7", "time_unit": "us")"),
            "found real_time '\"7\"', expected a time above 0");
  EXPECT_EQ(error(R"("time_unit": "us")"), "found no real_time, expected one");
  EXPECT_EQ(error(R"("real_time": 5e-324, "time_unit": "ns")"),
            "found a real_time of less than 1e-300 s, expected a time above 0");
  EXPECT_EQ(error(R"("real_time": 7, "time_unit": "h")"),
            "found time_unit 'h', expected ns, us, ms or s");
  EXPECT_EQ(error(R"("real_time": 7, "time_unit": "us", "round_1": -1)"),
            "found round_1 '-1', expected a time above 0");
  EXPECT_EQ(error(R"("real_time": 7, "time_unit": "us", "round_2": 1)"),
            "found no round_1, expected one");
  EXPECT_EQ(error(R"("error_occurred": true, "error_message": "")"),
            "found an empty error_message, expected the reason");
  EXPECT_EQ(error_of(document(entry(R"("real_time": 1e999, "time_unit": "us")"))),
            "FILE: found a number beyond double, expected none");
}

TEST(Result, EveryKeptResultIsOne) {
  std::size_t benchmarks = 0;
  for (const auto& found :
       std::filesystem::recursive_directory_iterator(LOGIGRAD_SOURCE_DIR "/results")) {
    if (found.path().extension() != ".json") continue;
    const std::size_t count = load_results(found.path()).at(0).result.measurements.size();
    EXPECT_GT(count, 0u) << found.path();  // whoever works here may have measured little
    benchmarks += count;
  }
  EXPECT_GT(benchmarks, 100u);
}

TEST(Result, OriginIsOfTheContext) {
  Result result;
  result.context = {{"logigrad_machine_key", "made-2-00000000"}, {"logigrad_build_type", "Debug"}};
  EXPECT_EQ(origin_of("FILE", result).machine_key, "made-2-00000000");
  EXPECT_EQ(origin_of("FILE", result).build_type, "Debug");
  EXPECT_EQ(origin_of("FILE", result).revision, "");
  result.context["logigrad_revision"] = "0123abcd";
  EXPECT_EQ(origin_of("FILE", result).revision, "0123abcd");
  result.context.erase("logigrad_build_type");
  try {
    origin_of("FILE", result);
    ADD_FAILURE() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "FILE: context: found no logigrad_build_type, expected one");
  }
}

TEST(Result, ACutFileIsRefused) {
  const std::string whole = document(entry(R"("real_time": 1, "time_unit": "ns")"));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(error_of(whole.substr(0, size)), "no error") << "the first " << size << " bytes";
}

}  // namespace
}  // namespace logigrad
