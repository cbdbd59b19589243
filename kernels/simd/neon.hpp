// What xsimd does worse than the compiler on vectors of NEON's floats, for the ISA of that name.
//
// 13 looks an operation up in a table of functions, one a type, at each use. GCC 12 sees through
// that, but in a large function only after it has inlined: then a loop calls a function of two
// instructions for each addition, which keeps no vector in a register, and the object exports the
// table's functions. Doubles have a table for the sum of lanes only: ops.hpp has both.
#pragma once

#if defined(__aarch64__)
#include <xsimd/xsimd.hpp>

#define LOGIGRAD_NEON_OPERATOR(OPERATOR, INTRINSIC)                         \
  template <>                                                               \
  inline __attribute__((always_inline)) xsimd::batch<float, xsimd::neon64>& \
  xsimd::batch<float, xsimd::neon64>::OPERATOR(const batch& y) noexcept {   \
    return *this = INTRINSIC(*this, y);                                     \
  }
#define LOGIGRAD_NEON_FUNCTION(NAME, INTRINSIC)                                         \
  template <>                                                                           \
  inline __attribute__((always_inline)) xsimd::batch<float, xsimd::neon64> xsimd::NAME( \
      const batch<float, neon64>& x, const batch<float, neon64>& y) noexcept {          \
    return INTRINSIC(x, y);                                                             \
  }

LOGIGRAD_NEON_OPERATOR(operator+=, vaddq_f32)
LOGIGRAD_NEON_OPERATOR(operator-=, vsubq_f32)
LOGIGRAD_NEON_OPERATOR(operator*=, vmulq_f32)
// xsimd, 8.1 as 13.2, takes two Newton steps for 1 / y, as a CPU of 32 bits has to, and is up to an
// ulp further off than the CPU's division.
LOGIGRAD_NEON_OPERATOR(operator/=, vdivq_f32)
LOGIGRAD_NEON_FUNCTION(max, vmaxq_f32)
LOGIGRAD_NEON_FUNCTION(min, vminq_f32)

#undef LOGIGRAD_NEON_OPERATOR
#undef LOGIGRAD_NEON_FUNCTION
#endif
