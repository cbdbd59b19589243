// The benchmark cases, and the groups in which they are timed: a case is a contender (a limit of
// the hardware, a peer, a variant) on the data of a shape; a group is what is timed in turn, round
// by round, so that its times can be set against each other.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bench/limits/limits.hpp"
#include "bench/peers/peer.hpp"
#include "bench/shapes.hpp"
#include "logigrad/variant.hpp"

namespace logigrad::bench {

struct LimitCase {
  std::size_t index;  // of limits()
  LimitInfo info;
};

struct VariantCase {
  std::optional<Variant> variant;  // none: auto
  bool want_loss;
};

using Contender = std::variant<LimitCase, PeerInfo, VariantCase>;

struct Case {
  std::size_t shape;  // index into the group's shapes
  int threads;        // kDefaultThreads: the library decides
  Contender what;
  std::string name{};  // "gradient/panel/avx2_fma/f32/N:65536/D:256/threads:2"

  // What others are compared with, or compared with them: timed in every round.
  bool compared() const;
};

inline constexpr int kDefaultThreads = 0;

// The shapes of a group are of one type, and its cases are timed on the same data in every round.
struct Group {
  Dtype dtype;
  std::vector<BenchShape> shapes;
  std::vector<Case> cases;
  int rounds;

  const BenchShape& shape_of(const Case& c) const { return shapes[c.shape]; }
  void add(std::size_t shape, int threads, Contender what);
};

// All limits, or all peers, on a shape of the group.
void add_limits(Group& group, std::size_t shape, int threads);
void add_peers(Group& group, std::size_t shape, int threads);

// What a run may choose from.
struct CaseList {
  std::vector<BenchShape> shapes;
  std::vector<Dtype> dtypes;
  std::vector<int> threads;  // ascending
  std::vector<Variant> variants;
  bool compare = true;  // with limits and peers
  int rounds = 9;       // 0: the plan of a full run has its own
};

// For every shape and type of the list a group: at each number of threads limits, peers, and every
// variant. A shape with fewer chunks than threads has nothing to share and is not timed with them.
std::vector<Group> all_groups(const CaseList& list);

// Keeps the cases whose name matches: `pattern` is Google Benchmark's filter, a POSIX extended
// regular expression, negated by a leading '-'. Throws InputError if it is none.
void keep_matching(std::vector<Group>& groups, const std::string& pattern);

// What a case's name says, for reports.
struct CaseName {
  std::string quantity;    // limit, peer, gradient or loss_gradient
  std::string body;        // of a variant; or the name of the limit or peer
  std::string isa, dtype;  // isa: "any" for a peer, whose library decides
  std::size_t rows = 0, cols = 0, stride = 0;
  int threads = 0;  // kDefaultThreads for "threads:default"

  std::string variant() const { return body + "/" + isa; }
  std::string shape() const { return std::to_string(rows) + "x" + std::to_string(cols); }
};

// Takes a case's name, with or without suffixes that Google Benchmark appends; nothing if it is
// another kind of name.
std::optional<CaseName> parse_case_name(const std::string& name);

}  // namespace logigrad::bench
