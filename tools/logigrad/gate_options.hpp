// The command line of gate.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tools/gate/build.hpp"
#include "tools/gate/session.hpp"

namespace logigrad::program {

struct GateOptions {
  std::string baseline, candidate;  // executables or git revisions
  gate::Choice choice;
  std::optional<double> threshold;     // a ratio - 1; none: the default
  std::string thresholds;              // path of a file with exceptions; empty: none
  double budget = 600, timeout = 600;  // seconds, of the sitting and of a process
  std::optional<std::uint64_t> seed;
  gate::BuildSettings build;
  bool any_build = false, instructions = false, self_test = false, markdown = false;
  std::string json, junit;  // paths; empty: none
  std::string slowed;       // path of the program of the self-test

  bool has_thresholds() const { return threshold || !thresholds.empty(); }
};

void add_gate_options(CLI::App& command, GateOptions& options);

// Throws CLI::ValidationError for options that do not go together, and fills in the shapes of a
// choice that has none.
void require_gate_options(GateOptions& options);

// The plan without its programs. Throws InputError for a bad file of thresholds.
gate::Plan plan_of(const GateOptions& options, std::uint64_t seed,
                   const std::filesystem::path& scratch);

}  // namespace logigrad::program
