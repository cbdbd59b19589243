// See build.hpp.
#include "tools/gate/build.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sha2.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "tools/dataset/input_error.hpp"
#include "tools/gate/process.hpp"
#include "tools/gate/relink.hpp"

namespace logigrad::gate {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLogLines = 20;  // of a build that failed

std::string setting(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

bool is_program(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

// Everything besides the commit that makes another program of it.
std::string build_key(const BuildSettings& settings, const Stop& stop) {
  std::string text = fmt::format("{}\n{}\n{}\n{}\n", settings.command, settings.output.string(),
                                 settings.relinks, settings.relinks > 0 ? settings.seed : 0);
  for (const char* name : {"CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS"})
    text += fmt::format("{}={}\n", name, setting(name));
  const std::string compiler = setting("CXX");
  text += output_of({"/bin/sh", "-c", (compiler.empty() ? "c++" : compiler) + " --version"}, stop);
  std::array<char, SHA256_DIGEST_STRING_LENGTH> digest = {};
  return std::string(SHA256Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                digest.data()))
      .substr(0, 8);
}

// Held while the cache's one tree is built in: a second gate waits.
class Lock {
 public:
  Lock(const fs::path& path, const Stop& stop) : file_(open(path.c_str(), kFlags, 0666)) {
    if (file_ < 0) throw std::system_error(errno, std::generic_category(), path.string());
    for (bool told = false; flock(file_, LOCK_EX | LOCK_NB) != 0; told = true) {
      if (!told) fmt::print(stderr, "waiting for another gate that builds\n");
      if (stop()) close(file_), throw Stopped();
      usleep(100'000);
    }
  }
  ~Lock() { close(file_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  static constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC;
  int file_;
};

void run_build(const std::string& title, const fs::path& tree, const fs::path& log,
               const BuildSettings& settings, const Stop& stop) {
  Command command{{"/bin/sh", "-c", settings.command}, {}, tree, log, log};
  // Functions that are to be shuffled need sections of their own, in the program that they are
  // compared with as well.
  if (settings.relinks > 0)
    command.environment = {{"CXXFLAGS", setting("CXXFLAGS") + " -ffunction-sections"}};
  const Ending ending = run(command, stop);
  if (ending.stopped) throw Stopped();
  const bool left_one = is_program(tree / settings.output);
  if (ending.succeeded() && left_one) return;
  fmt::print(stderr, "{}", tail_of(log, kLogLines));
  throw InputError(fmt::format("{}: the build {}, and {} {}; its log is {}", title,
                               ending.text(command), left_one ? "left" : "left no",
                               settings.output.string(), log.string()));
}

// Builds `commit` into `kept`, which is there whole or not at all.
void build(const Repository& repository, const std::string& title, const std::string& commit,
           const fs::path& kept, const BuildSettings& settings, const Stop& stop) {
  const fs::path cache = kept.parent_path(), partial = kept.string() + ".partial";
  const fs::path log = kept.string() + ".log", name = settings.output.filename();
  fmt::print(stderr, "building {}, log: {}\n", title, log.string());
  const Worktree tree(repository, commit, cache / "tree", stop);
  run_build(title, cache / "tree", log, settings, stop);
  fs::remove_all(partial);
  fs::create_directories(partial);
  fs::copy_file(cache / "tree" / settings.output, partial / name);
  for (std::size_t i = 1; i <= settings.relinks; ++i) {
    fmt::print(stderr, "relinking {}, {} of {}\n", title, i, settings.relinks);
    relink(cache / "tree" / settings.output, partial / relinked_name(name, i), settings.seed + i,
           stop);
  }
  fs::rename(partial, kept);
}

Program build_or_reuse(const Repository& repository, const std::string& given,
                       const std::string& commit, const BuildSettings& settings, const Stop& stop) {
  const fs::path cache =
      settings.cache.empty() ? repository.root() / "build" / "gate" : fs::absolute(settings.cache);
  const fs::path kept = cache / (commit.substr(0, 12) + "-" + build_key(settings, stop));
  fs::create_directories(cache);
  const std::string title = fmt::format("{} ({})", given, commit.substr(0, 8));
  const Lock lock(cache / "lock", stop);
  if (fs::exists(kept)) {
    fmt::print(stderr, "{} is built already: {}\n", title, kept.string());
  } else {
    build(repository, title, commit, kept, settings, stop);
  }
  const fs::path name = settings.output.filename();
  Program program{given, commit, kept / name, {}};
  for (std::size_t i = 1; i <= settings.relinks; ++i)
    program.relinked.push_back(kept / relinked_name(name, i));
  return program;
}

}  // namespace

Program find_program(const std::string& given, const BuildSettings& settings, const Stop& stop) {
  if (is_program(given)) {
    if (settings.relinks > 0)
      throw InputError(
          fmt::format("--relink: {} is a program that is linked already; only git "
                      "revisions, whose object files are there, can be relinked",
                      given));
    return {given, "", fs::canonical(given), {}};
  }
  const std::optional<Repository> repository = Repository::here(stop);
  const auto commit = repository ? repository->commit_of(given, stop) : std::nullopt;
  if (!commit)
    throw InputError(
        fmt::format("{}: found neither an executable file of that name nor a git "
                    "revision{}",
                    given, repository ? "" : " (this is no git repository)"));
  return build_or_reuse(*repository, given, *commit, settings, stop);
}

}  // namespace logigrad::gate
