// What a cell says as a number: decimal, in the C locale whatever the program's locale is.
//
//   1   +1   -1.5   .5   5.   1e-3          numbers; a number too small for double is 0 or denormal
//   nan   -inf   infinity   1e999           numbers that nothing can be computed with
//   1.5x   0x10   1_000   1,5   (empty)     text
#pragma once

#include <string_view>

#include "tools/dataset/text_file.hpp"

namespace logigrad::dataset {

enum class NumberKind { kFinite, kNotFinite, kOverflow, kText };

struct Number {
  NumberKind kind;
  double value;  // of kFinite; otherwise 0
};

// Reads `cell`, which may be in quotes.
Number parse_number(std::string_view cell);

// The value of `cell`, a view into `file`. Throws InputError unless it is finite and of magnitude
// <= largest; `hint` is added to the message about text.
double finite_number(const TextFile& file, std::string_view cell, double largest,
                     std::string_view hint = "");

}  // namespace logigrad::dataset
