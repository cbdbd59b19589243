// Names of benchmarks; see result.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "tools/results/result.hpp"

namespace logigrad {
namespace {

// Takes the components off a name, one after another; a first failure is remembered.
class Components {
 public:
  explicit Components(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }

  std::string word() {
    const std::string_view text = next();
    ok_ = ok_ && !text.empty() && std::all_of(text.begin(), text.end(), is_of_a_word);
    return std::string(text);
  }

  // "prefix123"
  std::size_t number(std::string_view prefix) {
    std::string_view text = next();
    ok_ = ok_ && text.starts_with(prefix);
    if (!ok_) return 0;
    text.remove_prefix(prefix.size());
    return to_number(text);
  }

  // "threads:2" or "threads:default"
  int threads() {
    if (rest_ == "threads:default" || rest_.starts_with("threads:default/")) return next(), 0;
    const std::size_t count = number("threads:");
    ok_ = ok_ && count > 0 && count <= std::numeric_limits<int>::max();
    return ok_ ? static_cast<int>(count) : 0;
  }

  bool begins(std::string_view prefix) const { return rest_.starts_with(prefix); }

  // What Google Benchmark appends.
  void pass_suffixes() {
    constexpr std::string_view kNumbers[] = {
        "iterations:", "repeats:", "min_time:", "min_warmup_time:"};
    constexpr std::string_view kWords[] = {"manual_time", "process_time", "real_time"};
    while (ok_ && !rest_.empty()) {
      const std::string_view text = next();
      const auto begins_it = [&](std::string_view prefix) { return text.starts_with(prefix); };
      ok_ = std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords) ||
            std::any_of(std::begin(kNumbers), std::end(kNumbers), begins_it);
    }
  }

 private:
  static bool is_of_a_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  std::string_view next() {
    const std::size_t end = rest_.find('/');
    const std::string_view text = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    return text;
  }

  // Only as they are written: no sign, no leading 0.
  std::size_t to_number(std::string_view text) {
    std::size_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    ok_ = ok_ && error == std::errc() && stop == end && (text[0] != '0' || text.size() == 1);
    return value;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::optional<CaseName> parse_case_name(std::string_view text) {
  Components components(text);
  CaseName name;
  name.quantity = components.word();
  name.body = components.word();
  name.isa = components.word();
  const std::string dtype = components.word();
  name.dtype = dtype == "f64" ? Dtype::kF64 : Dtype::kF32;
  name.rows = components.number("N:");
  name.cols = components.number("D:");
  name.stride = components.begins("stride:") ? components.number("stride:") : name.cols;
  name.threads = components.threads();
  components.pass_suffixes();
  constexpr std::string_view kQuantities[] = {"gradient", "loss_gradient", "limit", "peer"};
  if (!components.ok() || dtype != name_of(name.dtype) || name.stride < name.cols ||
      std::find(std::begin(kQuantities), std::end(kQuantities), name.quantity) ==
          std::end(kQuantities))
    return std::nullopt;
  return name;
}

std::string name_of(const CaseName& name) {
  return fmt::format("{}/{}/{}/{}/N:{}/D:{}{}/threads:{}", name.quantity, name.body, name.isa,
                     name_of(name.dtype), name.rows, name.cols,
                     name.stride == name.cols ? "" : fmt::format("/stride:{}", name.stride),
                     name.threads == 0 ? "default" : std::to_string(name.threads));
}

}  // namespace logigrad
