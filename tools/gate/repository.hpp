// What the gate asks git: which commit a name means, and a tree of it to build in.
#pragma once

#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace logigrad::gate {

// Asked whether the work is to end; see process.hpp.
using Stop = std::function<bool()>;

// The work was ended by `stop`.
struct Stopped : std::exception {
  const char* what() const noexcept override { return "stopped"; }
};

// Runs it, and returns what it writes to its standard output. Throws Stopped, and InputError
// "WORDS: exited with 1: the last line of its standard error".
std::string output_of(const std::vector<std::string>& words, const Stop& stop,
                      const std::filesystem::path& directory = {});

class Repository {
 public:
  // The one that holds the current directory; nothing where there is none.
  static std::optional<Repository> here(const Stop& stop);

  const std::filesystem::path& root() const { return root_; }

  // The full name of the commit that `name` means: a branch, a tag, HEAD~1, a hash. Nothing for
  // what means none.
  std::optional<std::string> commit_of(const std::string& name, const Stop& stop) const;

 private:
  explicit Repository(std::filesystem::path root) : root_(std::move(root)) {}
  std::filesystem::path root_;
};

// A commit's files in a directory of their own, which goes with the object.
class Worktree {
 public:
  // Takes the place of what a killed run left at `path`. Throws like output_of().
  Worktree(const Repository& repository, const std::string& commit,
           const std::filesystem::path& path, const Stop& stop);
  ~Worktree();
  Worktree(const Worktree&) = delete;
  Worktree& operator=(const Worktree&) = delete;

 private:
  void remove();
  std::filesystem::path root_, path_;
};

}  // namespace logigrad::gate
