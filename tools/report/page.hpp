// The report as one HTML file: style, script, Chart.js, what is drawn and the results themselves
// are in it, and it asks nobody for anything.
#pragma once

#include <string>
#include <vector>

#include "tools/results/document.hpp"

namespace logigrad::report {

// Whether the build found Chart.js, without which there is no page.
bool has_chart_js();

// The page of these documents, at least one. The same bytes for the same results, whether they come
// from files of logigrad_bench or from a page. Throws InputError for what is no result.
std::string page_of(const std::vector<Document>& documents);

}  // namespace logigrad::report
