// The hardware's limits for one problem, measured on its own data: how fast X and y can be read
// from where they are, and how fast the arithmetic of the gradient can be done without reading.
//
// No evaluation can take less time than the fastest read-only pass over X and y, nor less than two
// loads and two FMAs for each vector of X take: the larger of the two is its lower bound.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "logigrad/problem.hpp"

namespace logigrad::bench {

struct LimitInfo {
  std::string_view name;  // "read_4"
  std::string_view isa;   // the strongest that runs: the one whose loads are widest
  enum class Kind { kRead, kArithmetic, kPart } kind;  // kPart: loads or FMAs alone, to be shown
};

// The limits of this machine; the same list for every problem.
std::vector<LimitInfo> limits();

// Runs limit `index` of the list above once with `threads` threads, as for one evaluation of the
// problem. Returns a value that depends on everything that was done.
template <class T>
double run_limit(std::size_t index, const Problem<T>& problem, int threads);

}  // namespace logigrad::bench
