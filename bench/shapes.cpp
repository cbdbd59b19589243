// The shape list; see shapes.hpp.
#include "bench/shapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tools/dataset/input_error.hpp"

namespace logigrad::bench {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr double kGiB = 1024.0 * static_cast<double>(kMiB);
constexpr std::size_t kWideCols = 256;  // of the shapes that are a number of bytes
constexpr std::size_t kUsualCache = 32 * kMiB;

BenchShape shape_of_bytes(const std::string& name, std::size_t bytes) {
  return {name, std::max<std::size_t>(bytes / (kWideCols * sizeof(float)), 2), kWideCols, true};
}

}  // namespace

double BenchShape::bytes_needed(Dtype dtype) const {
  const double n = static_cast<double>(rows_of(dtype)), d = static_cast<double>(cols);
  // X and y; per row the reference's slope and loss in double-double and the judge's five doubles;
  // per column a few doubles.
  return n * (d + 1) * (dtype == Dtype::kF32 ? 4 : 8) + n * 9 * 8 + d * 16 * 8;
}

std::vector<BenchShape> named_shapes(const MachineSizes& machine, std::vector<std::string>& notes) {
  std::size_t cache = machine.last_level_cache;
  if (cache == 0) {
    cache = kUsualCache;
    notes.push_back(fmt::format(
        "the size of the last-level cache is unknown: llc and dram assume {} MiB", cache / kMiB));
  }
  std::size_t dram = 8 * cache;
  const std::size_t quarter = machine.available_memory / 4;
  if (dram > quarter) {
    dram = quarter;
    notes.push_back(
        fmt::format("dram is capped at a quarter of the available memory: {} MiB instead of {} MiB",
                    dram / kMiB, 8 * cache / kMiB));
  }
  return {{"toy", 100, 2},
          {"tiny-d", 4096, 8},
          {"higgs", 4096, 28},
          {"a9a", 2048, 123},
          {"square", 256, 256},
          {"mnist", 1000, 784},
          {"wide", 64, 4096},
          shape_of_bytes("llc", cache / 2),
          shape_of_bytes("dram", dram)};
}

BenchShape find_shape(const std::string& request, const std::vector<BenchShape>& named) {
  for (const BenchShape& shape : named) {
    if (shape.name == request) return shape;
  }
  BenchShape shape{request, 0, 0};
  const char* end = request.data() + request.size();
  const auto rows = std::from_chars(request.data(), end, shape.rows);
  if (rows.ec == std::errc() && rows.ptr != end && *rows.ptr == 'x') {
    const auto cols = std::from_chars(rows.ptr + 1, end, shape.cols);
    if (cols.ec == std::errc() && cols.ptr == end && shape.rows > 0) return shape;
  }
  std::string names;
  for (const BenchShape& each : named) names += each.name + ", ";
  throw InputError(
      fmt::format("--shape: found '{}', expected {}or NxD, for example 1000x20", request, names));
}

void check_fits(const BenchShape& shape, Dtype dtype, const MachineSizes& machine) {
  const double needed = shape.bytes_needed(dtype);
  if (needed <= static_cast<double>(machine.available_memory)) return;
  throw InputError(fmt::format("shape {} in {} needs {:.1f} GiB, {:.1f} GiB are available",
                               shape.name, name_of(dtype), needed / kGiB,
                               static_cast<double>(machine.available_memory) / kGiB));
}

}  // namespace logigrad::bench
