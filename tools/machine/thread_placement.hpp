// How OpenMP was told to run, and where its threads really run.
//
// The settings are a wish: a runtime ignores what it cannot do, and unbound threads move. So the
// record of a measurement holds both.
#pragma once

#include <string>

namespace logigrad {

// "OMP_NUM_THREADS=2; OMP_PROC_BIND=unset; ...; omp_get_max_threads=2; omp_get_proc_bind=false":
// the environment as set, "unset" otherwise, then what the runtime made of it.
std::string openmp_settings();

// "0:cpu0 1:cpu1": for each OpenMP thread the CPU that it ran on in a parallel region of `threads`
// threads (0: as many as OpenMP takes by itself). For unbound threads it is a sample, good for that
// moment. "cpu?" where the system does not say.
std::string thread_placement(int threads = 0);

}  // namespace logigrad
