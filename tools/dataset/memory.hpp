// Whether a dense matrix may be allocated at all: a sparse file of a few bytes can ask for one of
// terabytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace logigrad::dataset {

// "3.4 GiB", "12.0 MiB"
std::string size_in_words(double bytes);

// "needs R x C doubles = G GiB, expected at most the A GiB that are available" if a matrix of that
// size needs more than available_memory(); "" if it fits, or if what is available is unknown.
std::string memory_shortage(std::size_t rows, std::size_t cols);

// Half of available_memory(); no limit if that is unknown.
std::uint64_t half_of_memory();

}  // namespace logigrad::dataset
