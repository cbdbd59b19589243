// Each thread writes where it is to its own element; the number of threads is only known inside,
// because a runtime may give fewer than were asked for.
#include "tools/machine/thread_placement.hpp"

#include <fmt/format.h>
#include <omp.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace logigrad {
namespace {

std::string name_of(omp_proc_bind_t bind) {
  switch (static_cast<int>(bind)) {
    case omp_proc_bind_false:
      return "false";
    case omp_proc_bind_true:
      return "true";
    case 2:  // omp_proc_bind_master, which OpenMP 5.1 renamed to omp_proc_bind_primary
      return "primary";
    case omp_proc_bind_close:
      return "close";
    case omp_proc_bind_spread:
      return "spread";
    default:  // libomp has values of its own for KMP_AFFINITY and GOMP_CPU_AFFINITY
      return fmt::format("{}", static_cast<int>(bind));
  }
}

}  // namespace

std::string openmp_settings() {
  std::string text;
  for (const char* name : {"OMP_NUM_THREADS", "OMP_PROC_BIND", "OMP_PLACES", "OMP_SCHEDULE",
                           "OMP_DYNAMIC", "OMP_WAIT_POLICY"}) {
    const char* value = std::getenv(name);
    text += fmt::format("{}={}; ", name, value == nullptr ? "unset" : value);
  }
  return text + fmt::format("omp_get_max_threads={}; omp_get_proc_bind={}", omp_get_max_threads(),
                            openmp_binding());
}

std::vector<std::string> openmp_variables() {
  std::vector<std::string> variables;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view variable = *at;
    for (const std::string_view prefix : {"OMP_", "GOMP_", "KMP_"}) {
      if (variable.starts_with(prefix)) variables.emplace_back(variable);
    }
  }
  std::ranges::sort(variables);
  return variables;
}

std::string openmp_binding() { return name_of(omp_get_proc_bind()); }

std::vector<int> sample_placement(int threads, double busy_seconds) {
  if (threads <= 0) threads = omp_get_max_threads();
  constexpr int kDidNotRun = -2;
  std::vector<int> cpus(static_cast<std::size_t>(threads), kDidNotRun);
#pragma omp parallel num_threads(threads)
  {
    const double begin = omp_get_wtime();
    while (omp_get_wtime() - begin < busy_seconds) continue;
    cpus[static_cast<std::size_t>(omp_get_thread_num())] = sched_getcpu();
  }
  std::erase(cpus, kDidNotRun);
  return cpus;
}

std::string thread_placement(int threads) {
  const std::vector<int> cpus = sample_placement(threads);
  std::string text;
  for (std::size_t thread = 0; thread < cpus.size(); ++thread) {
    text += fmt::format("{}{}:cpu{}", thread == 0 ? "" : " ", thread,
                        cpus[thread] < 0 ? "?" : fmt::format("{}", cpus[thread]));
  }
  return text;
}

}  // namespace logigrad
