// What the fuzz targets of the two readers of data share: the input as a file, and what must hold
// for whatever is read from it.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>

#include "tests/fuzz/expect.hpp"
#include "tools/dataset/dataset.hpp"
#include "tools/dataset/input_error.hpp"
#include "tools/dataset/text_file.hpp"

namespace logigrad::fuzz {

// A file that lives in memory only and has a name all the same.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text) : file_(memfd_create("fuzz", MFD_CLOEXEC)) {
    expect(file_ >= 0, "no memory file");
    expect(write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
           "no room for the input");
  }
  ~MemoryFile() { close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

inline void expect_consistent(const Dataset& data) {
  expect(data.rows > 0, "a data set without a row");
  expect(data.x.size() == data.rows * data.cols && data.y.size() == data.rows, "sizes");
  expect(data.feature_names.empty() || data.feature_names.size() == data.cols, "names of columns");
  expect(!data.negative_label.empty() && data.negative_label != data.positive_label, "the labels");
  for (const double y : data.y) expect(y == 1 || y == -1, "a label other than -1 and +1");
  for (const double x : data.x) expect(std::isfinite(x), "a feature that is not finite");
}

// Written out by %.17g and read again it is the same.
inline void expect_round_trip(const Dataset& data) {
  if (data.cols == 0) return;  // a label alone is not CSV
  std::string text;
  char number[40];
  for (std::size_t n = 0; n < data.rows; ++n) {
    text += data.y[n] > 0 ? "1" : "-1";
    for (std::size_t j = 0; j < data.cols; ++j) {
      std::snprintf(number, sizeof number, ",%.17g", data.x[n * data.cols + j]);
      text += number;
    }
    text += '\n';
  }
  const MemoryFile file(text);
  const Dataset again = load_dataset(file.path());
  expect(again.rows == data.rows && again.cols == data.cols, "another shape");
  expect(again.x == data.x && again.y == data.y, "other numbers");
}

// Reads the input by `load`; whatever it is, there is a data set or an error that can be shown.
inline void read_input(std::string_view text,
                       const std::function<Dataset(dataset::TextFile&)>& load) {
  const MemoryFile memory(text);
  try {
    dataset::TextFile file(memory.path());
    if (!file.next_line()) return;  // load_dataset() refuses it before it asks a reader
    file.rewind();
    const Dataset data = load(file);
    expect_consistent(data);
    expect_round_trip(data);
  } catch (const InputError& error) {
    expect_message(error, memory.path());
  }
}

}  // namespace logigrad::fuzz
