// Where gate's report goes: to stdout, to the files that were asked for, and to GitHub.
#pragma once

#include <memory>
#include <string>

#include "tools/logigrad/gate_options.hpp"
#include "tools/logigrad/gate_output.hpp"
#include "tools/machine/result_file.hpp"

namespace logigrad::program {

// Begins the file `path`, given with `option`; nullptr for an empty path. Throws InputError,
// std::runtime_error.
std::unique_ptr<AtomicFile> begin_file(const std::string& option, const std::string& path);

// Writes `text` and gives the file its name, if there is one.
void write_file(const std::unique_ptr<AtomicFile>& file, const std::string& text);

class GateReports {
 public:
  // Begins the files: what cannot be written is noticed before anything is measured. Throws
  // InputError, std::runtime_error.
  explicit GateReports(const GateOptions& options);

  // Prints the report, gives the files their names, and appends to the file that
  // GITHUB_STEP_SUMMARY names, if it does.
  void write(const GateReport& report);

 private:
  bool markdown_;
  std::unique_ptr<AtomicFile> json_, junit_;
  std::string summary_;  // path; empty: none
};

}  // namespace logigrad::program
