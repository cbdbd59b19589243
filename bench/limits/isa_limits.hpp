// The limits' code that is compiled once for every ISA, as kernels/isa_table.cpp is. Plain types
// only: that file includes this one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace logigrad::bench {

// Reads `bytes` bytes, a multiple of 4, once; the result depends on each of them, so that none can
// be left out.
using ReadFunction = std::uint32_t (*)(const std::byte* data, std::size_t bytes);

// Does the arithmetic of `vectors` vectors of X on data that is in L1.
template <class T>
using PortFunction = T (*)(std::size_t vectors, const T* data);

inline constexpr std::size_t kPortElements = 2048;  // of T that a PortFunction reads, 64-aligned

template <class T>
struct PortFunctions {
  std::size_t lanes;
  PortFunction<T> loads, fmas, loads_fmas;
};

struct ReadKernel {
  const char* name;
  ReadFunction read;
};

struct LimitTable {
  const char* name;  // of the ISA
  const ReadKernel* reads;
  std::size_t read_count;
  PortFunctions<float> f32;
  PortFunctions<double> f64;
};

}  // namespace logigrad::bench
