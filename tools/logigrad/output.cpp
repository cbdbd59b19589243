// Output files; see output.hpp.
#include "tools/logigrad/output.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <system_error>

#include "tools/dataset/input_error.hpp"

namespace logigrad::program {

namespace fs = std::filesystem;

std::string output_path(const std::string& option, const std::string& path,
                        const std::vector<std::string>& inputs) {
  if (path.empty()) throw InputError(option + ": found an empty name, expected a file");
  const fs::path directory = fs::path(path).parent_path();
  std::error_code ignored;
  if (!directory.empty() && !fs::is_directory(directory, ignored)) {
    throw InputError(fmt::format("{} {}: found no directory {}", option, path, directory.string()));
  }
  for (const std::string& input : inputs) {
    if (!fs::equivalent(path, input, ignored)) continue;
    throw InputError(
        fmt::format("{} {}: found the input file {}, expected another", option, path, input));
  }
  return fs::absolute(path).string();
}

TraceFile::TraceFile(const std::string& path)
    : file_(path, Existing::kReplace), buffer_("iteration,loss,gradient_norm,seconds\n") {}

void TraceFile::add(const Iteration& iteration, double seconds) {
  constexpr std::size_t kBlock = 64 * 1024;  // bytes a write
  fmt::format_to(std::back_inserter(buffer_), "{},{},{},{:.9f}\n", iteration.index, iteration.loss,
                 iteration.gradient_norm, seconds);
  if (buffer_.size() < kBlock) return;
  file_.append(buffer_);
  buffer_.clear();
}

void TraceFile::commit() {
  file_.append(buffer_);
  buffer_.clear();
  file_.commit();
}

}  // namespace logigrad::program
