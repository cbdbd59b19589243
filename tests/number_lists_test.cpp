// The readers of plain lists of numbers: parameters, and sample weights one a line.
#include <gtest/gtest.h>

#include <cfloat>
#include <string>

#include "tests/dataset_fixture.hpp"
#include "tools/dataset/dataset.hpp"
#include "tools/dataset/input_error.hpp"

namespace logigrad {
namespace {

TEST_F(DatasetTest, Numbers) {
  EXPECT_EQ(load_numbers(written("\xEF\xBB\xBF-.5 +2\r\n\n# c\n\t1e3 4")),
            (Values{-0.5, 2, 1000, 4}));
  EXPECT_EQ(load_numbers(written("")), Values{});
  const auto bad = [&](const std::string& text) {
    return error(path(), [&] { load_numbers(written(text), FLT_MAX); });
  };
  EXPECT_EQ(bad("1 2\n 3 1,5\n"), "FILE:2:4: found '1,5', expected a number");
  EXPECT_EQ(bad("inf"), "FILE:1:1: found 'inf', expected a finite number");
  EXPECT_EQ(bad("1\n1e39"),
            "FILE:2:1: found '1e39', which overflows, expected a magnitude of at most "
            "3.4028234663852886e+38");
}

TEST_F(DatasetTest, SampleWeights) {
  EXPECT_EQ(load_sample_weights(written("1\n0\n 2.5 \r\n-0\n")), (Values{1, 0, 2.5, 0}));
  const auto bad = [&](const std::string& text) {
    return error(path(), [&] { load_sample_weights(written(text), FLT_MAX); });
  };
  EXPECT_EQ(bad("1\n-0.5\n"), "FILE:2:1: found '-0.5', expected a sample weight >= 0");
  EXPECT_EQ(bad("1\n1 2\n"), "FILE:2:3: found '2', expected one sample weight a line");
  EXPECT_EQ(bad("1\nx\n"), "FILE:2:1: found 'x', expected a number");
  EXPECT_EQ(bad("nan\n"), "FILE:1:1: found 'nan', expected a finite number");
  EXPECT_EQ(bad("1e39\n").substr(0, 38), "FILE:1:1: found '1e39', which overflow");
  EXPECT_EQ(error("/none", [] { load_sample_weights("/none"); }),
            "FILE: cannot be opened: No such file or directory");
}

TEST(CheckCount, SaysWhatIsMissing) {
  EXPECT_NO_THROW(check_count("p", 29, 29, "any"));
  try {
    check_count("p", 28, 29, parameter_order(28, true));
    FAIL() << "28 is not 29";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "p: found 28 numbers, expected 29 (w_1 ... w_28 b)");
  }
  EXPECT_EQ(parameter_order(28, false), "w_1 ... w_28");
  EXPECT_EQ(parameter_order(2, true), "w_1 w_2 b");
  EXPECT_EQ(parameter_order(1, true), "w_1 b");
  EXPECT_EQ(parameter_order(0, true), "b");
  EXPECT_EQ(parameter_order(0, false), "none");
}

}  // namespace
}  // namespace logigrad
