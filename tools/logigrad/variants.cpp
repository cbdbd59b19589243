// logigrad variants: every variant in this binary, and what this CPU lacks to run it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>

#include "logigrad/variant.hpp"
#include "tools/logigrad/input.hpp"
#include "tools/logigrad/program.hpp"

namespace logigrad::program {
namespace {

constexpr const char* kFooter =
    R"(A name is BODY/INSTRUCTION SET/TYPE, as --variant of eval and train takes it. A variant that
does not run here says which CPU features are missing, or that LOGIGRAD_MAX_ISA forbids it.

Example:
  LOGIGRAD_MAX_ISA=sse2 logigrad variants
--json prints a list of objects with name, body, isa, dtype, lanes, runnable, missing ("" if
nothing is).)";

void print_list() {
  Json list = Json::array();
  for (const Variant& variant : variants()) {
    list.push_back({{"name", variant.name()},
                    {"body", std::string(variant.body)},
                    {"isa", std::string(variant.isa)},
                    {"dtype", std::string(name_of(variant.dtype))},
                    {"lanes", variant.lanes},
                    {"runnable", variant.runnable()},
                    {"missing", variant.missing()}});
  }
  print_json(list);
}

void print_table() {
  std::size_t width = 0, runnable = 0;
  for (const Variant& variant : variants()) width = std::max(width, variant.name().size());
  for (const Variant& variant : variants()) {
    const std::string missing = variant.missing();
    runnable += missing.empty();
    fmt::print("{:<{}}  {}\n", variant.name(), width,
               missing.empty() ? "runs here" : "does not run here: " + missing);
  }
  fmt::print("{} of {} variants run here\n", runnable, variants().size());
}

}  // namespace

void add_variants(CLI::App& app, Work& work) {
  CLI::App* command = app.add_subcommand("variants", "List the kernel variants and what runs here");
  command->footer(kFooter);
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print a JSON list");
  command->callback([&work, json] { work = *json ? print_list : print_table; });
}

}  // namespace logigrad::program
