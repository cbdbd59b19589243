// logigrad compare: results against a result, benchmark by benchmark, with an exit status that
// means it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <regex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tools/dataset/input_error.hpp"
#include "tools/logigrad/compare_output.hpp"
#include "tools/logigrad/options.hpp"
#include "tools/logigrad/program.hpp"

namespace logigrad::program {
namespace {

constexpr const char* kFooter =
    R"(The first FILE is the baseline, and each other one is compared with it. Several runs of the same
revision are pooled by --baseline and --candidate. Files are results of logigrad_bench, or pages of
logigrad report: these stand for the results that they hold, FILE#1, FILE#2, ... in their order; each
may be given by that name. The same run twice on one side is refused: its rounds are no new evidence.

For each benchmark of that name on both sides: the median of the rounds of each, and the ratio of
the times, candidate / baseline, by Hodges and Lehmann's estimate with its interval. The verdict:
  slower, faster  by more than --threshold: Mann-Whitney test, exact for up to 56 rounds of both
                  sides, adjusted by Holm's procedure for all benchmarks that are compared
  same            the whole interval is within the threshold
  machine         slower or faster by its rounds, but by no more than the machine itself
  unclear         none of these: more rounds (logigrad_bench --rounds) or fewer benchmarks (--filter)
Limits and peers, which no change of the kernels touches, tell what the machine did between the runs.
What one more of those timed in a kernel's rounds would move (the prediction interval of their moves,
at alpha over the number of kernels, and at least the largest; of all, where they are fewer than 10)
is added to the
threshold and to both ends of the kernel's interval; --filter hides none of them from that. They are
judged as a family of their own, which decides nothing. Two machines are compared without that floor.

Example:
  logigrad compare before.json after.json --filter '^gradient/auto' --threshold 3%
  logigrad compare --baseline a1.json a2.json --candidate b1.json b2.json --markdown
--json prints an object with threshold, alpha, baseline, comparisons (for each candidate its
benchmarks, what is only_in_baseline, only_in_candidate or failed, the summary of kernels and of
controls), exit_status and message. An end that an interval does not have is null.

Exit status:
  0  no kernel is slower
  1  a kernel is slower by more than the threshold, significantly
  2  usage, a file that is no result, a run twice on one side, or a candidate without any kernel of
     the baseline
  3  inconclusive: too few rounds for any p-value to be significant, or what is slower is so by no
     more than limits and peers: measure again, both in turn (logigrad gate does); or kernels of the
     baseline are MISSING from a candidate of the same machine (--filter leaves out what was taken
     out on purpose). Of another machine they are only listed: it may have other ISAs
  4  a kernel of the candidate gave a wrong answer, and so has no time
  5  not comparable: other machine, build type or type of number (see --cross-machine), or pooled
     files of different revisions)";

struct CompareOptions {
  std::vector<std::string> files, baseline, candidate;
  compare::Settings settings;
  std::regex filter = std::regex("");  // finds every name
  bool cross_machine = false, markdown = false, json = false;
};

double alpha_of(const std::string& text) {
  const std::string expected = "a number above 0 and at most 0.5";
  const double alpha = real_option("--alpha", text, expected);
  if (alpha == 0 || alpha > 0.5) refuse_option("--alpha", text, expected);
  return alpha;
}

// The results of each side, the baseline's first.
std::vector<std::vector<NamedResult>> sides_of(const CompareOptions& options) {
  std::vector<std::vector<NamedResult>> sides;
  if (options.files.empty() && !options.baseline.empty() && !options.candidate.empty()) {
    sides = {load_all_results(options.baseline), load_all_results(options.candidate)};
    for (const std::vector<NamedResult>& side : sides) require_distinct(side);
    return sides;
  }
  std::vector<NamedResult> results = load_all_results(options.files);
  if (results.size() > 2) require_distinct({results.begin() + 1, results.end()});
  for (NamedResult& result : results) sides.push_back({std::move(result)});
  if (sides.size() < 2 || !options.baseline.empty() || !options.candidate.empty())
    throw InputError(
        "compare: expected two FILEs or more, or both --baseline and --candidate instead of them "
        "(see logigrad compare --help)");
  return sides;
}

std::size_t wrong_kernels(const std::vector<compare::Comparison>& comparisons) {
  std::size_t count = 0;
  for (const compare::Comparison& comparison : comparisons) {
    for (const auto& [name, reason] : comparison.candidate_failures)
      count += name.starts_with("gradient/") || name.starts_with("loss_gradient/") ? 1 : 0;
  }
  return count;
}

