// Where one body is faster than another, by the shapes that it was measured with.
#include "kernels/auto_rule.hpp"

#include "kernels/body.hpp"

namespace logigrad {

// AMD: while L1 of all Zens holds X (Zen 5: 16 x 256 1.2 times as fast, from L2, where `panel`
// computes while it reads, 256 x 256 0.65). Elsewhere while L2 does, 1 MiB at least of all CPUs
// with AVX-512, 512 KiB where nothing is known (Emerald Rapids: 256 x 256 1.35); and from memory
// long rows, with AVX-512: 1 GiB of 1,225, 1,500, 2,000 and 4,096 floats 1.01, 1.12, 1.22, 1.14, of
// 784 doubles 1.15, but 16 MiB of 4,096 0.88, and with AVX2 0.95 to 1.07. Not so on Granite Rapids:
// 2,000 and 4,096 floats 0.79 and 0.86, 784 doubles 0.78.
bool is_for_block(std::size_t rows, std::size_t row_bytes, std::size_t vector_bytes, Core core) {
  constexpr std::size_t kFar = 32 << 20, kLongRow = 5 * 1024;
  const bool is_wide = vector_bytes == 64;
  const std::size_t near = (core == Core::kAmd ? 32 : is_wide ? 1024 : 512) * 1024;
  return rows <= near / row_bytes ||
         (core == Core::kOther && is_wide && row_bytes > kLongRow && rows > kFar / row_bytes);
}

// `narrow` takes as many rows at a time as a vector has lanes, or eight such vectors. AMD: 24 x 28
// 1.1 times as long with AVX-512, 1.5 with AVX2. Emerald Rapids: 48 x 60 1.27, 64 x 80 1.18, 96 x
// 112 1.2, though 96 x 100 0.93; with AVX2 40 x 60 1.28, 40 x 16 1.08.
std::size_t few_rows(std::size_t vectors, std::size_t vector_bytes, Core core) {
  return core == Core::kAmd ? 32 : vector_bytes == 64 ? 16 * vectors : 48;
}

// What `narrow` could serve as well, from memory: it reads and adds in turn, `panel` at once. 64,
// 80, 96 and 128 floats 1.08, 1.04, 1.03 and 1.18 times as fast, 48 0.98, and 64 doubles 1.10, 32
// 0.96; from L3 0.98 to 1.02 (Granite Rapids).
bool is_for_panel(std::size_t rows, std::size_t cols, std::size_t element_bytes,
                  std::size_t vector_bytes, Core core) {
  constexpr std::size_t kMostCols = 48;
  return core == Core::kRedwoodCove && vector_bytes == 64 && cols > kMostCols &&
         rows > kFromMemoryBytes / (cols * element_bytes);
}

}  // namespace logigrad
