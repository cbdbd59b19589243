// See gate_reports.hpp.
#include "tools/logigrad/gate_reports.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "tools/logigrad/output.hpp"

namespace logigrad::program {
namespace {

void append(const std::string& path, const std::string& text) {
  if (path.empty()) return;
  std::ofstream file(path, std::ios::app);
  file << text << std::flush;
  if (!file) throw std::system_error(errno, std::generic_category(), path);
}

}  // namespace

std::unique_ptr<AtomicFile> begin_file(const std::string& option, const std::string& path) {
  if (path.empty()) return nullptr;
  return std::make_unique<AtomicFile>(output_path(option, path), Existing::kReplace);
}

void write_file(const std::unique_ptr<AtomicFile>& file, const std::string& text) {
  if (!file) return;
  file->append(text);
  file->commit();
}

GateReports::GateReports(const GateOptions& options)
    : markdown_(options.markdown),
      json_(begin_file("--json", options.json)),
      junit_(begin_file("--junit", options.junit)) {
  if (const char* const path = std::getenv("GITHUB_STEP_SUMMARY")) summary_ = path;
}

void GateReports::write(const GateReport& report) {
  if (markdown_) {
    fmt::print("{}", gate_markdown(report));
  } else {
    print_gate_table(report);
  }
  write_file(json_, gate_json(report));
  write_file(junit_, gate_junit(report));
  append(summary_, gate_markdown(report) + "\n");
}

}  // namespace logigrad::program
