// Argument checks; see check_arguments.hpp and Problem::checked().
#include "kernels/check_arguments.hpp"

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace logigrad {
namespace {

[[noreturn]] void fail(const std::string& message) { throw std::invalid_argument(message); }

struct Span {
  const char* name;
  std::uintptr_t begin, end;
};

template <class T>
Span span_of(const char* name, const T* data, std::size_t count) {
  const auto begin = reinterpret_cast<std::uintptr_t>(data);
  return {name, begin, begin + (data ? count : 0) * sizeof(T)};
}

bool overlap(const Span& a, const Span& b) { return a.begin < b.end && b.begin < a.end; }

// Elements from the first of X to behind its last; 0 if there is none.
template <class T>
std::size_t extent(const Problem<T>& p) {
  return p.rows && p.cols ? (p.rows - 1) * p.stride + p.cols : 0;
}

}  // namespace

template <class T>
void check_problem(const Problem<T>& p, const T* w) {
  if (p.stride < p.cols) {
    fail("stride: found " + std::to_string(p.stride) +
         ", expected at least cols = " + std::to_string(p.cols));
  }
  std::size_t elements = 0;
  if (__builtin_mul_overflow(p.rows, p.stride, &elements) || elements > PTRDIFF_MAX / sizeof(T)) {
    fail("rows: " + std::to_string(p.rows) + " rows of stride " + std::to_string(p.stride) +
         " exceed the address space");
  }
  if (!p.x && p.rows && p.cols) fail("x: is null, expected rows x cols elements");
  if (!p.y && p.rows) fail("y: is null, expected one label a row");
  if (!w && p.cols) fail("w: is null, expected cols elements");
  if (!(p.l2 >= 0) || std::isinf(p.l2)) {
    fail("l2: found " + std::to_string(p.l2) + ", expected a finite number >= 0");
  }
}

template <class T>
void check_outputs(const Problem<T>& p, const T* w, const T* dw, const T* db) {
  if (!dw && p.cols) fail("dw: is null, expected room for cols elements");
  if (!db && p.intercept) fail("db: is null, expected room for one element (or intercept = false)");
  const Span inputs[] = {span_of("x", p.x, extent(p)), span_of("y", p.y, p.rows),
                         span_of("weights", p.weights, p.rows), span_of("w", w, p.cols)};
  const Span outputs[] = {span_of("dw", dw, p.cols), span_of("db", db, 1)};
  for (const Span& out : outputs) {
    for (const Span& in : inputs) {
      if (overlap(out, in)) fail(std::string(out.name) + ": overlaps " + in.name);
    }
  }
  if (overlap(outputs[0], outputs[1])) fail("db: overlaps dw");
}

template <class T>
const Problem<T>& Problem<T>::checked() const {
  const T none{};
  check_problem(*this, &none);
  for (std::size_t n = 0; n < rows; ++n) {
    if (y[n] != 1 && y[n] != -1) {
      fail("y: found " + std::to_string(y[n]) + " in row " + std::to_string(n) +
           ", expected -1 or +1");
    }
    if (weights && !(weights[n] >= 0 && std::isfinite(weights[n]))) {
      fail("weights: found " + std::to_string(weights[n]) + " in row " + std::to_string(n) +
           ", expected a finite number >= 0");
    }
  }
  return *this;
}

template void check_problem(const Problem<float>&, const float*);
template void check_problem(const Problem<double>&, const double*);
template void check_outputs(const Problem<float>&, const float*, const float*, const float*);
template void check_outputs(const Problem<double>&, const double*, const double*, const double*);
template const Problem<float>& Problem<float>::checked() const;
template const Problem<double>& Problem<double>::checked() const;

}  // namespace logigrad
