// The slow truth and the judge that holds every variant against it.
//
// reference(): two passes in double-double (about 106 bits), one row after another.
// Judge: the a-priori error bound of the numeric contract (README, "What is promised"), row by row.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "logigrad/problem.hpp"

namespace logigrad {

struct Reference {
  double loss = 0;
  double db = 0;           // 0 without an intercept
  std::vector<double> dw;  // D values
};

// The loss and gradient of `problem` at (w, b), each rounded once from double-double.
// Throws std::invalid_argument as loss_gradient() does.
template <class T>
Reference reference(const Problem<T>& problem, const T* w, T b);

// The answer of a variant, as it comes out of loss_gradient() or gradient().
template <class T>
struct Answer {
  const T* dw;
  const T* db = nullptr;         // null without an intercept
  const double* loss = nullptr;  // null: a gradient alone
};

struct Verdict {
  double error_of_bound = 0;  // the largest |got - want| / bound; infinite for a NaN
  std::string where;          // of the largest: "loss", "db" or "dw[17]"
  bool ok() const { return error_of_bound <= 1; }
};

// Holds the reference of one problem and the sums that its bounds need; answers are checked against
// it in O(D), after an O(N D) preparation for each margin depth, kept. The data of the problem
// must stay alive.
template <class T>
class Judge {
 public:
  Judge(const Problem<T>& problem, const T* w, T b);
  ~Judge();
  Judge(Judge&&) noexcept;

  const Reference& expected() const;

  // `margin_depth` is the m of the bound, Variant::margin_depth(D); `sum_depth` its k: 264 for
  // every variant.
  Verdict check(const Answer<T>& answer, std::size_t margin_depth, std::size_t sum_depth = 264);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The test that no bound can replace, since a bound of a large N hides a dropped row: at w = 0,
// b = 0 and x in multiples of `unit` (a power of two) with |x| <= 8 unit, the gradient is
// -1/2 sum s y x to the bit, s being whole sample weights that are as good as that many rows.
// Prepared in O(N D), an answer is checked in O(D).
template <class T>
class ExactTest {
 public:
  // `problem` must be without L2 and mean, its X and sample weights as said above.
  explicit ExactTest(const Problem<T>& problem);

  // Where the answer differs, "dw[3]: found 1.5, expected 2"; empty if nowhere.
  std::string check(const Answer<T>& answer) const;

 private:
  std::vector<double> want_;  // dw, then db
};

}  // namespace logigrad
