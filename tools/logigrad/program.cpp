// Help and errors of the whole program; see program.hpp.
#include "tools/logigrad/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include "logigrad/variant.hpp"
#include "tools/compare/side.hpp"
#include "tools/dataset/input_error.hpp"
#include "tools/dataset/memory.hpp"
#include "tools/machine/memory.hpp"

namespace logigrad::program {
namespace {

constexpr const char* kDescription =
    R"(logigrad: the loss of logistic regression, its gradient, and gradient descent; and what their
benchmark measured.

  z_n   = w . x_n + b                               margin of row n
  L     = sum_n s_n log(1 + exp(-y_n z_n))          loss; y_n is -1 or +1, s_n the sample weight
  dL/dw = -sum_n s_n y_n sigmoid(-y_n z_n) x_n      dL/db is the same with x_n = 1
  --mean divides the three by sum_n s_n; --l2 X then adds X/2 |w|^2 to L, and X w to dL/dw
)";

constexpr const char* kFooter = R"(Files:
  DATA              CSV, TSV, white-space separated, or LIBSVM (which begins with the label). The
                    labels are any two values; the larger one, or --positive, is +1.
  --parameters      w_1 ... w_D b, separated by white space (no b with --no-intercept)
  --sample-weights  one a line, each >= 0

Examples:
  logigrad variants
  logigrad eval patients.csv --header --label-column outcome --positive died --json
  logigrad train a9a --eta auto --iterations 500 --l2 0.01 --trace a9a.csv
  logigrad demo --seed 7 --output demo.svg
  logigrad doctor
  logigrad compare before.json after.json --threshold 5%
  logigrad gate --baseline origin/main --candidate HEAD
  logigrad history results --machine amd-epyc-2-01692657 --filter '^gradient/auto/'
  logigrad report results/*/*.json --output report.html
  logigrad COMMAND --help explains each.

Environment:
  OMP_NUM_THREADS   how many threads there are without --threads
  LOGIGRAD_MAX_ISA  the strongest instruction set that may be used: generic, sse2, avx2_fma ...

Exit status:
  0  done
  1  there is an answer, but it is bad: not finite, a descent that diverged, a machine that
     doctor warns of, a benchmark that is slower
  2  the command line or the input is wrong, or nothing is there to compare; no file was written
  3  compare, gate: no answer: too few rounds or processes, or what the machine did is as large
  4  compare, gate: a kernel of the candidate gave a wrong answer
  5  compare, gate: different machines, build types or types of number; gate: compilers or flags
     (compare only notes these)
  130, 143  train or gate was interrupted (SIGINT, SIGTERM): the answer is that until then)";

std::string version() {
#if defined(__clang__)
  const std::string compiler = fmt::format("clang {}", __clang_version__);
#else
  const std::string compiler = fmt::format("gcc {}", __VERSION__);
#endif
  return fmt::format("logigrad {}\ncompiled by {}\ninstruction sets that run here: {}",
                     LOGIGRAD_VERSION, compiler, fmt::join(runnable_isas(), ", "));
}

// Messages hold names of files and columns, which can hold anything.
int fail(int status, std::string message) {
  std::replace_if(
      message.begin(), message.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  fmt::print(stderr, "logigrad: {}\n", message);
  return status;
}

// A full disk or a closed pipe is noticed only when the buffer is written.
void flush_output() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw std::system_error(errno, std::generic_category(), "standard output");
}

int run_app(CLI::App& app, const Work& work, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version);
    return flush_output(), 0;
  } catch (const CLI::ParseError& error) {
    const std::vector<CLI::App*> commands = app.get_subcommands();
    throw InputError(fmt::format("{} (see logigrad{} --help)", error.what(),
                                 commands.empty() ? "" : " " + commands[0]->get_name()));
  }
  if (!work) throw CLI::RequiredError("A subcommand");
  work();
  flush_output();
  return 0;
}

}  // namespace

int run(int argc, char** argv) {
  try {
    CLI::App app(kDescription, "logigrad");
    Work work;
    app.footer(kFooter);
    app.require_subcommand(0, 1);  // its absence is checked below, after unknown words
    app.set_version_flag("--version", version, "Print version, compiler and instruction sets");
    add_variants(app, work);
    add_eval(app, work);
    add_train(app, work);
    add_demo(app, work);
    add_doctor(app, work);
    add_compare(app, work);
    add_gate(app, work);
    add_history(app, work);
    add_report(app, work);
    return run_app(app, work, argc, argv);
  } catch (const BadAnswer& error) {
    return fail(error.exit_status(), error.what());
  } catch (const compare::NotComparable& error) {
    return fail(kNotComparable, error.what());
  } catch (const Interrupted& error) {
    return fail(error.exit_status(), error.what());
  } catch (const CLI::ParseError& error) {  // its own status says which kind: not for a shell
    return fail(2, fmt::format("{} (see logigrad --help)", error.what()));
  } catch (const std::bad_alloc&) {
    return fail(2, fmt::format("the data and what is computed from them need more than the {} of "
                               "memory that are available",
                               dataset::size_in_words(static_cast<double>(available_memory()))));
  } catch (const std::exception& error) {
    return fail(2, error.what());
  }
}

}  // namespace logigrad::program