// Kernels of the baseline that a candidate of the same machine has not: each may have been the one
// that is slower.
std::size_t missing_kernels(const CompareReport& report) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < report.comparisons.size(); ++i) {
    const std::vector<compare::Comparison> one = {report.comparisons[i]};
    if (compare::are_comparable(report.baseline, report.candidates[i]))
      count += compare::summarize(one, false).missing;
  }
  return count;
}

// A wrong answer beats any time; what was not measured beats "not slower".
std::pair<int, std::string> outcome_of(const CompareReport& report) {
  const compare::Summary kernels = compare::summarize(report.comparisons, false);
  if (const std::size_t wrong = wrong_kernels(report.comparisons); wrong > 0)
    return {kWrongAnswer, fmt::format("{} of the candidate's kernels gave wrong answers", wrong)};
  for (std::size_t i = 0; i < report.comparisons.size(); ++i) {
    if (compare::summarize({report.comparisons[i]}, false).lines == 0)
      return {kUsage, report.candidates[i].title() +
                          ": found no kernel that has times on both sides, expected some"};
  }
  if (kernels.slower > 0)
    return {kBad, fmt::format("{} of {} kernels are slower by more than {:g} %", kernels.slower,
                              kernels.lines, 100 * report.settings.threshold)};
  if (!compare::can_be_significant(report.comparisons, report.settings))
    return {
        kInconclusive,
        fmt::format("too few rounds: of {} kernels, none could have a p-value that is significant "
                    "(--filter takes fewer, logigrad_bench --rounds more)",
                    kernels.lines)};
  if (kernels.slower_as_machine > 0)
    return {
        kInconclusive,
        fmt::format("{} of {} kernels were slower by more than {:g} %, but by no more than limits "
                    "and peers, which no change of the kernels touches: the machine has changed",
                    kernels.slower_as_machine, kernels.lines, 100 * report.settings.threshold)};
  if (const std::size_t missing = missing_kernels(report); missing > 0)
    return {kInconclusive,
            fmt::format("none of {} kernels is slower, but {} of the baseline {} missing (--filter "
                        "leaves out what was taken out on purpose)",
                        kernels.lines, missing, missing == 1 ? "is" : "are")};
  return {0, ""};
}

CompareReport make_report(const CompareOptions& options) {
  CompareReport report;
  report.settings = options.settings;
  for (const std::vector<NamedResult>& results : sides_of(options))
    report.candidates.push_back(compare::make_side(results, options.filter));
  report.baseline = std::move(report.candidates.front());
  report.candidates.erase(report.candidates.begin());
  for (const compare::Side& candidate : report.candidates) {
    if (!options.cross_machine) compare::require_comparable(report.baseline, candidate);
    report.comparisons.push_back(compare::match(report.baseline, candidate));
  }
  compare::judge(report.comparisons, report.settings);
  std::tie(report.exit_status, report.message) = outcome_of(report);
  return report;
}

void run_compare(const CompareOptions& options) {
  const CompareReport report = make_report(options);
  if (options.json) {
    print_compare_json(report);
  } else if (options.markdown) {
    print_compare_markdown(report);
  } else {
    print_compare_table(report);
  }
  if (report.exit_status != 0)
    throw BadAnswer(report.message, static_cast<ExitStatus>(report.exit_status));
}

void add_settings(CLI::App& command, CompareOptions& options) {
  command
      .add_option_function<std::string>(
          "--threshold",
          [&](const std::string& text) {
            options.settings.threshold = percentage_option("--threshold", text);
          },
          "What matters (default 5%: code moved in memory alone is worth some per cent)")
      ->type_name("PERCENT");
  command
      .add_option_function<std::string>(
          "--alpha", [&](const std::string& text) { options.settings.alpha = alpha_of(text); },
          "False alarms, in this fraction of comparisons at most (default 0.05)")
      ->type_name("P");
  add_filter(command, options.filter);
  command.add_flag("--cross-machine", options.cross_machine,
                   "Also other machines, build types and types of number;\n"
                   "of two machines auto is matched whatever its ISA");
}

}  // namespace

void add_compare(CLI::App& app, Work& work) {
  CLI::App* command = app.add_subcommand("compare", "Compare results of logigrad_bench");
  command->footer(kFooter);
  const auto options = std::make_shared<CompareOptions>();
  command->add_option("FILE", options->files, "The baseline, and what is compared with it");
  command->add_option("--baseline", options->baseline, "Runs that are pooled")
      ->type_name("FILE...");
  command->add_option("--candidate", options->candidate, "Runs that are pooled")
      ->type_name("FILE...");
  add_settings(*command, *options);
  CLI::Option* const json = command->add_flag("--json", options->json, "Print one JSON object");
  command->add_flag("--markdown", options->markdown, "Print a table for GitHub")->excludes(json);
  command->callback([&work, options] { work = [options] { run_compare(*options); }; });
}

}  // namespace logigrad::program
