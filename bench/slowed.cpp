// logigrad_bench_slowed --slowdown PERCENT ...: the benchmark with kernels that are slower by a
// known part, for `logigrad gate --self-test`.
//
// The timed loop, the kernels and the program are the same for every PERCENT, 0 as well; only how
// often a kernel is called differs: its every 20th call on a thread, say, is followed by a second
// one on the same rows, whose sums nobody reads. So the slowdown of a time over thousands of calls
// is 5 % of the kernel's part of it, which is all but the merge of its chunks.
#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/run.hpp"
#include "kernels/registry.hpp"

namespace logigrad::bench {
namespace {

double slowdown = 0;  // calls more than asked for, as a fraction; set before the first call

// narrow or panel, by the number of columns, each on the strongest ISA.
enum class Body { kNarrow, kPanel };
template <Body kBody>
constexpr const char* kNameOf = kBody == Body::kNarrow ? "narrow" : "panel";

template <class T, Body kBody>
const Variant& variant() {
  return find_variant(kNameOf<kBody>, kDtypeOf<T>, 0, 0);
}

template <class T, Body kBody, bool kLoss>
void slowed_body(const RowRange<T>& range, T* scratch, double* partial) {
  static const BodyEntry<T>& entry = body_of<T>(variant<T, kBody>());
  const BodyFunction<T> run = kLoss ? entry.loss_gradient : entry.gradient;
  thread_local double owed = 0;
  thread_local std::vector<double> unread;
  run(range, scratch, partial);
  owed += slowdown;
  if (owed < 1) return;
  owed -= 1;
  if (unread.size() < range.cols + 2) unread.resize(range.cols + 2);
  run(range, scratch, unread.data());
}

template <class T, Body kBody>
Variant slowed_variant() {
  static const BodyEntry<T>& good = body_of<T>(variant<T, kBody>());
  static const BodyEntry<T> entry{slowed_body<T, kBody, false>, slowed_body<T, kBody, true>,
                                  good.scratch, good.most_cols};
  Variant result = variant<T, kBody>();
  result.implementation = &entry;
  return result;
}

void slow_down(CaseList& list) {
  list.variants = {slowed_variant<float, Body::kNarrow>(), slowed_variant<float, Body::kPanel>(),
                   slowed_variant<double, Body::kNarrow>(), slowed_variant<double, Body::kPanel>()};
}

// Takes --slowdown out of the command line.
void take_slowdown(std::vector<char*>& arguments) {
  constexpr std::string_view kOption = "--slowdown=";
  std::erase_if(arguments, [&](const char* argument) {
    const std::string_view text = argument;
    if (!text.starts_with(kOption)) return false;
    char* end = nullptr;
    slowdown = std::strtod(argument + kOption.size(), &end) / 100;
    if (end == argument + kOption.size() || *end != '\0' || !(slowdown >= 0 && slowdown < 1))
      throw std::invalid_argument(fmt::format("{}: expected a percentage from 0 to 99", argument));
    return true;
  });
}

int run_slowed(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  try {
    take_slowdown(arguments);
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "logigrad_bench_slowed: {}\n", error.what());
    return 2;
  }
  const int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  return run_benchmarks(count, arguments.data(), slow_down);
}

}  // namespace
}  // namespace logigrad::bench

int main(int argc, char** argv) { return logigrad::bench::run_slowed(argc, argv); }
