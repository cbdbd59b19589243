// See relink.hpp.
#include "tools/gate/relink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "tools/dataset/input_error.hpp"
#include "tools/gate/process.hpp"

namespace logigrad::gate {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

// The functions by their addresses: "0000000000001139 T main" is a line.
Strings functions_of(const fs::path& program, const Stop& stop) {
  std::istringstream lines(output_of({"nm", "--numeric-sort", "--defined-only", program}, stop));
  Strings functions;
  for (std::string address, type, name; lines >> address >> type;) {
    std::getline(lines >> std::ws, name);
    if (type == "T" || type == "t" || type == "W") functions.push_back(name);
  }
  return functions;
}

fs::path build_directory_of(const fs::path& program) {
  for (fs::path directory = program.parent_path(); directory != directory.root_path();
       directory = directory.parent_path()) {
    if (fs::exists(directory / "build.ninja")) return directory;
  }
  throw InputError(program.string() +
                   ": found no build.ninja in the directories above it, which "
                   "--relink has the link command from");
}

// The command that links the program, with the functions in the order of the file `order`.
std::string link_command(const fs::path& directory, const fs::path& program, const fs::path& order,
                         const Stop& stop) {
  const std::string target = fs::relative(program, directory);
  std::string command = output_of({"ninja", "-C", directory, "-t", "commands", "-s", target}, stop);
  const std::size_t at = command.find(" -o ");
  if (at == std::string::npos)
    throw InputError(
        fmt::format("{}: found no -o in the command that links it: {}", target, command));
  return command.insert(
      at, fmt::format(" -fuse-ld=gold '-Wl,--section-ordering-file={}'", order.string()));
}

// The standard's shuffle is not the same in every library; this one is.
void shuffle(Strings& values, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random() % i]);
}

}  // namespace

fs::path relinked_name(const fs::path& name, std::size_t number) {
  return fmt::format("{}.relinked-{}", name.string(), number);
}

void relink(const fs::path& program, const fs::path& copy, std::uint64_t seed, const Stop& stop) {
  const Scratch scratch;
  const fs::path directory = build_directory_of(program), order = scratch.path() / "order";
  const Strings before = functions_of(program, stop);
  Strings shuffled = before;
  shuffle(shuffled, seed);
  {
    std::ofstream file(order);
    for (const std::string& name : shuffled) file << ".text." << name << '\n';
  }
  output_of({"/bin/sh", "-c", link_command(directory, program, order, stop)}, stop, directory);
  if (functions_of(program, stop) == before)
    throw InputError(program.string() +
                     ": linked in another order its functions are where they "
                     "were: does its build command take CXXFLAGS from the environment?");
  fs::copy_file(program, copy);
}

}  // namespace logigrad::gate
