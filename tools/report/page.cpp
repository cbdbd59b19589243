// See page.hpp.
#include "tools/report/page.hpp"

#include <map>
#include <stdexcept>

#include "tools/report/assets.hpp"
#include "tools/report/run.hpp"
#include "tools/report/view.hpp"

namespace logigrad::report {
namespace {

std::string escaped(const std::string& text) {
  static const std::map<char, std::string> kEntities = {
      {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
  std::string result;
  for (const char c : text) {
    const auto found = kEntities.find(c);
    result += found == kEntities.end() ? std::string(1, c) : found->second;
  }
  return result;
}

// The template with each "@NAME@" replaced; what is put in is not looked at again.
std::string filled(std::string_view page,
                   const std::map<std::string, std::string, std::less<>>& values) {
  std::string result;
  while (!page.empty()) {
    const std::size_t begin = page.find('@'), end = page.find('@', begin + 1);
    result += page.substr(0, begin);
    if (begin == std::string_view::npos) break;
    const auto value = values.find(page.substr(begin + 1, end - begin - 1));
    if (value == values.end()) throw std::logic_error("page.html has a name that is not filled");
    result += value->second;
    page.remove_prefix(end + 1);
  }
  return result;
}

}  // namespace

bool has_chart_js() { return !kChartJs.empty(); }

std::string page_of(const std::vector<Document>& documents) {
  std::vector<NamedResult> results;
  std::string elements;
  for (const auto& [path, text] : documents) {
    results.push_back({path, parse_result(path, text)});
    elements += result_element(path, text);
  }
  const std::vector<Run> runs = make_runs(results);
  return filled(kPageHtml,
                {{"TITLE", escaped(title_of(runs))},
                 {"STYLE", std::string(kPageCss)},
                 {"RESULTS", elements},
                 {"VIEW", for_script(view_of(runs).dump())},
                 {"CHARTJS", std::string(kChartJs)},
                 {"SCRIPT", std::string(kPageJs).append(kChartsJs).append(kMachinesJs)}});
}

}  // namespace logigrad::report
