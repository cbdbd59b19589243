// Which of its kernels OpenBLAS takes.
#pragma once

#include <string_view>

namespace logigrad::bench {

// The core type that OpenBLAS has to be told, OPENBLAS_CORETYPE, or "" if its own choice is right.
// It goes by the CPU's model, and takes one that is younger than itself for a CPU with SSE alone:
// 0.3.21 calls an Emerald Rapids, which has AVX-512, "Prescott". `core` is its own choice.
std::string_view better_openblas_core(std::string_view core, bool has_avx2_fma, bool has_avx512);

// Starts this process anew with that core type, if there is an OpenBLAS that needs it and the
// environment says nothing: it chooses when it is loaded. Returns if there is nothing to do.
void restart_with_openblas_core(char** argv);

}  // namespace logigrad::bench
