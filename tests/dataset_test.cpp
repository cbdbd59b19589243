// The reader of data sets: what it reads, in each format and layout.
#include "tools/dataset/dataset.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cfloat>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "tests/dataset_fixture.hpp"
#include "tools/dataset/text_file.hpp"

namespace logigrad {
namespace {

using Names = std::vector<std::string>;

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

TEST_F(DatasetTest, FilesOfAnySizeAreReadToTheirEnd) {
  constexpr std::size_t kMiB = std::size_t{1} << 20;  // is read at a time
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, kMiB - 1, kMiB,
                                 kMiB + 1, 2 * kMiB, 2 * kMiB + 1}) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('0' + i % 10);
    EXPECT_TRUE(dataset::TextFile(written(text)).text() == text) << size << " bytes";
  }
  EXPECT_FALSE(dataset::TextFile("/proc/filesystems").empty());  // its size is said to be 0
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

}  // namespace
}  // namespace logigrad
