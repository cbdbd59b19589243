// The files that the program writes: whole, or not at all.
#pragma once

#include <string>
#include <vector>

#include "logigrad/descend.hpp"
#include "tools/machine/result_file.hpp"

namespace logigrad::program {

// `path`, as given with `option`, made absolute. Throws InputError where an AtomicFile would do
// what nobody means: take the place of one of `inputs`, or create a directory after a typing error.
std::string output_path(const std::string& option, const std::string& path,
                        const std::vector<std::string>& inputs = {});

// One line an iteration: iteration,loss,gradient_norm,seconds. Written as the descent goes, under
// another name until commit().
class TraceFile {
 public:
  // `path` from output_path(). Throws std::runtime_error if it cannot be written.
  explicit TraceFile(const std::string& path);

  // `seconds` since the descent began.
  void add(const Iteration& iteration, double seconds);
  void commit();

 private:
  AtomicFile file_;
  std::string buffer_;
};

}  // namespace logigrad::program
