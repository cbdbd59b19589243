// The two labels of a data set: found as the rows come, told which is +1 at the end.
//
// Labels that are numbers are compared as numbers (1, +1 and 1.0 are one label), others as text;
// every number comes before every text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/dataset/dataset.hpp"
#include "tools/dataset/number.hpp"
#include "tools/dataset/text_file.hpp"

namespace logigrad::dataset {

class Labels {
 public:
  explicit Labels(const TextFile& file) : file_(file) {}

  // Adds the label of the next row. Throws InputError for a third label, and for a cell that can be
  // none: empty, NaN, infinite, with one quote only.
  void add(std::string_view cell);

  // Moves the labels to `data`: its rows, y and the names of the labels, as the file spelled them
  // first. The larger one is +1, or `positive` if it is given. Throws InputError if there were
  // fewer than two labels or `positive` is neither.
  void move_to(Dataset& data, const std::optional<std::string>& positive);

 private:
  struct Label {
    std::string_view text;  // in the file, without quotes
    Number number;
  };

  static bool same(const Label& a, const Label& b);
  static bool less(const Label& a, const Label& b);
  Label checked(std::string_view cell) const;
  std::string described(const Label& label) const;
  std::size_t index_of_positive(const std::optional<std::string>& positive) const;

  const TextFile& file_;
  std::vector<Label> labels_;  // at most two
  std::vector<double> y_;      // the index of each row's label, until move_to()
};

}  // namespace logigrad::dataset
