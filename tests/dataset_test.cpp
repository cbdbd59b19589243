// The reader of data sets: each format, each error with its whole message.
//
// An error is the interface to a person with a broken file, so the text is compared, not only the
// type; FILE stands for the path, which differs from run to run.
#include "tools/dataset/dataset.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cfloat>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tools/dataset/input_error.hpp"
#include "tools/dataset/memory.hpp"
#include "tools/dataset/text_file.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LOGIGRAD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LOGIGRAD_SANITIZED 1
#endif
#endif

namespace logigrad {
namespace {

using Values = std::vector<double>;
using Names = std::vector<std::string>;

class DatasetTest : public testing::Test {
 protected:
  DatasetTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "logigrad_XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    directory_ = pattern;
  }
  ~DatasetTest() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name = "data") const { return directory_ + "/" + name; }

  std::string written(const std::string& text) const {
    std::ofstream(path(), std::ios::binary) << text;
    return path();
  }

  Dataset load(const std::string& text, const LoadOptions& options = {}) const {
    return load_dataset(written(text), options);
  }

  // The message that `read` throws for `path`, which becomes FILE.
  static std::string error(const std::string& path, const std::function<void()>& read) {
    try {
      read();
    } catch (const InputError& error) {
      std::string message = error.what();
      if (message.starts_with(path)) message.replace(0, path.size(), "FILE");
      return message;
    }
    return "no error";
  }

  std::string load_error(const std::string& text, const LoadOptions& options = {}) const {
    return error(path(), [&] { load(text, options); });
  }

  std::string directory_;
};

struct BadText {
  std::string text;
  std::string message;
};

// ---- What is read -------------------------------------------------------------------------------

TEST_F(DatasetTest, CsvWithoutHeader) {
  const Dataset data = load("1,0.5,-2\n0,1e3,.25\n1,+3,4.\n");
  EXPECT_EQ(data.rows, 3u);
  EXPECT_EQ(data.cols, 2u);
  EXPECT_EQ(data.x, (Values{0.5, -2, 1000, 0.25, 3, 4}));
  EXPECT_EQ(data.y, (Values{1, -1, 1}));
  EXPECT_EQ(data.feature_names, Names{});
  EXPECT_EQ(data.negative_label, "0");
  EXPECT_EQ(data.positive_label, "1");
}

TEST_F(DatasetTest, EveryLayoutOfTheSameDataGivesTheSame) {
  const std::string bom = "\xEF\xBB\xBF";
  for (const std::string& text : std::vector<std::string>{
           "1,2,3\n0,4,5\n",
           "1,2,3\r\n0,4,5\r\n",
           "1,2,3\r0,4,5\r",
           "1,2,3\n0,4,5",
           bom + "1,2,3\n0,4,5\n",
           bom + "# c\n1,2,3\n0,4,5\n",
           "# a comment, with commas: 1\n\n \t\n1,2,3\n#\n\n0,4,5\n\n",
           " 1 ,\t2, 3 \n0 ,4,5\t\n",
           "\"1\",\"2\",'3'\n'0',\" 4\",\"5\" \n",
           "1\t2\t3\n0\t4\t5\n",
           "1 2 3\n0 4 5\n",
           "  1   2 \t 3\n0\v4\f5\n",
           "\"1\" 2 '3'\n0 4 5\n",
           "1 1:2 2:3\n0 1:4 2:5\n",
           "1 1:2 2:3 # a, b: c\r\n# c\r\n0 1:4 2:5 #\r\n",
           bom + "1\t1:2  2:+3 \n\n0 1:4 2:5",
       }) {
    SCOPED_TRACE(text);
    const Dataset data = load(text);
    EXPECT_EQ(data.cols, 2u);
    EXPECT_EQ(data.x, (Values{2, 3, 4, 5}));
    EXPECT_EQ(data.y, (Values{1, -1}));
    EXPECT_EQ(data.positive_label, "1");
  }
}

TEST_F(DatasetTest, LabelColumn) {
  const std::string text = "a,y,3\n5,0,7\n5,1,8\n";
  for (const char* column : {"y", "1"}) {
    const Dataset data = load(text, {.label_column = column, .header = true});
    EXPECT_EQ(data.feature_names, (Names{"a", "3"}));
    EXPECT_EQ(data.x, (Values{5, 7, 5, 8}));
    EXPECT_EQ(data.y, (Values{-1, 1}));
  }
  EXPECT_EQ(load(text, {.label_column = "last", .header = true}).x, (Values{5, 0, 5, 1}));
  // A name comes before a number: this is column 2, not a column 3 that does not exist.
  EXPECT_EQ(load(text, {.label_column = "3", .header = true}).x, (Values{5, 0, 5, 1}));
  EXPECT_EQ(load("0 7\n1 8\n", {.label_column = "0"}).x, (Values{7, 8}));
}

