// logigrad gate --self-test, on made-up programs whose slowdown is as honest as they say, or not.
#include "tests/fake_bench.hpp"

namespace logigrad {
namespace {

class GateSelfTest : public GateTest {
 protected:
  // A program that by --slowdown=PERCENT is slower by `factor_of(PERCENT)`.
  template <class Factor>
  void slowed(const Factor& factor_of) const {
    unsigned seed = 0;
    for (const int percent : {0, 5, 10, 20}) {
      const double factor = factor_of(percent);
      fake("slowed." + std::to_string(percent), times(factor, 0.004, ++seed, factor));
    }
    script("slowed", "for a; do case $a in --slowdown=*) percent=${a#*=};; esac; done\nexec '" +
                         path("slowed").string() + ".'$percent \"$@\"\n");
  }

  Outcome self_test() const {
    return run_gate(
        {"gate", "--self-test", "--slowed", "./slowed", "--seed", "1", "--filter", "x"});
  }
};

TEST_F(GateSelfTest, TruthIsFound) {
  slowed([](int percent) { return 1 + percent / 100.0; });
  const Outcome outcome = self_test();
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find("identical code, "), std::string::npos);
  EXPECT_NE(outcome.out.find("slower by 20 %, "), std::string::npos);
  EXPECT_NE(outcome.out.find(" 0 of them wrong"), std::string::npos) << outcome.out;
}

TEST_F(GateSelfTest, ASlowdownThatIsNoneIsALie) {
  slowed([](int) { return 1.0; });
  const Outcome outcome = self_test();
  EXPECT_EQ(outcome.status, 1) << outcome.out;
  EXPECT_NE(outcome.out.find("PASS  A LIE"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.err.find("the gate has lied: "), std::string::npos) << outcome.err;
}

TEST_F(GateSelfTest, IdenticalCodeThatIsSlowerIsALie) {
  slowed([](int percent) { return percent == 0 ? 1.0 : 0.8; });
  const Outcome outcome = self_test();
  EXPECT_EQ(outcome.status, 1) << outcome.out;
  EXPECT_NE(outcome.out.find("IMPROVED  A LIE"), std::string::npos) << outcome.out;
}

TEST_F(GateSelfTest, WithoutItsProgramItSaysWhatToBuild) {
  const Outcome outcome = run_gate({"gate", "--self-test", "--slowed", "./none"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_NE(outcome.err.find("none: found no such file, expected the program of --self-test"),
            std::string::npos)
      << outcome.err;
}

}  // namespace
}  // namespace logigrad
