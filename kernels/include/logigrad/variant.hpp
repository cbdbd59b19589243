// A variant is one kernel body compiled for one ISA and one type: "panel/avx2_fma/f32".
// The registry lists all that are in this binary, whether the CPU can run them or not.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace logigrad {

enum class Dtype { kF32, kF64 };

template <class T>
inline constexpr Dtype kDtypeOf = sizeof(T) == 4 ? Dtype::kF32 : Dtype::kF64;

std::string_view name_of(Dtype dtype);  // "f32", "f64"

struct Variant {
  std::string_view body;  // "panel": the header in kernels/dense/
  std::string_view isa;   // "avx2_fma": the line in cmake/isas.cmake
  Dtype dtype;
  std::size_t lanes;           // elements of dtype in one vector; 1 for the scalar bodies
  bool vector_margin;          // margins are summed in lanes, not one after another
  std::size_t most_cols;       // rows wider than this it passes on to another body
  std::size_t isa_rank;        // position in the ISA table, weakest 0
  const void* implementation;  // internal

  std::string name() const;  // "panel/avx2_fma/f32"

  // Empty if this variant can run here; otherwise why not: the CPU features that the CPU or its
  // operating system lacks ("avx512f, avx512bw") or the cap that forbids it.
  std::string missing() const;
  bool runnable() const { return missing().empty(); }

  // The m of the error bound: how many roundings in T a term of the margin sees at most.
  std::size_t margin_depth(std::size_t cols) const;
};

// Every variant in this binary, in the order of the ISA table, then of the variant list.
std::span<const Variant> variants();

// The rule `auto`: the runnable variant for this shape. It never allocates or throws.
const Variant& auto_variant(Dtype dtype, std::size_t rows, std::size_t cols);

// Finds the variant a person asks for: a full name ("panel/avx2_fma/f32"), a body and an ISA
// ("panel/avx2_fma"), a body alone ("panel": on the best ISA that runs it), or "auto".
// Throws std::invalid_argument if there is none, if it is of another type than `dtype`, or if it
// cannot run here; the message lists what there is, or names the missing CPU features.
const Variant& find_variant(std::string_view request, Dtype dtype, std::size_t rows,
                            std::size_t cols);

// The ISAs of this binary, weakest first; those of them that CPU and operating system support; and
// those of these that the cap allows.
std::vector<std::string> compiled_isas();
std::vector<std::string> supported_isas();
std::vector<std::string> runnable_isas();

// The flags an ISA's kernels were compiled with, for the record of a measurement; "" if unknown.
std::string_view isa_flags(std::string_view isa);

// Caps the ISA: nothing stronger than `isa` runs from now on ("" removes the cap). Before the
// first call the environment variable LOGIGRAD_MAX_ISA is the cap. Not to be called while an
// evaluation runs. Throws std::invalid_argument if `isa` is not compiled in, listing those that
// are; the same for a bad LOGIGRAD_MAX_ISA, at the first use of the registry.
void cap_isa(std::string_view isa);

}  // namespace logigrad
