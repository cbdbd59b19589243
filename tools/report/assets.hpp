// The files of the page, which CMake puts into the program (cmake/embed.cmake).
#pragma once

#include <string_view>

namespace logigrad::report {

extern const std::string_view kPageHtml, kPageCss, kPageJs, kChartsJs, kMachinesJs;
extern const std::string_view kChartJs;  // empty if the build found no Chart.js

}  // namespace logigrad::report
