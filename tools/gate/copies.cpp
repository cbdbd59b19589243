// See copies.hpp.
#include "tools/gate/copies.hpp"

#include <fmt/format.h>

#include "tools/gate/blocks.hpp"

namespace logigrad::gate {
namespace {

namespace fs = std::filesystem;

class Copier {
 public:
  explicit Copier(const fs::path& scratch) : scratch_(scratch) {}

  Runner copy(const std::string& title, const fs::path& executable) {
    const fs::path directory = scratch_ / fmt::format("{:03}", count_++);
    fs::create_directories(directory);
    const fs::path target = directory / "logigrad_bench";
    fs::copy_file(executable, target);
    return {title, target, {}, {}, {}};
  }

 private:
  const fs::path scratch_;
  int count_ = 0;
};

}  // namespace

void copy_programs(const Program& baseline, const Program& candidate, Plan& plan) {
  Copier copier(plan.scratch);
  plan.sides = {copier.copy("the baseline", baseline.executable),
                copier.copy("the baseline's copy", baseline.executable),
                copier.copy("the candidate", candidate.executable)};
  const auto add_relinked = [&](const Program& program, const char* title, std::size_t original) {
    for (const fs::path& path : program.relinked)
      plan.relinked.push_back({copier.copy(title, path), original});
  };
  add_relinked(baseline, "a relinked copy of the baseline", kBaseline);
  add_relinked(candidate, "a relinked copy of the candidate", kCandidate);
}

}  // namespace logigrad::gate
