// The benchmark cases: for every type x shape x thread count the hardware's limits, the peers, and
// every runnable variant from the registry.
//
// validate -> time -> counters. A case that fails its validation gets no time, and is counted. The
// limits and peers of a group come first, so that each time of a variant is shown beside them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/shapes.hpp"
#include "bench/workload.hpp"

namespace logigrad::bench {

struct CaseList {
  std::vector<BenchShape> shapes;
  std::vector<Dtype> dtypes;
  std::vector<int> threads;  // ascending
  std::vector<Variant> variants;
  bool compare = true;  // with limits and peers
  LoadOptions load;     // for shapes with a data file
};

// What a case's name says, for reports.
struct CaseName {
  std::string quantity;    // limit, peer, gradient or loss_gradient
  std::string body;        // of a variant; or the name of the limit or peer
  std::string isa, dtype;  // isa: "any" for a peer, whose library decides
  std::size_t rows = 0, cols = 0;
  int threads = 0;

  std::string variant() const { return body + "/" + isa; }
  std::string shape() const { return std::to_string(rows) + "x" + std::to_string(cols); }
};

// Takes "gradient/panel/avx2_fma/f32/N:65536/D:256/threads:2", with or without the suffixes that
// Google Benchmark appends; nothing if it is another kind of name.
std::optional<CaseName> parse_case_name(const std::string& name);

// What went wrong in a run, and what a progress display has to know.
struct RunLog {
  struct Planned {
    std::string name;  // as Google Benchmark reports it
    double work;       // seconds' worth, roughly: only the proportions count
  };
  std::vector<Planned> planned;
  std::vector<std::string> failures;
};

// Registers the cases with Google Benchmark, each for at least `min_time` seconds; `log` must
// outlive the run. A shape with fewer chunks than threads has nothing to share and is not
// registered for them. Nothing is allocated for a shape before its first case runs.
void register_cases(const CaseList& list, double min_time, const std::shared_ptr<RunLog>& log);

}  // namespace logigrad::bench
