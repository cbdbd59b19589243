// What the benchmark times: the list of named shapes, one line each, and shapes by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "logigrad/variant.hpp"
#include "tools/dataset/dataset.hpp"

namespace logigrad::bench {

// A problem size, and real data if it comes from a file.
struct BenchShape {
  std::string name;         // "higgs", or "1000x20" as it was asked for
  std::size_t rows, cols;   // rows of float
  bool by_bytes = false;    // double gets half the rows: the shape is a number of bytes
  std::string data_file{};  // empty: synthetic
  LoadOptions load{};       // for the data file
  std::size_t gap = 0;      // elements from a row's end to the next row; then X is unaligned, too

  std::size_t rows_of(Dtype dtype) const {
    return by_bytes && dtype == Dtype::kF64 ? rows / 2 : rows;
  }
  // Bytes that timing this shape needs at most, the reference's included.
  double bytes_needed(Dtype dtype) const;
};

struct MachineSizes {
  std::size_t last_level_cache;  // bytes; 0: unknown
  std::uint64_t available_memory;
};

// The named shapes, for this machine. `notes` receives what was capped or guessed, and why.
std::vector<BenchShape> named_shapes(const MachineSizes& machine, std::vector<std::string>& notes);

// A named shape or "NxD". Throws InputError, listing the names, if it is neither.
BenchShape find_shape(const std::string& request, const std::vector<BenchShape>& named);

// Throws InputError if the shape does not fit into the available memory.
void check_fits(const BenchShape& shape, Dtype dtype, const MachineSizes& machine);

}  // namespace logigrad::bench
