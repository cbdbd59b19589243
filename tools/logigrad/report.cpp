// logigrad report: results as a page to look at, as pictures, as a table.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/dataset/input_error.hpp"
#include "tools/dataset/text_file.hpp"
#include "tools/logigrad/output.hpp"
#include "tools/logigrad/program.hpp"
#include "tools/report/charts.hpp"
#include "tools/report/gnuplot.hpp"
#include "tools/report/markdown.hpp"
#include "tools/report/page.hpp"

namespace logigrad::program {
namespace {

constexpr const char* kFooter =
    R"(RESULTS are results of logigrad_bench, or pages of logigrad report, which hold the results
that they show: compare, history and report read either, PAGE#2 being the second result of a page.
A run that comes twice is left out the second time.

Writes one HTML file that needs nothing else, no network either. It shows, of the run that is
chosen there: the table of times beside the limit and the best peer; the roofline; time per element
over N D and over D; accuracy against speed; thread scaling. Of several runs also the bars of each
machine, and why: the ratio of two machines' speeds as clock x work per clock x memory x threads.
The first of RESULTS with a clock is what the others are explained against, without any the first
of all. A factor is "unknown" where a result lacks what it is measured by:
  clock           logigrad_clock_hz, which logigrad_bench records
  work per clock  the clock, and the same benchmark on one thread with X and y within 3/4 of L2
  memory          that one, and the benchmark itself with threads:1
  threads         the benchmark itself with threads:1

--markdown prints the table instead, and --svg DIR draws the charts with gnuplot, NAME.svg of one
run, MACHINE-NAME.svg of several; with --output the page is written as well. Exit status 2 where the
page or the pictures lack what draws them: Chart.js in this build, gnuplot.

Example:
  logigrad report results/*/*.json --output report.html
  logigrad report report.html --svg pictures
  logigrad report new.json --markdown)";

struct ReportOptions {
  std::vector<std::string> files;
  std::optional<std::string> output, svg;
  bool markdown = false;
};

// What was read; the documents point into the files, and each has its result.
struct Loaded {
  std::vector<std::unique_ptr<dataset::TextFile>> files;
  std::vector<Document> documents;
  std::vector<NamedResult> results;

  // A page beside the results that it was made of holds them a second time.
  void add(Document&& document) {
    NamedResult result{document.path, parse_result(document.path, document.text)};
    for (const NamedResult& other : results) {
      if (!is_same_run(other.result, result.result)) continue;
      fmt::print(stderr, "logigrad: {} is left out: it has the times of {}\n", result.path,
                 other.path);
      return;
    }
    results.push_back(std::move(result));
    documents.push_back(std::move(document));
  }
};

Loaded load(const std::vector<std::string>& paths) {
  Loaded loaded;
  for (const std::string& path : paths) {
    const Source source = source_of(path);
    loaded.files.push_back(std::make_unique<dataset::TextFile>(source.file));
    for (Document& document : documents_of(source, loaded.files.back()->text()))
      loaded.add(std::move(document));
  }
  return loaded;
}

void write_page(const ReportOptions& options, const Loaded& loaded) {
  const std::string path =
      output_path("--output", options.output.value_or("report.html"), options.files);
  if (!report::has_chart_js())
    throw InputError(
        "report: this program was built without Chart.js, with which the page draws: install "
        "libjs-chart.js (tools/setup.sh --with-report) and build again");
  AtomicFile file(path, Existing::kReplace);
  const std::string page = report::page_of(loaded.documents);
  file.append(page);
  file.commit();
  fmt::print(options.markdown ? stderr : stdout, "{}: {} results, {:.1f} MB\n", path,
             loaded.documents.size(), static_cast<double>(page.size()) / 1e6);
}

// "20261126T03..., revision" may be in a title: a name of a file is made of letters, digits and
// '-'.
std::string file_name(std::string text) {
  for (char& c : text) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_plain && c != '_') c = '-';
  }
  return text;
}

void draw_pictures(const std::string& directory, const std::vector<report::Run>& runs) {
  std::filesystem::create_directories(directory);
  for (const report::Run& run : runs) {
    const std::string prefix = runs.size() == 1 ? "" : file_name(run.title) + "-";
    for (const report::Chart& chart : report::charts_of(run)) {
      const std::string script = report::gnuplot_script(run, chart, Dtype::kF32, 1);
      if (script.empty()) continue;
      AtomicFile file(std::filesystem::path(directory) / (prefix + chart.id + ".svg"),
                      Existing::kReplace);
      report::draw(script, file.temporary());
      file.commit();
    }
  }
}

void run_report(const ReportOptions& options) {
  const Loaded loaded = load(options.files);
  if (options.output || (!options.svg && !options.markdown)) write_page(options, loaded);
  if (!options.svg && !options.markdown) return;
  const std::vector<report::Run> runs = report::make_runs(loaded.results);
  if (options.svg) draw_pictures(*options.svg, runs);
  if (options.markdown) fmt::print("{}", report::markdown_of(runs));
}

}  // namespace

void add_report(CLI::App& app, Work& work) {
  CLI::App* command = app.add_subcommand("report", "Show results as a page, pictures or a table");
  command->footer(kFooter);
  const auto options = std::make_shared<ReportOptions>();
  command->add_option("RESULTS", options->files, "Results of logigrad_bench, or reports")
      ->required();
  command->add_option("-o,--output", options->output, "The page (default: report.html)")
      ->type_name("FILE");
  command->add_option("--svg", options->svg, "Draw the charts of f32 and one thread into DIR")
      ->type_name("DIR");
  command->add_flag("--markdown", options->markdown, "Print the table for a README");
  command->callback([&work, options] { work = [options] { run_report(*options); }; });
}

}  // namespace logigrad::program
