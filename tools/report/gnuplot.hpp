// The charts as pictures for a README: scripts for gnuplot, which writes SVG.
#pragma once

#include <string>

#include "tools/report/charts.hpp"

namespace logigrad::report {

// The script of a chart of `run`: auto, limits and the best peer, of one type and one number of
// threads (of all in the chart of scaling), without a sweep's points; empty if no point is left.
// The text stays text and the background is white, so that the picture can be read on a dark page
// too.
std::string gnuplot_script(const Run& run, const Chart& chart, Dtype dtype, int threads);

// Runs gnuplot on a script, the picture into `output`. Throws std::runtime_error if there is no
// gnuplot or it fails; what it says goes to standard error.
void draw(const std::string& script, const std::string& output);

}  // namespace logigrad::report
