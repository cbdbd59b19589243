// What the page's script is handed: titles, facts, rows and charts, as one JSON object. It is made
// of the results and holds nothing that is not in them; its numbers have six digits, enough to
// draw.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/report/run.hpp"

namespace logigrad::report {

// The machine or machines, revision and date.
std::string title_of(const std::vector<Run>& runs);

// {title, columns: the names of a row's cells, runs: [{title, interrupted, facts: [[name, value]],
// notes, rows: [[cells]], charts}], bars: [[for each run its row or null]], why: [{run, baseline,
// lines: [{row, factors}], means: [{dtype, threads_of, level, lines, known, factors}]}]}
nlohmann::ordered_json view_of(const std::vector<Run>& runs);

}  // namespace logigrad::report
