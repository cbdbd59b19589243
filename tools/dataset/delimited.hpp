// Reads CSV, TSV and white-space separated data: a rectangle of cells, one column of which is the
// label.
#pragma once

#include "tools/dataset/dataset.hpp"
#include "tools/dataset/text_file.hpp"

namespace logigrad::dataset {

// Reads `file` from its first line on, which must exist. Commas separate if that line has one.
Dataset load_delimited(TextFile& file, const LoadOptions& options);

}  // namespace logigrad::dataset
