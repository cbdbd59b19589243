// bits_digest [THREADS...]: a line for every variant that runs here, with a hash of what it gives
// for several problems; for every number of threads the same, or it says so and exits with 1.
// Two builds, or two environments, promise the same bits where they print the same lines.
//
// No more threads run than there are chunks: so it fails as well if a number of threads that was
// asked for is not had by the problems that are there for it. Exit status 2: usage.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "tests/problem_data.hpp"
#include "tests/visible_order.hpp"

namespace logigrad {
namespace {

// FNV-1a of bytes, as they lie in memory.
class Hash {
 public:
  template <class T>
  void add(const T& value) {
    unsigned char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof bytes);
    for (const unsigned char byte : bytes) value_ = (value_ ^ byte) * 0x100000001b3u;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325u;
};

// One chunk and several; each body's kinds of rows; weights; misaligned rows with gaps.
const Shape kShapes[] = {{5, 3},      {100, 2},   {4096, 4, 1, 1},        {9001, 28, 0, 0, true},
                         {2048, 123}, {700, 256}, {530, 301, 3, 1, true}, {300, 1024},
                         {20011, 8}};
// At least 17 chunks, of the three ways in which rows are taken: by `column`, `narrow` and `panel`.
const Shape kShapesOfManyChunks[] = {{36001, 3}, {34003, 9, 0, 1, true}, {2203, 513, 3, 1, true}};

template <class T>
using Problems = std::vector<std::unique_ptr<ProblemData<T>>>;

template <class T>
std::uint64_t digest(const Variant& variant, const Problems<T>& problems, int threads) {
  Hash hash;
  for (const auto& data : problems) {
    data->evaluate(&variant, true, threads);
    for (const T value : data->result()) hash.add(value);
    hash.add(*data->db());
    hash.add(data->loss);
  }
  return hash.value();
}

template <class T>
bool print(const std::vector<int>& threads) {
  Problems<T> problems;
  for (const Shape& shape : kShapes) problems.push_back(std::make_unique<ProblemData<T>>(shape));
  bool same = true;
  for (const Shape& shape : kShapesOfManyChunks) {
    problems.push_back(std::make_unique<ProblemData<T>>(shape));
    make_order_visible(*problems.back());
    for (const int count : threads) {
      const int planned = planned_threads(shape.rows, shape.cols, kDtypeOf<T>, count);
      if (count == 0 || planned == count) continue;
      std::printf("%zux%zu: %d threads for the %d asked for\n", shape.rows, shape.cols, planned,
                  count);
      same = false;
    }
  }
  for (const Variant& variant : variants()) {
    if (variant.dtype != kDtypeOf<T> || !variant.runnable()) continue;
    const std::uint64_t first = digest(variant, problems, threads[0]);
    std::printf("%s %016llx\n", variant.name().c_str(), static_cast<unsigned long long>(first));
    for (const int count : threads) {
      if (digest(variant, problems, count) == first) continue;
      std::printf("%s: other bits by %d threads than by %d\n", variant.name().c_str(), count,
                  threads[0]);
      same = false;
    }
  }
  return same;
}

}  // namespace
}  // namespace logigrad

int main(int argc, char** argv) {
  std::vector<int> threads;
  for (int i = 1; i < argc; ++i) {
    const char* const end = argv[i] + std::strlen(argv[i]);
    int count = 0;
    const auto [stop, error] = std::from_chars(argv[i], end, count);
    if (error != std::errc() || stop != end || count < 0) {
      std::fprintf(stderr, "bits_digest: found '%s', expected a number of threads\n", argv[i]);
      return 2;
    }
    threads.push_back(count);
  }
  if (threads.empty()) threads.push_back(0);
  const bool f32 = logigrad::print<float>(threads), f64 = logigrad::print<double>(threads);
  return f32 && f64 ? 0 : 1;
}