TEST_F(DatasetTest, QuotedCellsMayHoldSeparators) {
  const Dataset data =
      load("\"age, years\",\"y\"\n5,\"no, never\"\n6,yes\n", {.label_column = "y", .header = true});
  EXPECT_EQ(data.feature_names, Names{"age, years"});
  EXPECT_EQ(data.negative_label, "no, never");
  EXPECT_EQ(
      load("\"mean radius\" y\n5 0\n6 1\n", {.label_column = "last", .header = true}).feature_names,
      Names{"mean radius"});
  EXPECT_EQ(load_error("\"1,2\"\n").substr(0, 26), "FILE: found only the label");
  EXPECT_EQ(load("1,0\n\"O'Hara, B\" ,2\n").positive_label, "O'Hara, B");
}

TEST_F(DatasetTest, LabelsCompareAsNumbersThenAsText) {
  struct Case {
    std::string text, negative, positive;
    Values y;
  };
  for (const Case& c : std::vector<Case>{{"-1\n+1\n1.0\n1\n-1e0\n", "-1", "+1", {-1, 1, 1, 1, -1}},
                                         {"10\n9\n", "9", "10", {1, -1}},
                                         {"b\nB\nb\n", "B", "b", {1, -1, 1}},
                                         {"z\n2\n", "2", "z", {1, -1}},
                                         {"0x1\n1\n", "1", "0x1", {1, -1}},
                                         {"\xC3\xA9\nz\n", "z", "\xC3\xA9", {1, -1}},
                                         {"M,1\nB,2\n", "B", "M", {1, -1}}}) {
    SCOPED_TRACE(c.text);
    const Dataset data = load(c.text);
    EXPECT_EQ(data.y, c.y);
    EXPECT_EQ(data.negative_label, c.negative);
    EXPECT_EQ(data.positive_label, c.positive);
  }
}

TEST_F(DatasetTest, PositiveLabel) {
  EXPECT_EQ(load("0,5\n1,6\n", {.positive = "0"}).y, (Values{1, -1}));
  EXPECT_EQ(load("0,5\n1,6\n", {.positive = "+1.0"}).y, (Values{-1, 1}));
  const Dataset data = load("a 1:5\nb 1:6\n", {.positive = "a"});
  EXPECT_EQ(data.y, (Values{1, -1}));
  EXPECT_EQ(data.positive_label, "a");
  EXPECT_EQ(data.negative_label, "b");
  EXPECT_EQ(
      load_error("0,5\n1,6\n", {.positive = "yes"}),
      "FILE: found the labels '0' (line 1) and '1' (line 2), expected the positive label 'yes' "
      "among them");
}

TEST_F(DatasetTest, LibsvmFillsWithZeros) {
  const Dataset data = load("1\n-1 2:5\n1 1:1e-3 4:-7\n-1 # no entries\n");
  EXPECT_EQ(data.rows, 4u);
  EXPECT_EQ(data.cols, 4u);
  EXPECT_EQ(data.x, (Values{0, 0, 0, 0, 0, 5, 0, 0, 1e-3, 0, 0, -7, 0, 0, 0, 0}));
  EXPECT_EQ(data.y, (Values{1, -1, 1, -1}));
}

TEST_F(DatasetTest, NoFeatures) {
  for (const char* text : {"1\n0\n1\n", "y\n1\n0\n1\n"}) {
    const Dataset data = load(text, {.header = *text == 'y'});
    EXPECT_EQ(data.rows, 3u);
    EXPECT_EQ(data.cols, 0u);
    EXPECT_TRUE(data.x.empty());
    EXPECT_EQ(data.y, (Values{1, -1, 1}));
  }
}

TEST_F(DatasetTest, NumbersAtTheEdgeOfDouble) {
  const Dataset data =
      load("0,1e-999,4.9e-324,-1e-400,0e999\n1,1.7976931348623157e308,0,-0.0,2e-324\n");
  EXPECT_EQ(data.x, (Values{0, DBL_TRUE_MIN, 0, 0, DBL_MAX, 0, 0, 0}));
  EXPECT_EQ(load("0,3.4028234663852886e38\n1,-1\n", {.largest = FLT_MAX}).x[0], FLT_MAX);
}

TEST_F(DatasetTest, LongLines) {
  constexpr std::size_t kCols = 300'000;
  std::string text;
  for (const char* label : {"0", "1"}) {
    text += label;
    for (std::size_t i = 0; i < kCols; ++i) text += ",1.5";
    text += '\n';
  }
  const Dataset data = load(text);
  EXPECT_EQ(data.cols, kCols);
  EXPECT_EQ(std::accumulate(data.x.begin(), data.x.end(), 0.0), 2 * 1.5 * kCols);
}

