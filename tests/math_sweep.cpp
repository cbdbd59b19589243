// math_sweep: sigmoid and softplus of every float there is, in every ISA that runs here, against
// double. A program of its own, since it takes minutes; math_test does a sample.
//
// Exit status: 0; 1 a promise is broken; 2 usage.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <mutex>

#include "tests/math_accuracy.hpp"

namespace logigrad {
namespace {

// The floats in ascending order are those of the keys 0, 1 ... 2^32 - 1, with the NaNs of negative
// sign before them and the other NaNs behind.
float float_of(std::uint64_t key) {
  const auto low = static_cast<std::uint32_t>(key);
  return std::bit_cast<float>(low & 0x80000000u ? low ^ 0x80000000u : ~low);
}

constexpr std::uint64_t kKeys = std::uint64_t{1} << 32;
constexpr std::size_t kBlock = std::size_t{1} << 16;

struct Worst {
  double ulps = 0;
  float z = 0;

  void take(double error, float at) {
    if (error > ulps) *this = {error, at};
  }
};

// What is known of one ISA, or of one block of arguments in it.
struct Findings {
  Worst sigmoid, softplus;
  std::uint64_t out_of_order = 0;  // of both functions
  std::uint64_t not_one = 0, lost_nans = 0;

  void add(const Findings& other) {
    sigmoid.take(other.sigmoid.ulps, other.sigmoid.z);
    softplus.take(other.softplus.ulps, other.softplus.z);
    out_of_order += other.out_of_order;
    not_one += other.not_one;
    lost_nans += other.lost_nans;
  }
  bool ok() const {
    return sigmoid.ulps <= kMostUlps && softplus.ulps <= kMostUlps && out_of_order == 0 &&
           not_one == 0 && lost_nans == 0;
  }
};

// The arguments of a block and the truth, which is the same for every ISA.
struct Truth {
  std::vector<float> z, negative;
  std::vector<double> sigmoid, softplus;

  // Every `step`th key from `first` on.
  void fill(std::uint64_t first, std::uint64_t step) {
    z.clear();
    for (std::uint64_t key = first; key < first + kBlock * step && key < kKeys; key += step)
      z.push_back(float_of(key));
    negative.resize(z.size());
    sigmoid.resize(z.size());
    softplus.resize(z.size());
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double x = z[i], e = std::exp(-std::abs(x));
      negative[i] = -z[i];
      sigmoid[i] = (x < 0 ? e : 1) / (1 + e);
      softplus[i] = std::max(x, 0.0) + std::log1p(e);
    }
  }
};

struct Outputs {
  std::vector<float> sigmoid, of_negative, softplus;
};

// The smallest and the largest value of a function in a block, for the order in and among blocks.
struct Range {
  float smallest = std::numeric_limits<float>::infinity(), largest = -1;

  // Whether it is in order with those before it.
  bool take(float value) {
    const bool ok = in_order(std::max(largest, 0.0f), value);
    largest = std::max(largest, value);
    smallest = std::min(smallest, value);
    return ok;
  }
};

struct Ranges {
  Range sigmoid, softplus;
};

Findings check_block(const IsaTable& table, const Truth& truth, Outputs& out, Ranges& ranges) {
  const std::size_t count = truth.z.size();
  for (auto* values : {&out.sigmoid, &out.of_negative, &out.softplus}) values->resize(count);
  table.sigmoid_f32(truth.z.data(), out.sigmoid.data(), count);
  table.sigmoid_f32(truth.negative.data(), out.of_negative.data(), count);
  table.softplus_f32(truth.z.data(), out.softplus.data(), count);
  Findings found;
  for (std::size_t i = 0; i < count; ++i) {
    const float z = truth.z[i], s = out.sigmoid[i];
    if (std::isnan(z)) {
      found.lost_nans += !std::isnan(s) || !std::isnan(out.softplus[i]);
      continue;
    }
    found.sigmoid.take(error_in_ulps(s, {truth.sigmoid[i], 0}), z);
    found.softplus.take(error_in_ulps(out.softplus[i], {truth.softplus[i], 0}), z);
    found.not_one += !add_up_to_one(s, out.of_negative[i]);
    found.out_of_order += !ranges.sigmoid.take(s);
    found.out_of_order += !ranges.softplus.take(out.softplus[i]);
  }
  return found;
}

// Of blocks in the order of their arguments: those with a value that is less than one before it.
std::uint64_t blocks_out_of_order(const std::vector<Ranges>& ranges, Range Ranges::*function) {
  std::uint64_t count = 0;
  float largest = 0;
  for (const Ranges& both : ranges) {
    const Range& range = both.*function;
    if (range.largest < 0) continue;  // only NaNs
    count += !in_order(largest, range.smallest);
    largest = std::max(largest, range.largest);
  }
  return count;
}

std::vector<Findings> sweep(const std::vector<const IsaTable*>& tables, std::uint64_t step) {
  const std::uint64_t blocks = (kKeys + kBlock * step - 1) / (kBlock * step);
  std::vector<Findings> found(tables.size());
  std::vector<std::vector<Ranges>> ranges(tables.size(), std::vector<Ranges>(blocks));
  std::mutex mutex;
#pragma omp parallel
  {
    Truth truth;
    Outputs out;
#pragma omp for schedule(dynamic, 16)
    for (std::uint64_t block = 0; block < blocks; ++block) {
      truth.fill(block * kBlock * step, step);
      for (std::size_t t = 0; t < tables.size(); ++t) {
        const Findings here = check_block(*tables[t], truth, out, ranges[t][block]);
        const std::lock_guard lock(mutex);
        found[t].add(here);
      }
    }
  }
  for (std::size_t t = 0; t < tables.size(); ++t) {
    found[t].out_of_order += blocks_out_of_order(ranges[t], &Ranges::sigmoid) +
                             blocks_out_of_order(ranges[t], &Ranges::softplus);
  }
  return found;
}

int run(int argc, char** argv) {
  CLI::App app("Checks sigmoid and softplus of every float, in every ISA that runs here.");
  std::uint64_t step = 1;
  app.add_option("--step", step, "Of all floats in order, every STEPth (default: 1, minutes)")
      ->check(CLI::Range(std::uint64_t{1}, kKeys / kBlock));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const std::vector<const IsaTable*> tables = runnable_tables();
  const std::vector<Findings> found = sweep(tables, step);
  fmt::print("{} floats: largest error in ulp, and where; a limit of {}\n",
             (kKeys + step - 1) / step, kMostUlps);
  fmt::print("{:10} {:>8} {:>15} {:>9} {:>15} {:>12} {:>12} {:>9}\n", "ISA", "sigmoid", "at",
             "softplus", "at", "out of order", "sum is not 1", "lost NaNs");
  bool ok = true;
  for (std::size_t t = 0; t < tables.size(); ++t) {
    const Findings& f = found[t];
    ok = ok && f.ok();
    fmt::print("{:10} {:8.3f} {:15.8g} {:9.3f} {:15.8g} {:12} {:12} {:9}{}\n", tables[t]->name,
               f.sigmoid.ulps, f.sigmoid.z, f.softplus.ulps, f.softplus.z, f.out_of_order,
               f.not_one, f.lost_nans, f.ok() ? "" : "  BROKEN");
  }
  return ok ? 0 : 1;
}

}  // namespace
}  // namespace logigrad

int main(int argc, char** argv) { return logigrad::run(argc, argv); }
