// How much memory a process may still fill without swapping or being killed for it.
//
// A sparse file of a few bytes can ask for a dense matrix of terabytes, and Linux grants such an
// allocation and kills the process later; so the question has to be asked before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace logigrad::dataset {

// Bytes: the least of what the kernel calls available (all physical memory where it does not say)
// and the limit of the control group, which is what a container has.
std::uint64_t available_memory();

// "needs R x C doubles = G GiB, expected at most the A GiB that are available" if a matrix of that
// size needs more than available_memory(); "" if it fits.
std::string memory_shortage(std::size_t rows, std::size_t cols);

}  // namespace logigrad::dataset
