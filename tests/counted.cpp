// A logigrad_bench that evaluates for the count alone: its options, its names, its results, and a
// gradient of which program_gate_instructions_test knows what a build of it should cost.
//
// COUNTED_SPILL adds a store and a load of the stack to the inner loop, as a spill does;
// COUNTED_WRONG makes the answer wrong.
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "tests/made_result.hpp"

namespace logigrad {

template <class T>
T squared(T x) {
  T value = x * x;
#ifdef COUNTED_SPILL
  volatile T spilled = value;
  value = spilled;
#endif
  return value;
}

// The name by which the gate knows what to count. Not inlined, as the library's is not; and small
// problems take no parallel region, as there.
template <class T>
[[gnu::noinline]] void gradient(const std::vector<T>& x, T& sum) {
  if (x.size() <= 4096) {
    for (const T value : x) sum += squared(value);
    return;
  }
#pragma omp parallel for num_threads(2) reduction(+ : sum) schedule(static)
  for (std::size_t i = 0; i < x.size(); ++i) sum += squared(x[i]);
}

}  // namespace logigrad

int main(int argc, char** argv) {
  std::string out, filter;
  bool list = false;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with("--benchmark_out=")) out = argument.substr(16);
    if (argument.starts_with("--benchmark_filter=^")) filter = argument.substr(20);
    list = list || argument == "--benchmark_list_tests";
  }
  const std::string serial = "gradient/auto/any/f32/N:64/D:64";
  const std::string shared = "gradient/auto/any/f32/N:128/D:64";
  if (list) {
    std::cout << serial << "/threads:1\n" << shared << "/threads:2\n";
    return 0;
  }
  const bool is_serial = filter == serial + "/threads:1$";
  const std::vector<float> x(is_serial ? 4096 : 8192, 1.0F);
  // As the benchmark does: more calls than the one that is timed, not always as many, and the first
  // one of another problem.
  float sum = 0;
  logigrad::gradient<float>({x.begin(), x.begin() + 100}, sum);
  for (long call = 0; call < 2 + std::atol(getenv("CALLS") ? getenv("CALLS") : "0"); ++call)
    logigrad::gradient<float>(x, sum = 0);
  logigrad::MadeResult result;
#ifdef COUNTED_WRONG
  result.add_failure(serial, "wrong");
#else
  // MadeResult's names are of one thread; the sum has to be used.
  result.add(serial, {1e-6 * static_cast<double>(sum)});
#endif
  std::ofstream(out) << result.text();
#ifdef COUNTED_WRONG
  return 1;
#else
  return 0;
#endif
}
