// The reader of data sets: what it refuses, each error with its whole message.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cfloat>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/dataset_fixture.hpp"
#include "tools/dataset/dataset.hpp"
#include "tools/dataset/memory.hpp"
#include "tools/dataset/text_file.hpp"
#include "tools/machine/memory.hpp"

namespace logigrad {
namespace {
struct BadText {
  std::string text;
  std::string message;
};

TEST_F(DatasetTest, FilesThatCannotBeRead) {
  const auto load_path = [](const std::string& p) { return error(p, [&] { load_dataset(p); }); };
  EXPECT_EQ(load_path(path("none")), "FILE: cannot be opened: No such file or directory");
  EXPECT_EQ(load_path(directory_.path()), "FILE: found a directory, expected a file");
  EXPECT_EQ(load_error(""), "FILE: found an empty file, expected data lines");
  EXPECT_EQ(load_error("\xEF\xBB\xBF"), "FILE: found an empty file, expected data lines");
  EXPECT_EQ(load_error("# a\n \n\r\n#b"),
            "FILE: found only blank lines and comments, expected data lines");
  EXPECT_EQ(load_error("#\na,b\n# 1,2\n", {.header = true}),
            "FILE: found a header line only, expected data lines after it");
  EXPECT_EQ(load_error(std::string("1,2\n0,") + '\0' + "3\n"),
            "FILE:2:3: found a NUL byte, expected plain text");
  EXPECT_EQ(error(path(), [&] { dataset::TextFile(written("12345678901"), 10); }),
            "FILE: found 11 bytes, expected at most 10, half of the memory that is available");
}

TEST_F(DatasetTest, FilesThatMayNotBeRead) {
  constexpr uid_t kNobody = 65534;  // root may read every file
  const std::string secret = written("1,2\n");
  std::filesystem::permissions(secret, std::filesystem::perms::none);
  const bool root = geteuid() == 0;
  ASSERT_TRUE(!root || seteuid(kNobody) == 0);
  const std::string message = error(secret, [&] { load_dataset(secret); });
  ASSERT_TRUE(!root || seteuid(0) == 0);
  EXPECT_EQ(message, "FILE: cannot be opened: Permission denied");
}

TEST_F(DatasetTest, FilesThatFailWhileReading) {
  const std::string memory = "/proc/self/mem";  // opens, but nothing is mapped at address 0
  if (!std::filesystem::exists(memory)) GTEST_SKIP() << "no " << memory;
  EXPECT_EQ(error(memory, [&] { load_dataset(memory); }),
            "FILE: cannot be read: Input/output error");
}

TEST_F(DatasetTest, EndlessDeviceEndsAtItsFirstNul) {
  EXPECT_EQ(error("/dev/zero", [] { load_dataset("/dev/zero"); }),
            "FILE:1:1: found a NUL byte, expected plain text");
}

TEST_F(DatasetTest, BadDelimitedData) {
  const std::string number = "expected a number";
  for (const BadText& bad : std::vector<BadText>{
           {"1,2,3,4,5,6\n0,2,3,4,5\n", "FILE:2:10: found 5 fields, expected 6 as in line 1"},
           {"#\n1 2\n\n0 2   30 4\n", "FILE:4:7: found 4 fields, expected 2 as in line 2"},
           {"1,2\n0,5,\n", "FILE:2:5: found 3 fields, expected 2 as in line 1"},
           {"1,2,3\n0, 5 , 1.5x\n", "FILE:2:8: found '1.5x', " + number},
           {"1,2,3\n0,,3\n", "FILE:2:3: found an empty cell, " + number},
           {"1,2,3\r\n0,2,\r\n", "FILE:2:5: found an empty cell, " + number},
           {"1,2\r0,x\r", "FILE:2:3: found 'x', " + number},
           {"\xEF\xBB\xBF"
            "1,x\n",
            "FILE:1:3: found 'x', " + number + " (or, if this line holds names, --header)"},
           {"\xC3\xA9\xE2\x82\xAC,2\n1,\"\"\n", "FILE:2:3: found '\"\"', " + number},
           {"\xC3\xA9\xE2\x82\xAC,2\n\xC3\xA9\xE2\x82\xAC,x\n", "FILE:2:4: found 'x', " + number},
           {"1,2\n0,0x10\n", "FILE:2:3: found '0x10', " + number},
           {"1,2\n0,1_0\n", "FILE:2:3: found '1_0', " + number},
           {"1,2\n0,1e\n", "FILE:2:3: found '1e', " + number},
           {"1,2\n0,+-1\n", "FILE:2:3: found '+-1', " + number},
           {"1,2\n0,++1\n", "FILE:2:3: found '++1', " + number},
           {"1,2\n0,1 2\n", "FILE:2:3: found '1 2', " + number},
           {"1,2\n0,\"1\n", "FILE:2:3: found '\"1', " + number},
           {"1,2\n0,a\x1B[31m\n", "FILE:2:3: found 'a\\x1b[31m', " + number},
           {"1,2\n0," + std::string(99, 'a') + "\n",
            "FILE:2:3: found '" + std::string(40, 'a') + "...', " + number},
           {"1,2\n0,a" + std::string(38, 'b') + "\xC3\xA9zz\n",
            "FILE:2:3: found 'a" + std::string(38, 'b') + "...', " + number},
           {"1,2\n0,nan\n", "FILE:2:3: found 'nan', expected a finite number"},
           {"1,2\n0,-Inf\n", "FILE:2:3: found '-Inf', expected a finite number"},
           {"1,2\n0,+infinity\n", "FILE:2:3: found '+infinity', expected a finite number"},
           {"1,2\n0,1e999\n",
            "FILE:2:3: found '1e999', which overflows, expected a magnitude of at "
            "most 1.7976931348623157e+308"},
       }) {
    EXPECT_EQ(load_error(bad.text), bad.message);
  }
  EXPECT_EQ(load_error("1,2\n0,-3.5e38\n", {.largest = FLT_MAX}),
            "FILE:2:3: found '-3.5e38', which overflows, expected a magnitude of at most "
            "3.4028234663852886e+38");
}

TEST_F(DatasetTest, BadLibsvmData) {
  const std::string index = ", expected an index from 1 to 2147483648 before the ':'";
  for (const BadText& bad : std::vector<BadText>{
           {"1 1:2\n0 0:3\n", "FILE:2:3: found '0:3'" + index},
           {"1 1:2\n0 -1:3\n", "FILE:2:3: found '-1:3'" + index},
           {"1 1:2\n0 a:3\n", "FILE:2:3: found 'a:3'" + index},
           {"1 1:2\n0 :3\n", "FILE:2:3: found ':3'" + index},
           {"1 1:2\n0 2147483649:3\n", "FILE:2:3: found '2147483649:3'" + index},
           {"1 1:2\n0 99999999999999999999:3\n",
            "FILE:2:3: found '99999999999999999999:3'" + index},
           {"1 1:2\n0 3:3  2:5\n",
            "FILE:2:8: found index 2 after index 3, expected ascending ones"},
           {"1 1:2\n0 3:3 3:3\n", "FILE:2:7: found index 3 after index 3, expected ascending ones"},
           {"1 1:2\n0 3\n", "FILE:2:3: found '3', expected index:value"},
           {"1 1:2\n0 3:\n", "FILE:2:5: found an empty cell, expected a number"},
           {"1 1:2\n0 3: 4\n", "FILE:2:5: found an empty cell, expected a number"},
           {"1 1:2\n0 3:4:5\n", "FILE:2:5: found '4:5', expected a number"},
           {"1 1:2\n0 13:x\n", "FILE:2:6: found 'x', expected a number"},
           {"1 1:2\n0 1:nan\n", "FILE:2:5: found 'nan', expected a finite number"},
           {"1 1:2\n0 1:-1e999\n",
            "FILE:2:5: found '-1e999', which overflows, expected a magnitude "
            "of at most 1.7976931348623157e+308"},
           {"1 1:2\n1:3 2:4\n", "FILE:2:1: found '1:3', expected a label first"},
           {"1 1:2\n # 2\n", "FILE:2:2: found '# 2', expected a label first"},
       }) {
    EXPECT_EQ(load_error(bad.text), bad.message);
  }
  EXPECT_EQ(load_error("1 1:2\n0 1:3\n", {.header = true}),
            "FILE:1:1: found LIBSVM's label index:value, expected a header line");
  EXPECT_EQ(load_error("1 1:2\n0 1:3\n", {.label_column = "last"}),
            "FILE: found LIBSVM's label index:value, expected the label column first, not 'last'");
}

TEST_F(DatasetTest, BadLabels) {
  for (const BadText& bad : std::vector<BadText>{
           {"1,2\n1.0,3\n",
            "FILE: found only the label '1' in all data lines (2), expected two labels"},
           {"#\n2,0\n2,0\n1,0\n3,0\n",
            "FILE:5:1: found a third label '3', expected '2' (line 2) or '1' (line 4)"},
           {"-1 1:2\n+1 1:2\n0 1:2\n",
            "FILE:3:1: found a third label '0', expected '-1' (line 1) or '+1' (line 2)"},
           {"1,2\n,3\n", "FILE:2:1: found an empty cell, expected a label"},
           {"1,2\n\"\",3\n", "FILE:2:1: found an empty cell, expected a label"},
           {"1,2\n'1,3\n", "FILE:2:1: found ''1', expected a label with its quotes in a pair"},
           {"2,1\n3, 1\"\n", "FILE:2:4: found '1\"', expected a number"},
           {"1,2\na\",3\n", "FILE:2:1: found 'a\"', expected a label with its quotes in a pair"},
           {"1,2\nnan,3\n", "FILE:2:1: found 'nan', expected a finite number"},
           {"1,2\n1e999,3\n",
            "FILE:2:1: found '1e999', which overflows, expected a magnitude of at "
            "most 1.7976931348623157e+308"},
       }) {
    EXPECT_EQ(load_error(bad.text), bad.message);
  }
}

TEST_F(DatasetTest, BadLabelColumnsAndHeaders) {
  const std::string text = "a,b,c,a\n1,2,3,4\n";
  const auto with_header = [&](const std::string& column) {
    return load_error(text, {.label_column = column, .header = true});
  };
  EXPECT_EQ(with_header("d"), "FILE:1:1: found no column 'd' for the label, have: a, b, c, a");
  EXPECT_EQ(with_header("-1"), "FILE:1:1: found no column '-1' for the label, have: a, b, c, a");
  EXPECT_EQ(with_header(""), "FILE:1:1: found no column '' for the label, have: a, b, c, a");
  EXPECT_EQ(with_header("a"),
            "FILE:1:7: found the name 'a' a second time, expected the label column to be the only "
            "one of that name");
  for (const std::string column : {"4", "99999999999999999999"}) {
    const std::string message =
        "FILE:1:1: found 4 columns, expected the label column " + column + " to be at most 3";
    EXPECT_EQ(with_header(column), message);
    EXPECT_EQ(load_error(text, {.label_column = column}), message);
  }
  EXPECT_EQ(
      load_error(text, {.label_column = "b"}),
      "FILE:1:1: found no header line (--header), expected one because the label column 'b' is "
      "a name and not first, last or 0 ... 3");
  EXPECT_EQ(load_error("a,b,c\n1,2\n", {.header = true}),
            "FILE:2:4: found 2 fields, expected 3 as in the header, line 1");
  EXPECT_EQ(load_error("y,a\n1,2\n0,x\n", {.header = true}),
            "FILE:3:3: found 'x', expected a number");

  std::string many = "y";
  for (int i = 0; i < 99; ++i) many += ",x";
  const std::string message = load_error(many, {.label_column = "z", .header = true});
  EXPECT_TRUE(message.ends_with(", x, x, ... (100 in all)")) << message;
  EXPECT_LT(message.size(), 250u);
}

// ---- What does not fit --------------------------------------------------------------------------

TEST_F(DatasetTest, DenseMatrixLargerThanAnyMemory) {
  std::string text = "0 1:1\n";
  for (int i = 1; i < 20'000; ++i) text += i == 7 ? "1 2:3 2147483648:1\n" : "1 1:1\n";
  const std::string message = load_error(text);
  EXPECT_TRUE(
      message.starts_with("FILE:8:7: found index 2147483648, which needs 20000 x 2147483648 "
                          "doubles = 320000.0 GiB, expected at most the "))
      << message;
  EXPECT_TRUE(message.ends_with(" GiB that are available")) << message;
}

TEST(Memory, Shortage) {
  EXPECT_GT(available_memory(), 1u << 20);
  EXPECT_EQ(dataset::memory_shortage(1000, 10), "");
  EXPECT_EQ(dataset::memory_shortage(SIZE_MAX, 0), "");
  // The product of the sizes is 0 modulo 2^64.
  EXPECT_TRUE(
      dataset::memory_shortage(std::size_t{1} << 33, std::size_t{1} << 31)
          .starts_with("needs 8589934592 x 2147483648 doubles = 137438953472.0 GiB, expected"));
}

}  // namespace
}  // namespace logigrad
