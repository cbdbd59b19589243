// See full.hpp.
#include "bench/full.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "logigrad/evaluate.hpp"

namespace logigrad::bench {
namespace {

constexpr std::size_t kKiB = 1024, kMiB = 1024 * kKiB, kGiB = 1024 * kMiB;

// The interval of a median of 9 pairs goes from the second to the eighth of them; more pairs where
// they cost little narrow it.
constexpr int kRoundsFromMemory = 9, kRoundsInCache = 21;

// Of X while D goes from 1 to 300: in every CPU's second cache, and no named shape.
constexpr std::size_t kColumnsBytes = 192 * kKiB;

using Columns = std::initializer_list<std::size_t>;  // clang warns of int elements

class FullPlan {
 public:
  FullPlan(const CaseList& list, const MachineSizes& machine) : list_(list), machine_(machine) {}

  std::vector<Group> groups() {
    for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{100, 2},
                                     {1000, 2},
                                     {4096, 4},
                                     {4096, 8},
                                     {4096, 16},
                                     {4096, 28},
                                     {4096, 32},
                                     {1000, 64},
                                     {2048, 123},
                                     {256, 256},
                                     {1000, 784},
                                     {64, 1024},
                                     {1000, 1024},
                                     {64, 4096}})
      add_named(Dtype::kF32, rows, cols);
    add_named(Dtype::kF64, 4096, 28);
    add_named(Dtype::kF64, 256, 256);
    for (const std::size_t cols : Columns{28, 256}) {
      for (std::size_t bytes = 4 * kKiB; bytes <= 64 * kMiB; bytes *= 2) add_size(bytes, cols);
    }
    constexpr std::size_t kBlock = 16, kMostColumns = 300;
    for (std::size_t first = 1; first <= kMostColumns; first += kBlock) add_columns(first, kBlock);
    for (const std::size_t cols :
         Columns{2, 8, 16, 28, 32, 64, 123, 128, 256, 784, 1024, 2000, 4096})
      add_memory(Dtype::kF32, cols);
    for (const std::size_t cols : Columns{128, 256, 784, 1024, 2000, 4096})
      add_memory(Dtype::kF64, cols);
    return std::move(groups_);
  }

 private:
  // A group for one shape, if its type is asked for and the memory is enough.
  Group begin(Dtype dtype, const BenchShape& shape, int rounds) {
    check_fits(shape, dtype, machine_);
    return {dtype, {shape}, {}, list_.rounds > 0 ? list_.rounds : rounds};
  }

  void end(Group group) {
    if (std::count(list_.dtypes.begin(), list_.dtypes.end(), group.dtype))
      groups_.push_back(std::move(group));
  }

  static BenchShape shape(std::size_t rows, std::size_t cols) {
    return {fmt::format("{}x{}", rows, cols), rows, cols};
  }

  bool has_several_chunks(const Group& group) const {
    const BenchShape& s = group.shapes[0];
    return most_threads() > 1 && planned_threads(s.rows_of(group.dtype), s.cols, group.dtype,
                                                 most_threads()) == most_threads();
  }

  int most_threads() const { return list_.threads.back(); }

  // Limits, auto and peers with one thread and, where there is something to share, with all.
  void add_compared(Group& group) {
    add_limits(group, 0, 1);
    group.add(0, 1, VariantCase{std::nullopt, false});
    add_peers(group, 0, 1);
    if (!has_several_chunks(group)) return;
    add_limits(group, 0, most_threads());
    group.add(0, most_threads(), VariantCase{std::nullopt, false});
    group.add(0, kDefaultThreads, VariantCase{std::nullopt, false});
  }

  void add_named(Dtype dtype, std::size_t rows, std::size_t cols) {
    Group group = begin(dtype, shape(rows, cols), kRoundsInCache);
    group.shapes.push_back(group.shapes[0]);
    group.shapes[1].gap = 1;
    add_compared(group);
    if (has_several_chunks(group)) add_peers(group, 0, most_threads());
    group.add(0, 1, VariantCase{std::nullopt, true});
    group.add(1, 1, VariantCase{std::nullopt, false});
    for (const Variant& variant : list_.variants) {
      if (variant.dtype == dtype && cols <= variant.most_cols)
        group.add(0, 1, VariantCase{variant, false});
    }
    end(std::move(group));
  }

  void add_memory(Dtype dtype, std::size_t cols) {
    // Twice the cache is enough for a pass over X to find nothing of the last one there; some
    // virtual machines are told of the whole package's cache, and four times 0.5 GiB took an hour.
    const std::size_t bytes = std::max(kGiB, 2 * machine_.last_level_cache);
    const std::size_t row = cols * (dtype == Dtype::kF32 ? 4 : 8), rows = (bytes + row - 1) / row;
    Group group = begin(dtype, shape(rows, cols), kRoundsFromMemory);
    add_compared(group);
    if (cols == 256) {
      add_peers(group, 0, most_threads());
      group.add(0, 1, VariantCase{std::nullopt, true});
    }
    end(std::move(group));
  }

  void add_size(std::size_t bytes, std::size_t cols) {
    const std::size_t rows = std::max<std::size_t>(bytes / (cols * sizeof(float)), 1);
    const bool named = std::any_of(groups_.begin(), groups_.end(), [&](const Group& group) {
      return group.dtype == Dtype::kF32 && group.shapes[0].rows == rows &&
             group.shapes[0].cols == cols;
    });
    if (named) return;
    Group group = begin(Dtype::kF32, shape(rows, cols), kRoundsInCache);
    add_compared(group);
    end(std::move(group));
  }

  void add_columns(std::size_t first, std::size_t count) {
    Group group{Dtype::kF32, {}, {}, list_.rounds > 0 ? list_.rounds : kRoundsInCache};
    for (std::size_t cols = first; cols < first + count; ++cols) {
      group.shapes.push_back(shape(kColumnsBytes / (cols * sizeof(float)), cols));
      group.add(group.shapes.size() - 1, 1, VariantCase{std::nullopt, false});
    }
    add_limits(group, group.shapes.size() - 1, 1);
    add_peers(group, group.shapes.size() - 1, 1);
    end(std::move(group));
  }

  const CaseList& list_;
  const MachineSizes& machine_;
  std::vector<Group> groups_;
};

}  // namespace

std::vector<Group> full_groups(const CaseList& list, const MachineSizes& machine) {
  return FullPlan(list, machine).groups();
}

}  // namespace logigrad::bench
