// OpenBLAS is looked up, not linked: libtorch brings one where there is none of ours.
#include "bench/peers/threads.hpp"

#include <dlfcn.h>
#include <omp.h>

namespace logigrad::bench {
namespace {

template <class Function>
Function* look_up(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

struct OpenBlas {
  int parallel = -1;  // openblas_get_parallel(): 0 serial, 1 pthread, 2 openmp
  int (*get_num_threads)() = nullptr;
  void (*set_num_threads)(int) = nullptr;
};

const OpenBlas& openblas() {
  static const OpenBlas instance = [] {
    const auto parallel = look_up<int()>("openblas_get_parallel");
    if (!parallel) return OpenBlas{};
    return OpenBlas{parallel(), look_up<int()>("openblas_get_num_threads"),
                    look_up<void(int)>("openblas_set_num_threads")};
  }();
  return instance;
}

bool has_own_threads() { return openblas().parallel == 1; }

}  // namespace

LibraryThreads::LibraryThreads(int threads)
    : openmp_(omp_get_max_threads()),
      openblas_(has_own_threads() ? openblas().get_num_threads() : 0) {
  omp_set_num_threads(threads);
  if (has_own_threads()) openblas().set_num_threads(threads);
}

LibraryThreads::~LibraryThreads() {
  omp_set_num_threads(openmp_);
  if (has_own_threads()) openblas().set_num_threads(openblas_);
}

std::string_view openblas_threading() {
  switch (openblas().parallel) {
    case 0:
      return "serial";
    case 1:
      return "pthread";
    case 2:
      return "openmp";
    default:
      return "";
  }
}

}  // namespace logigrad::bench
