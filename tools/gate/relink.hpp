// The same object files linked again, with the functions in another order: what a time changes
// between such copies is layout alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "tools/gate/repository.hpp"

namespace logigrad::gate {

// The name of the copy `number` of a program that is called `name`.
std::filesystem::path relinked_name(const std::filesystem::path& name, std::size_t number);

// Links `program`, which Ninja has built with -ffunction-sections, again: to `copy`, with its
// functions shuffled by `seed`. Overwrites `program`, whose build command names its output. Throws
// Stopped, and InputError where there is no build.ninja above the program or no gold, the linker
// that takes an order from a file, or if the order did not change.
void relink(const std::filesystem::path& program, const std::filesystem::path& copy,
            std::uint64_t seed, const Stop& stop);

}  // namespace logigrad::gate
