// The one exception for input that a person can correct: a file, a cell, an argument.
//
// Its message is complete, "FILE:LINE:COLUMN: found X, expected Y" as far as these are known, so a
// program prints it and stops; it is never caught to try something else.
#pragma once

#include <stdexcept>

namespace logigrad {

class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace logigrad
