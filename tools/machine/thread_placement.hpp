// How OpenMP was told to run, and where its threads really run.
//
// The settings are a wish: a runtime ignores what it cannot do, and unbound threads move. So the
// record of a measurement holds both.
#pragma once

#include <string>
#include <vector>

namespace logigrad {

// Where each OpenMP thread of a parallel region of `threads` threads (0: as many as OpenMP takes by
// itself) was, by its thread number: the number of a logical CPU, or -1 where the system does not
// say. For unbound threads it is a sample, good for that moment; it is taken `busy_seconds` after
// the region began, through which the threads compute, so that the scheduler can spread them.
std::vector<int> sample_placement(int threads = 0, double busy_seconds = 0);

// "OMP_NUM_THREADS=2; OMP_PROC_BIND=unset; ...; omp_get_max_threads=2; omp_get_proc_bind=false":
// the environment as set, "unset" otherwise, then what the runtime made of it.
std::string openmp_settings();

// Those of the environment that steer OpenMP, as "OMP_PLACES=cores", sorted: all of OpenMP's own,
// GCC's GOMP_* and LLVM's KMP_*, whatever they are.
std::vector<std::string> openmp_variables();

// What OpenMP binds threads to now: "false", "true", "primary", "close", "spread".
std::string openmp_binding();

// sample_placement() in words, "0:cpu0 1:cpu1", with "cpu?" where the system does not say.
std::string thread_placement(int threads = 0);

}  // namespace logigrad
