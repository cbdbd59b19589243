// The peers' own code that is compiled once for every ISA, as kernels/isa_table.cpp is, and the
// choice among the tables at run time. Plain types only: those files include this one.
#pragma once

#include <cstddef>

#include "kernels/body.hpp"

namespace logigrad::bench {

// Adds the part of the rows in `range`, of which there may be any number, to dw[0..D) and *db.
template <class T>
struct OwnCode {
  // z[i] becomes -y[i] sigmoid(-y[i] (z[i] + b)), the factor of row i in the gradient; returns
  // their sum.
  T (*slopes)(const T* y, T b, T* z, std::size_t count, MapFunction<T> sigmoid);
  void (*row_at_a_time)(const RowRange<T>& range, T* dw, T* db);
  void (*systemds)(const RowRange<T>& range, MapFunction<T> sigmoid, T* dw, T* db);
};

struct OwnCodeTable {
  const char* name;     // of the ISA
  const char* library;  // PeerInfo::library
  OwnCode<float> f32;
  OwnCode<double> f64;
};

// `margins` holds as many elements as the range has rows.
template <class T>
using EigenGradient = void (*)(const RowRange<T>& range, T* margins, T* dw, T* db);

struct EigenTable {
  const char* name;     // of the ISA
  const char* library;  // PeerInfo::library
  EigenGradient<float> f32;
  EigenGradient<double> f64;
};

}  // namespace logigrad::bench