TEST_F(DatasetTest, LoneQuotesTakeLinearTime) {
  std::string text = "1";
  for (int i = 0; i < 300'000; ++i) text += ",\"1";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(load_error(text).substr(0, 30), "FILE:1:3: found '\"1', expected");
  // Quadratic time would be minutes; linear is milliseconds, and the slack is for a busy machine.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST_F(DatasetTest, FifoAndStandardInput) {
  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  const std::string text(3'000'000, '\n');  // more than one chunk of reading and of a pipe
  std::thread writer([&] { std::ofstream(path("fifo")) << "1,2\n" << text << "0,3\n"; });
  EXPECT_EQ(load_dataset(path("fifo")).x, (Values{2, 3}));
  writer.join();

  const int saved = dup(STDIN_FILENO);
  ASSERT_NE(std::freopen(written("1,4\n0,5\n").c_str(), "r", stdin), nullptr);
  EXPECT_EQ(load_dataset("/dev/stdin").x, (Values{4, 5}));
  if (saved >= 0) {
    dup2(saved, STDIN_FILENO);
    close(saved);
  }
}

TEST(Wdbc, ShippedFileIsWhatItsReadmeSays) {
  const Dataset data = load_dataset(LOGIGRAD_SOURCE_DIR "/bench/data/wdbc.csv",
                                    {.label_column = "benign", .header = true});
  ASSERT_EQ(data.rows, 569u);
  ASSERT_EQ(data.cols, 30u);
  EXPECT_EQ(std::count(data.y.begin(), data.y.end(), 1.0), 357);
  EXPECT_EQ(data.positive_label, "1");
  EXPECT_EQ(data.feature_names.front(), "mean radius");
  EXPECT_EQ(data.feature_names.back(), "worst fractal dimension");
  EXPECT_EQ(data.x[0], 17.99);
  EXPECT_EQ(data.x[29], 0.1189);
  EXPECT_EQ(data.x[2 * 30 + 3], 1203);
  EXPECT_EQ(data.x[568 * 30 + 29], 0.07039);
  EXPECT_EQ(data.y[0], -1);
  EXPECT_EQ(data.y[568], 1);
}

// ---- What is refused ----------------------------------------------------------------------------

TEST_F(DatasetTest, FilesThatCannotBeRead) {
  const auto load_path = [](const std::string& p) { return error(p, [&] { load_dataset(p); }); };
  EXPECT_EQ(load_path(path("none")), "FILE: cannot be opened: No such file or directory");
  EXPECT_EQ(load_path(directory_), "FILE: found a directory, expected a file");
  EXPECT_EQ(load_error(""), "FILE: found an empty file, expected data lines");
  EXPECT_EQ(load_error("\xEF\xBB\xBF"), "FILE: found an empty file, expected data lines");
  EXPECT_EQ(load_error("# a\n \n\r\n#b"),
            "FILE: found only blank lines and comments, expected data lines");
  EXPECT_EQ(load_error("#\na,b\n# 1,2\n", {.header = true}),
            "FILE: found a header line only, expected data lines after it");
  EXPECT_EQ(load_error(std::string("1,2\n0,") + '\0' + "3\n"),
            "FILE:2:3: found a NUL byte, expected plain text");
  EXPECT_EQ(error(path(), [&] { dataset::TextFile(written("12345678901"), 10); }),
            "FILE: found more than 10 bytes, expected a file that fits in memory");
}

TEST_F(DatasetTest, FilesThatMayNotBeRead) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read every file";
  const std::string secret = written("1,2\n");
  std::filesystem::permissions(secret, std::filesystem::perms::none);
  EXPECT_EQ(error(secret, [&] { load_dataset(secret); }),
            "FILE: cannot be opened: Permission denied");
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

TEST_F(DatasetTest, DenseMatrixLargerThanTheLimitOfTheProcess) {
#ifdef LOGIGRAD_SANITIZED
  GTEST_SKIP() << "a sanitizer ends the program when an allocation fails";
#endif
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &old), 0);
  const rlimit low{rlim_t{1} << 30, old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_AS, &low), 0);
  const std::string message = load_error("0 1:1\n1 134217728:1\n");  // 2 GiB
  ASSERT_EQ(setrlimit(RLIMIT_AS, &old), 0);
  EXPECT_TRUE(
      message.starts_with("FILE:2:3: found index 134217728, which needs 2 x 134217728 doubles"))
      << message;
}

TEST(Memory, Shortage) {
  EXPECT_GT(dataset::available_memory(), 1u << 20);
  EXPECT_EQ(dataset::memory_shortage(1000, 10), "");
  EXPECT_EQ(dataset::memory_shortage(SIZE_MAX, 0), "");
  // The product of the sizes is 0 modulo 2^64.
  EXPECT_TRUE(
      dataset::memory_shortage(std::size_t{1} << 33, std::size_t{1} << 31)
          .starts_with("needs 8589934592 x 2147483648 doubles = 137438953472.0 GiB, expected"));
}

// ---- Lists of numbers ---------------------------------------------------------------------------

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
