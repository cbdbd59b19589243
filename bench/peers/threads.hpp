// How many threads the libraries use, for the length of a call.
#pragma once

#include <string_view>

namespace logigrad::bench {

// Sets the number of threads of OpenMP, which libtorch and OpenBLAS's OpenMP build ask at every
// call, and of an OpenBLAS with threads of its own, which libtorch may call too; the destructor
// sets them back. So no peer sees what another one set.
class LibraryThreads {
 public:
  explicit LibraryThreads(int threads);
  ~LibraryThreads();
  LibraryThreads(const LibraryThreads&) = delete;
  LibraryThreads& operator=(const LibraryThreads&) = delete;

 private:
  int openmp_, openblas_;
};

// How the OpenBLAS in this process shares its work: "openmp", "pthread" or "serial"; "" if there is
// none.
std::string_view openblas_threading();

}  // namespace logigrad::bench
