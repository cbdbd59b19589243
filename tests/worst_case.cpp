// worst_case: looks for the largest error there is, as a fraction of the bound, in every variant.
// Random data show less than a hundredth of it; whoever promises a bound should know how far they
// can be driven. A hill climber changes one thing at a time in a small problem and keeps what
// brings the answer further from the truth: it finds sums that all round the same way, margins that
// cancel, slopes in the tails.
//
// Exit status: 0; 1 a bound is broken, or the search did not find the fault that is put there for
// it; 2 usage.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>

#include "tests/broken_bodies.hpp"
#include "tests/problem_data.hpp"
#include "tests/worst_case_moves.hpp"

namespace logigrad {
namespace {

template <class T>
void judge(Candidate<T>& c, const Variant& variant) {
  std::vector<T> dw(c.cols);
  T db;
  Options options;
  options.variant = &variant;
  options.threads = 1;
  const double loss = loss_gradient(c.problem(), c.w.data(), c.b, dw.data(), &db, options);
  Judge<T> judge(c.problem(), c.w.data(), c.b);
  const Verdict verdict = judge.check({dw.data(), &db, &loss}, variant.margin_depth(c.cols));
  c.fraction = verdict.error_of_bound;
  c.where = verdict.where;
}

template <class T>
struct Found {
  Candidate<T> worst;
  double random = 0;  // of the candidates that were only drawn
};

// Climbs until `patience` changes in a row brought nothing, then starts elsewhere.
template <class T>
Found<T> search(const Variant& variant, int candidates, std::uint64_t seed) {
  Random random(seed);
  Found<T> found;
  const int patience = 60;
  for (int tried = 0; tried < candidates;) {
    Candidate<T> best = start<T>(random, variant.lanes);
    if (!has_a_meaning(best, variant.margin_depth(best.cols))) continue;
    judge(best, variant);
    found.random = std::max(found.random, best.fraction);
    ++tried;
    for (int idle = 0; idle < patience && tried < candidates; ++tried, ++idle) {
      Candidate<T> next = best;
      for (std::size_t changes = 1 + random() % 3; changes; --changes) mutate(next, random);
      if (!has_a_meaning(next, variant.margin_depth(next.cols))) continue;
      judge(next, variant);
      if (next.fraction < best.fraction) continue;
      if (next.fraction > best.fraction) idle = 0;
      best = std::move(next);
    }
    if (best.fraction > found.worst.fraction) found.worst = std::move(best);
  }
  return found;
}

struct Line {
  double fraction, random;
  std::string text;
};

Line search_variant(const Variant& variant, int candidates, std::uint64_t seed) {
  Line line;
  with_type(variant, [&]<class T>(T) {
    const Found<T> found = search<T>(variant, candidates, seed);
    line = {
        found.worst.fraction, found.random,
        fmt::format("{:28} {:>8.4f} {:>8.4f}  {} of {}x{}", variant.name(), found.random,
                    found.worst.fraction, found.worst.where, found.worst.rows, found.worst.cols)};
  });
  return line;
}

int run(int argc, char** argv) {
  CLI::App app("Looks for the largest error as a fraction of its bound, in every variant.");
  int candidates = 20000;
  std::uint64_t seed = 1;
  app.add_option("--candidates", candidates, "Problems tried in a variant (default: 20000)")
      ->check(CLI::Range(100, 100'000'000));
  app.add_option("--seed", seed, "Another search (default: 1)");
  std::string part;
  app.add_option("--variant", part,
                 "Only variants with this in their name, narrow/avx512 for example");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::vector<Variant> variants = runnable_variants();
  std::erase_if(variants,
                [&](const Variant& v) { return v.name().find(part) == std::string::npos; });
  if (variants.empty()) {
    fmt::print(stderr,
               "worst_case: --variant: found '{}', which is in no name of a variant that "
               "runs here\n",
               part);
    return 2;
  }
  variants.push_back(unflushed_variant<float>());
  std::vector<Line> lines(variants.size());
  // The fault needs some hundred rows, which most problems have not.
  constexpr int kForTheFault = 10000;
#pragma omp parallel for schedule(dynamic)
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const bool is_fault = i + 1 == variants.size();
    lines[i] = search_variant(variants[i],
                              is_fault ? std::max(candidates, kForTheFault) : candidates, seed);
  }

  const double seeded = lines.back().fraction;
  lines.pop_back();
  fmt::print("{} problems each: the largest error over its bound, and where\n", candidates);
  fmt::print("{:28} {:>8} {:>8}\n", "variant", "random", "search");
  double worst = 0;
  for (const Line& line : lines) {
    worst = std::max(worst, line.fraction);
    fmt::print("{}\n", line.text);
  }
  fmt::print("largest: {:.4f}; in a body that never flushes: {:.2f}\n", worst, seeded);
  if (worst > 1) fmt::print("BROKEN: an error is beyond its bound\n");
  if (seeded <= 1) fmt::print("BROKEN: the search does not find the body that never flushes\n");
  return worst <= 1 && seeded > 1 ? 0 : 1;
}

}  // namespace
}  // namespace logigrad

int main(int argc, char** argv) { return logigrad::run(argc, argv); }
