// The choice of the ISA, and the threads; see limits.hpp.
#include "bench/limits/limits.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "bench/limits/isa_limits.hpp"
#include "bench/strongest.hpp"

namespace logigrad::bench {

#define LOGIGRAD_ISA(name, flags, ...) extern const LimitTable kLimits_##name;
#include "kernels/isas.inc"
#undef LOGIGRAD_ISA

namespace {

// Chosen at the first use: the choice alone would take longer than a small shape's limit.
const LimitTable& table() {
  static const std::vector<const LimitTable*> tables = {
#define LOGIGRAD_ISA(name, flags, ...) &kLimits_##name,
#include "kernels/isas.inc"
#undef LOGIGRAD_ISA
  };
  static const LimitTable& best = strongest(tables);
  return best;
}

// The combined results of share(thread) for every thread; a region of one thread would cost more
// than a small shape's limit.
template <class Result, class Share>
Result over_threads(int threads, const Share& share) {
  if (threads == 1) return share(0);
  Result result = 0;
#pragma omp parallel for num_threads(threads) schedule(static, 1) reduction(+ : result)
  for (int thread = 0; thread < threads; ++thread) result += share(thread);
  return result;
}

// Every thread's share of `count`, in whole multiples of `unit`; the last takes what is left.
struct Share {
  std::size_t begin, end;
  Share(std::size_t count, std::size_t unit, int thread, int threads) {
    const std::size_t each = count / static_cast<std::size_t>(threads) / unit * unit;
    begin = each * static_cast<std::size_t>(thread);
    end = thread + 1 == threads ? count : begin + each;
  }
};

template <class T>
double read(ReadFunction function, const Problem<T>& p, int threads) {
  const auto* x = reinterpret_cast<const std::byte*>(p.x);
  const auto* y = reinterpret_cast<const std::byte*>(p.y);
  return over_threads<std::uint32_t>(threads, [&](int thread) {
    const Share rows(p.rows, 64, thread, threads);
    const std::size_t row_bytes = p.stride * sizeof(T), count = rows.end - rows.begin;
    return function(x + rows.begin * row_bytes, count * row_bytes) +
           31 * function(y + rows.begin * sizeof(T), count * sizeof(T));
  });
}

template <class T>
double arithmetic(const PortFunctions<T>& ports, PortFunction<T> function, const Problem<T>& p,
                  int threads) {
  alignas(64) static const std::array<T, kPortElements> data{};
  // As if X were one array: a body may put rows side by side in a vector, and `column` does.
  const std::size_t vectors = (p.rows * p.cols + ports.lanes - 1) / ports.lanes;
  return over_threads<double>(threads, [&](int thread) {
    const Share share(vectors, 1, thread, threads);
    return static_cast<double>(function(share.end - share.begin, data.data()));
  });
}

}  // namespace

std::vector<LimitInfo> limits() {
  using Kind = LimitInfo::Kind;
  const LimitTable& best = table();
  std::vector<LimitInfo> list;
  for (std::size_t i = 0; i < best.read_count; ++i) {
    list.push_back({best.reads[i].name, best.name, Kind::kRead});
  }
  list.push_back({"loads_fmas", best.name, Kind::kArithmetic});
  list.push_back({"loads", best.name, Kind::kPart});
  list.push_back({"fmas", best.name, Kind::kPart});
  return list;
}

template <class T>
double run_limit(std::size_t index, const Problem<T>& problem, int threads) {
  const LimitTable& best = table();
  if (index < best.read_count) return read(best.reads[index].read, problem, threads);
  const PortFunctions<T>& ports = part_for<T>(best);
  const std::array functions = {ports.loads_fmas, ports.loads, ports.fmas};
  return arithmetic(ports, functions.at(index - best.read_count), problem, threads);
}

template double run_limit(std::size_t, const Problem<float>&, int);
template double run_limit(std::size_t, const Problem<double>&, int);

}  // namespace logigrad::bench
