// See repository.hpp.
#include "tools/gate/repository.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "tools/dataset/input_error.hpp"
#include "tools/gate/process.hpp"
#include "tools/machine/sysroot.hpp"

namespace logigrad::gate {
namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::string output_of(const std::vector<std::string>& words, const Stop& stop,
                      const std::filesystem::path& directory) {
  const Scratch scratch;
  const Command command{words, {}, directory, scratch.path() / "out", scratch.path() / "err"};
  const Ending ending = run(command, stop);
  if (ending.stopped) throw Stopped();
  if (!ending.succeeded())
    throw InputError(fmt::format("{}: {}: {}", fmt::join(words, " "), ending.text(command),
                                 trim_space(tail_of(command.err, 1))));
  return content_of(command.out);
}

std::optional<Repository> Repository::here(const Stop& stop) {
  try {
    return Repository(first_line(output_of({"git", "rev-parse", "--show-toplevel"}, stop)));
  } catch (const InputError&) {  // no repository
    return std::nullopt;
  }
}

std::optional<std::string> Repository::commit_of(const std::string& name, const Stop& stop) const {
  try {
    return first_line(output_of({"git", "-C", root_, "rev-parse", "--verify", "--quiet",
                                 "--end-of-options", name + "^{commit}"},
                                stop));
  } catch (const InputError&) {
    return std::nullopt;
  }
}

Worktree::Worktree(const Repository& repository, const std::string& commit,
                   const std::filesystem::path& path, const Stop& stop)
    : root_(repository.root()), path_(path) {
  remove();
  try {
    output_of({"git", "-C", root_, "worktree", "add", "--detach", "--force", path_, commit}, stop);
  } catch (...) {
    remove();
    throw;
  }
}

Worktree::~Worktree() { remove(); }

// What git does not know, or no longer, is removed as well; nothing of it is an error.
void Worktree::remove() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  try {
    output_of({"git", "-C", root_, "worktree", "prune"}, [] { return false; });
  } catch (const std::exception&) {
  }
}

}  // namespace logigrad::gate
