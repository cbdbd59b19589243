// How much memory there is, and how much of it a process may still fill without swapping or being
// killed for it.
//
// Linux grants an allocation that it cannot back and kills the process later; so whoever is about
// to allocate by the gigabyte has to ask before.
#pragma once

#include <cstdint>
#include <string>

namespace logigrad {

// Bytes: the least of what the kernel calls available, what the control group leaves, and what
// ulimit -v and -d leave; 0: unknown, or nothing.
std::uint64_t available_memory(const std::string& sysroot = "");

// Bytes of the machine; 0: unknown.
std::uint64_t total_memory(const std::string& sysroot = "");

}  // namespace logigrad
