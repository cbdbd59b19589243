// The public functions: which reader a data file gets, and the two plain lists of numbers.
#include "tools/dataset/dataset.hpp"

#include <fmt/format.h>

#include <new>

#include "tools/dataset/cells.hpp"
#include "tools/dataset/delimited.hpp"
#include "tools/dataset/input_error.hpp"
#include "tools/dataset/libsvm.hpp"
#include "tools/dataset/memory.hpp"
#include "tools/dataset/number.hpp"
#include "tools/dataset/text_file.hpp"
#include "tools/machine/memory.hpp"

namespace logigrad {

using dataset::TextFile;

namespace {

Dataset read_dataset(TextFile& file, const LoadOptions& options) {
  if (file.empty()) file.fail("found an empty file, expected data lines");
  const auto first = file.next_line();
  if (!first) file.fail("found only blank lines and comments, expected data lines");
  if (!dataset::is_libsvm(file)) return dataset::load_delimited(file, options);
  if (options.header) {
    file.fail_at(first->data(), "found LIBSVM's label index:value, expected a header line");
  }
  if (options.label_column != "first" && options.label_column != "0") {
    file.fail(
        fmt::format("found LIBSVM's label index:value, expected the label column first, not {}",
                    dataset::quoted(options.label_column)));
  }
  return dataset::load_libsvm(file, options);
}

}  // namespace

Dataset load_dataset(const std::string& path, const LoadOptions& options) {
  TextFile file(path);
  try {
    return read_dataset(file, options);
  } catch (const std::bad_alloc&) {
    file.fail_for_memory();
  }
}

void check_memory(const std::string& path, double bytes, std::string_view purpose) {
  const double available = static_cast<double>(available_memory());
  if (available == 0 || bytes <= available) return;
  throw InputError(fmt::format("{}: needs {} for {}, expected at most the {} that are available",
                               path, dataset::size_in_words(bytes), purpose,
                               dataset::size_in_words(available)));
}

std::vector<double> load_numbers(const std::string& path, double largest) {
  TextFile file(path);
  std::vector<double> numbers;
  while (auto line = file.next_line()) {
    for (auto word = dataset::next_word(*line); !word.empty(); word = dataset::next_word(*line)) {
      numbers.push_back(dataset::finite_number(file, word, largest));
    }
  }
  return numbers;
}

std::vector<double> load_sample_weights(const std::string& path, double largest) {
  TextFile file(path);
  std::vector<double> weights;
  while (auto line = file.next_line()) {
    const std::string_view word = dataset::next_word(*line);
    const double weight = dataset::finite_number(file, word, largest);
    if (weight < 0) {
      file.fail_at(word.data(),
                   fmt::format("found {}, expected a sample weight >= 0", dataset::quoted(word)));
    }
    if (const auto second = dataset::next_word(*line); !second.empty()) {
      file.fail_at(second.data(), fmt::format("found {}, expected one sample weight a line",
                                              dataset::quoted(second)));
    }
    weights.push_back(weight);
  }
  return weights;
}

void check_count(const std::string& path, std::size_t found, std::size_t expected,
                 std::string_view meaning) {
  if (found == expected) return;
  throw InputError(
      fmt::format("{}: found {} numbers, expected {} ({})", path, found, expected, meaning));
}

std::string parameter_order(std::size_t cols, bool intercept) {
  std::string order = cols == 0 ? "" : "w_1";
  if (cols > 1) order += fmt::format(" {}w_{}", cols > 2 ? "... " : "", cols);
  if (intercept) order += order.empty() ? "b" : " b";
  return order.empty() ? "none" : order;
}

}  // namespace logigrad
