// Kernel bodies with one fault each, for testing the judges: what they let pass is worth nothing.
//
// A broken body runs a good one (fused) and then spoils its partial, or lies to it about its rows.
#pragma once

#include <iterator>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/registry.hpp"

namespace logigrad {

enum class Fault {
  kNone,
  kSignFlipped,
  kLastRowDropped,
  kLastRowOfShortChunkDropped,  // one row of a large problem
  kLastColumnDropped,
  kRowCountedTwice,
  kOneLaneWrong,
  kNanOut,
  kLossWithoutLastRow,
  kDbForgotten,
};

inline constexpr Fault kFaults[] = {Fault::kSignFlipped,
                                    Fault::kLastRowDropped,
                                    Fault::kLastRowOfShortChunkDropped,
                                    Fault::kLastColumnDropped,
                                    Fault::kRowCountedTwice,
                                    Fault::kOneLaneWrong,
                                    Fault::kNanOut,
                                    Fault::kLossWithoutLastRow,
                                    Fault::kDbForgotten};

inline constexpr std::string_view name_of(Fault fault) {
  constexpr std::string_view kNames[] = {"none",
                                         "sign_flipped",
                                         "last_row_dropped",
                                         "last_row_of_a_short_chunk_dropped",
                                         "last_column_dropped",
                                         "row_counted_twice",
                                         "one_lane_wrong",
                                         "nan_out",
                                         "loss_without_last_row",
                                         "db_forgotten"};
  return kNames[static_cast<int>(fault)];
}

// The body as the drivers see it. A chunk of no row is left alone.
template <class T, Fault kFault, bool kLoss>
void broken_body(const RowRange<T>& range, T* scratch, double* partial) {
  static const BodyEntry<T>& good = body_of<T>(find_variant("fused", kDtypeOf<T>, 0, 0));
  const auto run = kLoss ? good.loss_gradient : good.gradient;
  const std::size_t cols = range.cols;
  RowRange<T> rows = range;
  const double loss_before = partial[cols + 1], db_before = partial[cols];
  if (kFault == Fault::kLastRowDropped && rows.rows) --rows.rows;
  if (kFault == Fault::kLastRowOfShortChunkDropped && rows.rows % kMaxChunkRows) --rows.rows;
  run(rows, scratch, partial);
  if (kFault == Fault::kRowCountedTwice && rows.rows) {
    rows.rows = 1;
    run(rows, scratch, partial);
  }
  if (kFault == Fault::kSignFlipped) {
    for (std::size_t j = 0; j <= cols; ++j) partial[j] = -partial[j];
  }
  if (kFault == Fault::kLastColumnDropped && cols) partial[cols - 1] = 0;
  if (kFault == Fault::kOneLaneWrong && cols) partial[cols / 2] *= 1 + 1e-3;
  if (kFault == Fault::kNanOut && cols) partial[0] = std::numeric_limits<double>::quiet_NaN();
  if (kFault == Fault::kLossWithoutLastRow && kLoss && range.rows) {
    rows = range;
    --rows.rows;
    double* without = new double[cols + 2]();
    run(rows, scratch, without);
    partial[cols + 1] = loss_before + without[cols + 1];
    delete[] without;
  }
  if (kFault == Fault::kDbForgotten) partial[cols] = db_before;
}

// Its fault is one that random data do not show: it adds up all rows of a chunk in T, 2048 of them,
// where the bound allows 256.
template <class T, bool kLoss>
void unflushed_body(const RowRange<T>& range, T* scratch, double* partial) {
  static const BodyEntry<T>& good = body_of<T>(find_variant("fused", kDtypeOf<T>, 0, 0));
  const std::size_t count = range.cols + 2;
  std::vector<T> sums(count, T(0));
  RowRange<T> row = range;
  row.rows = 1;
  for (std::size_t n = 0; n < range.rows; ++n, row.x += range.stride, ++row.y) {
    std::vector<double> terms(count, 0.0);  // of one row: exact
    (kLoss ? good.loss_gradient : good.gradient)(row, scratch, terms.data());
    for (std::size_t j = 0; j < count; ++j) sums[j] += static_cast<T>(terms[j]);
    if (row.weights) ++row.weights;
  }
  for (std::size_t j = 0; j < count; ++j) partial[j] += static_cast<double>(sums[j]);
}

// A variant that any driver takes, of those two bodies; `name` says its fault.
template <class T, BodyFunction<T> kGradient, BodyFunction<T> kLossGradient>
Variant variant_of(std::string_view name) {
  static const BodyEntry<T>& good = body_of<T>(find_variant("fused", kDtypeOf<T>, 0, 0));
  static const BodyEntry<T> entry{kGradient, kLossGradient, good.scratch, good.most_cols};
  Variant variant = find_variant("fused", kDtypeOf<T>, 0, 0);
  variant.body = name;
  variant.implementation = &entry;
  return variant;
}

template <class T, Fault kFault>
Variant broken_variant() {
  return variant_of<T, broken_body<T, kFault, false>, broken_body<T, kFault, true>>(
      name_of(kFault));
}

template <class T>
Variant unflushed_variant() {
  return variant_of<T, unflushed_body<T, false>, unflushed_body<T, true>>("unflushed");
}

template <class T, std::size_t... I>
std::vector<std::pair<Fault, Variant>> broken_variants(std::index_sequence<I...>) {
  return {{kFaults[I], broken_variant<T, kFaults[I]>()}...};
}

template <class T>
std::vector<std::pair<Fault, Variant>> broken_variants() {
  return broken_variants<T>(std::make_index_sequence<std::size(kFaults)>());
}

}  // namespace logigrad
