// Reads LIBSVM's format, `label index:value index:value ... # comment`, with indices from 1 and
// ascending, and makes it dense: an index that a line leaves out is 0 there.
#pragma once

#include "tools/dataset/dataset.hpp"
#include "tools/dataset/text_file.hpp"

namespace logigrad::dataset {

// Whether `file` looks like LIBSVM: its first line that has more than a label, or if there is none
// its first line, has no ',' and ends with a word that has a ':'.
bool is_libsvm(TextFile& file);

// Reads `file` from its first line on. The number of features is the largest index in it.
Dataset load_libsvm(TextFile& file, const LoadOptions& options);

}  // namespace logigrad::dataset
