// A side of the gate: a program that is there, or a git revision that is built first.
//
// Both revisions are built in one and the same directory, one after the other, by the same command:
// no path in the programs can differ. What was built is kept in a cache, under a name made of the
// commit and of all that the build depends on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tools/gate/repository.hpp"

namespace logigrad::gate {

struct BuildSettings {
  std::string command;           // for /bin/sh, in the root of the tree
  std::filesystem::path output;  // logigrad_bench, from the root of the tree
  std::filesystem::path cache;   // directory; empty: build/gate in the repository
  std::size_t relinks = 0;       // copies with shuffled functions; see relink.hpp
  std::uint64_t seed = 0;        // of the shuffling
};

struct Program {
  std::string given;   // as the user named it
  std::string commit;  // its full name; empty for a program that was there
  std::filesystem::path executable;
  std::vector<std::filesystem::path> relinked;
};

// `given` is the path of an executable file, or else a revision of the repository that holds the
// current directory. Says on stderr what it builds, and shows the end of the log of a build that
// failed. Throws Stopped, and InputError for a name that means nothing, an executable that is to be
// relinked, a build that fails or leaves no program.
Program find_program(const std::string& given, const BuildSettings& settings, const Stop& stop);

}  // namespace logigrad::gate
