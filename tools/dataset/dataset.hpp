// Reads labelled data for a two-class problem from text: CSV, TSV, white-space separated, LIBSVM.
//
// Lines that are blank or have '#' in column 1 are passed over. The first other line decides: if it
// has a comma, the file is CSV; else LIBSVM if its last word has a ':' (libsvm.hpp has the
// details); else white space separates. Cells may be in quotes. LF, CR LF, CR, a UTF-8 byte order
// mark and a missing last newline are accepted. number.hpp says what is a number, labels.hpp what
// is a label.
//
// Every function throws InputError, "FILE:LINE:COLUMN: found X, expected Y", for a file that cannot
// be read, is not what it should be, or does not fit into the memory that is available. No bad line
// is skipped, no value replaced.
#pragma once

#include <cfloat>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace logigrad {

struct LoadOptions {
  // "first", "last", a column number from 0, or the name of a column, which needs the header; in
  // this order of preference, but a name comes before a number. LIBSVM has its label first.
  std::string label_column = "first";
  // The label that becomes +1; without it the larger one.
  std::optional<std::string> positive = std::nullopt;
  bool header = false;       // the first line holds the names of the columns
  double largest = DBL_MAX;  // a feature of larger magnitude is an error; FLT_MAX for use as float
};

struct Dataset {
  std::size_t rows = 0;
  std::size_t cols = 0;                    // features, without the label; 0 is valid
  std::vector<double> x;                   // rows x cols, row-major
  std::vector<double> y;                   // rows; -1 or +1
  std::vector<std::string> feature_names;  // cols; empty without a header
  std::string negative_label;              // as the file spells it where it comes first
  std::string positive_label;
};

// Reads the data set in the file `path`, which may be a FIFO or a device.
Dataset load_dataset(const std::string& path, const LoadOptions& options = {});

// Reads numbers separated by white space, however many there are on a line. None at all is valid.
std::vector<double> load_numbers(const std::string& path, double largest = DBL_MAX);

// Reads sample weights, one a line, each >= 0. None at all is valid.
std::vector<double> load_sample_weights(const std::string& path, double largest = DBL_MAX);

// Throws InputError "path: needs 3.1 GiB for PURPOSE, expected at most the 2.0 GiB that are
// available" where that is so: Linux may grant what it has not, and end the process later.
void check_memory(const std::string& path, double bytes, std::string_view purpose);

// Throws InputError "path: found 28 numbers, expected 29 (meaning)" unless the counts agree.
void check_count(const std::string& path, std::size_t found, std::size_t expected,
                 std::string_view meaning);

// The meaning of the numbers in a parameter file: "w_1 ... w_28 b".
std::string parameter_order(std::size_t cols, bool intercept);

}  // namespace logigrad
