// seeded_faults FAULT: a fault of the kind that a sanitizer or valgrind is there for, in a call of
// the library as any test makes it. A tool that is silent about it is not looking.
#include <atomic>
#include <cstdio>
#include <cstring>
#include <memory>
#include <thread>

#include "tests/broken_bodies.hpp"
#include "tests/problem_data.hpp"

namespace logigrad {
namespace {

// A label too few, at the end of an allocation: the last row's is read behind it.
void short_buffer() {
  ProblemData<float> data({100, 4});
  const std::unique_ptr<float[]> labels(new float[99]);
  std::fill_n(labels.get(), 99, 1.0f);
  data.problem.y = labels.get();
  data.evaluate(&find_variant("fused", Dtype::kF32, 100, 4), false);
}

// A column of X that nobody has written decides what is printed.
void uninitialised() {
  ProblemData<float> data({100, 4});
  const std::unique_ptr<float[]> x(new float[400]);
  for (std::size_t i = 0; i < 399; ++i) x[i] = 1;
  data.problem.x = x.get();
  data.problem.stride = 4;
  data.evaluate(&find_variant("fused", Dtype::kF32, 100, 4), false);
  std::puts(*data.db() > 0 ? "positive" : "negative");
}

// The number of rows in an int, times one that is too large for it.
void overflow() {
  ProblemData<float> data({100, 4});
  data.evaluate(&find_variant("fused", Dtype::kF32, 100, 4), false);
  const int rows = static_cast<int>(data.problem.rows);
  std::printf("%d\n", rows * 100'000'000);
}

// X begins between two floats: x86 loads them nevertheless, and only the body loads them.
void misaligned() {
  ProblemData<float> data({100, 4});
  const std::unique_ptr<char[]> bytes(new char[100 * 4 * sizeof(float) + 1]);
  std::fill_n(&bytes[1], 100 * 4 * sizeof(float), '\0');
  data.problem.x = reinterpret_cast<const float*>(&bytes[1]);
  data.problem.stride = 4;
  data.evaluate(&find_variant("naive", Dtype::kF32, 100, 4), false);
  std::printf("%g\n", static_cast<double>(*data.db()));
}

// A body that adds to one sum from all threads, as a merge without its order would. A thread waits
// for another one, since on a busy machine the first might be done before there is a second; what
// they wait by orders nothing else.
double shared_sum = 0;
std::atomic<int> threads_here = 0;
void wait_for_another() {
  [[maybe_unused]] thread_local const int mine =
      threads_here.fetch_add(1, std::memory_order_relaxed);
  while (threads_here.load(std::memory_order_relaxed) < 2) std::this_thread::yield();
}
template <bool kLoss>
void unsynchronised_body(const RowRange<float>& range, float* scratch, double* partial) {
  static const BodyEntry<float>& good = body_of<float>(find_variant("fused", Dtype::kF32, 0, 0));
  (kLoss ? good.loss_gradient : good.gradient)(range, scratch, partial);
  wait_for_another();
  shared_sum += partial[0];
}
void unsynchronised_merge() {
  ProblemData<float> data({100'000, 4});
  const Variant variant =
      variant_of<float, unsynchronised_body<false>, unsynchronised_body<true>>("unsynchronised");
  data.evaluate(&variant, false, 4);
  std::printf("%g\n", shared_sum);
}

int run(const char* fault) {
  if (std::strcmp(fault, "short_buffer") == 0) return short_buffer(), 0;
  if (std::strcmp(fault, "overflow") == 0) return overflow(), 0;
  if (std::strcmp(fault, "misaligned") == 0) return misaligned(), 0;
  if (std::strcmp(fault, "uninitialised") == 0) return uninitialised(), 0;
  if (std::strcmp(fault, "unsynchronised_merge") == 0) return unsynchronised_merge(), 0;
  return std::fprintf(stderr, "found '%s', expected a fault\n", fault), 2;
}

}  // namespace
}  // namespace logigrad

int main(int argc, char** argv) { return logigrad::run(argc == 2 ? argv[1] : ""); }
