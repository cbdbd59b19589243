// For tests of every variant: at the end of the program, how many of them were tested. Fails if an
// ISA that this CPU has, by the kernel's own list of its flags, was not. Where that list is another
// CPU's, under an emulator, LOGIGRAD_EXPECTED_ISAS has the ISAs that must run, and no other may;
// with a filter, too, which must then leave a test of every variant.
#pragma once

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/expected_isas.hpp"
#include "tests/problem_data.hpp"

namespace logigrad {

// The names of those that a test of the contract has been through.
inline std::set<std::string>& tested_variants() {
  static std::set<std::string> names;
  return names;
}

// Whether none of the tests in this program that have the variant for a parameter failed, those of
// the contract or others.
inline bool passed(const Variant& variant) {
  const std::string parameter = "/" + test_name({variant, 0});
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int k = 0; k < suite.total_test_count(); ++k) {
      const testing::TestInfo& test = *suite.GetTestInfo(k);
      if (test.result()->Failed() && std::string(test.name()).ends_with(parameter)) return false;
    }
  }
  return tested_variants().count(variant.name()) != 0;
}

// Whether no test of the contract was filtered out; those of other things may be.
inline bool is_whole_contract_run() {
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    if (std::string(suite.name()) != "Variant/Contract") continue;
    return suite.test_to_run_count() == suite.total_test_count();
  }
  return false;
}

class Coverage : public testing::Environment {
  void TearDown() override {
    // A part was asked for, by somebody who did not say which ISAs are in it.
    if (!is_whole_contract_run() && expected_isas().empty()) return;
    std::set<std::string> isas;
    std::map<std::string, std::pair<std::size_t, std::size_t>> counts;  // of an ISA: passed, all
    std::size_t count = 0;
    for (const Variant& variant : variants()) {
      const std::string isa(variant.isa), missing = variant.missing();
      ++counts[isa].second;
      if (!missing.empty()) {
        std::cout << "not tested: " << variant.name() << ", for want of " << missing << "\n";
      } else if (passed(variant)) {
        isas.insert(isa);
        ++counts[isa].first;
        ++count;
      } else {
        ADD_FAILURE() << variant.name() << " runs here, but did not pass";
      }
    }
    for (const auto& [isa, of] : counts)
      std::cout << "isa " << isa << ": " << of.first << " of " << of.second << " variants passed\n";
    std::cout << count << " of " << variants().size() << " variants tested\n";
    if (const std::set<std::string> expected = expected_isas(); !expected.empty()) {
      EXPECT_EQ(isas, expected) << "the ISAs that were tested, and LOGIGRAD_EXPECTED_ISAS";
      return;
    }
    for (const std::string& isa : isas_of_cpuinfo()) {
      EXPECT_TRUE(isas.count(isa)) << "this CPU has " << isa << ", but it was not tested";
    }
  }
};

}  // namespace logigrad
