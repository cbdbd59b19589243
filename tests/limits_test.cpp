// A limit that left something out would make every kernel look worse than it is: read kernels must
// read every byte, and the arithmetic must be as much as the shape asks for.
#include "bench/limits/limits.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "logigrad/variant.hpp"

namespace logigrad::bench {
namespace {

template <class T>
class Limits : public testing::Test {
 protected:
  struct Data {
    std::vector<T> x, y;
    Problem<T> problem;
    Data(std::size_t rows, std::size_t cols) : x(rows * cols), y(rows, T(1)) {
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<T>(i % 127) / 8;
      problem.x = x.data();
      problem.y = y.data();
      problem.rows = rows;
      problem.cols = problem.stride = cols;
    }
  };
};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(Limits, Types);

TYPED_TEST(Limits, ReadsDependOnEveryElement) {
  const std::vector<LimitInfo> list = limits();
  // Less than a vector, vectors and a rest, and more than the 512 KiB in which the streams are.
  for (const auto& [rows, cols] :
       {std::pair<std::size_t, std::size_t>{3, 1}, {67, 5}, {131, 1023}}) {
    typename TestFixture::Data data(rows, cols);
    const std::size_t step = data.x.size() > 1000 ? 997 : 1;
    for (std::size_t k = 0; k < list.size(); ++k) {
      if (list[k].kind != LimitInfo::Kind::kRead) continue;
      for (const int threads : {1, 2}) {
        const double before = run_limit(k, data.problem, threads);
        const auto expect_change = [&](TypeParam& element, const std::string& what) {
          const TypeParam kept = element;
          element = -element - 1;
          EXPECT_NE(run_limit(k, data.problem, threads), before) << list[k].name << " " << what;
          element = kept;
        };
        for (std::size_t i = 0; i < data.x.size(); i += step) {
          expect_change(data.x[i], "x " + std::to_string(i));
        }
        expect_change(data.x.back(), "last x");
        for (TypeParam& y : data.y) expect_change(y, "y");
        EXPECT_EQ(run_limit(k, data.problem, threads), before);
      }
    }
  }
}

TYPED_TEST(Limits, AreOfTheStrongestIsaAndOfEveryKind) {
  bool found[3] = {};
  for (const LimitInfo& limit : limits()) {
    EXPECT_EQ(limit.isa, runnable_isas().back());
    found[static_cast<int>(limit.kind)] = true;
  }
  EXPECT_TRUE(found[0] && found[1] && found[2]);
}

}  // namespace
}  // namespace logigrad::bench
