// A row's label is nearly always spelled as an earlier one, so text is compared before anything is
// parsed; rows keep the index of their label, and which index is +1 is decided once.
#include "tools/dataset/labels.hpp"

#include <fmt/format.h>

#include <cfloat>
#include <utility>

#include "tools/dataset/cells.hpp"

namespace logigrad::dataset {

bool Labels::same(const Label& a, const Label& b) { return !less(a, b) && !less(b, a); }

bool Labels::less(const Label& a, const Label& b) {
  const bool a_is_text = a.number.kind != NumberKind::kFinite;
  const bool b_is_text = b.number.kind != NumberKind::kFinite;
  if (a_is_text != b_is_text) return b_is_text;
  return a_is_text ? a.text < b.text : a.number.value < b.number.value;
}

Labels::Label Labels::checked(std::string_view cell) const {
  const Label label{unquoted(cell), parse_number(cell)};
  if (trim(label.text).empty()) file_.fail_at(cell.data(), "found an empty cell, expected a label");
  if (label.number.kind != NumberKind::kText) finite_number(file_, cell, DBL_MAX);
  // '1 beside 1 is more likely a typing error than another label.
  if (is_quote(label.text.front()) || is_quote(label.text.back())) {
    file_.fail_at(cell.data(), fmt::format("found {}, expected a label with its quotes in a pair",
                                           quoted(cell)));
  }
  return label;
}

std::string Labels::described(const Label& label) const {
  return fmt::format("{} (line {})", quoted(label.text), file_.line_of(label.text.data()));
}

void Labels::add(std::string_view cell) {
  const std::string_view text = unquoted(cell);
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    if (labels_[i].text == text) return y_.push_back(static_cast<double>(i));
  }
  const Label label = checked(cell);
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    if (same(labels_[i], label)) return y_.push_back(static_cast<double>(i));
  }
  if (labels_.size() == 2) {
    file_.fail_at(cell.data(),
                  fmt::format("found a third label {}, expected {} or {}", quoted(text),
                              described(labels_[0]), described(labels_[1])));
  }
  y_.push_back(static_cast<double>(labels_.size()));
  labels_.push_back(label);
}

std::size_t Labels::index_of_positive(const std::optional<std::string>& positive) const {
  if (!positive) return less(labels_[0], labels_[1]) ? 1 : 0;
  const Label wanted{*positive, parse_number(*positive)};
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    if (same(labels_[i], wanted)) return i;
  }
  file_.fail(fmt::format("found the labels {} and {}, expected the positive label {} among them",
                         described(labels_[0]), described(labels_[1]), quoted(*positive)));
}

void Labels::move_to(Dataset& data, const std::optional<std::string>& positive) {
  if (labels_.size() < 2) {
    file_.fail(fmt::format("found only the label {} in all data lines ({}), expected two labels",
                           quoted(labels_.at(0).text), y_.size()));
  }
  const std::size_t plus = index_of_positive(positive);
  for (double& y : y_) y = (y == 1) == (plus == 1) ? 1 : -1;
  data.rows = y_.size();
  data.y = std::move(y_);
  data.positive_label = labels_[plus].text;
  data.negative_label = labels_[1 - plus].text;
}

}  // namespace logigrad::dataset
