// The program's command line, its refusals and its list of variants.
//
// A refusal is one line on stderr and status 2, and nothing is written.
#include <filesystem>
#include <iterator>
#include <string>

#include "tests/program_fixture.hpp"
#include "tests/sanitized.hpp"

namespace logigrad {
namespace {

// ---- The command line ---------------------------------------------------------------------------

TEST_F(ProgramTest, HelpTeaches) {
  const Outcome help = run({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(help.err, "");
  for (const char* part :
       {"log(1 + exp(-y_n z_n))", "LIBSVM", "LOGIGRAD_MAX_ISA", "Exit status", "logigrad eval ",
        "logigrad train ", "logigrad demo ", "logigrad doctor"}) {
    EXPECT_NE(help.out.find(part), std::string::npos) << part;
  }
  for (const std::string command :
       {"variants", "eval", "train", "demo", "doctor", "compare", "history"}) {
    const Outcome outcome = run({command, "--help"});
    EXPECT_EQ(outcome.status, 0) << command;
    EXPECT_NE(outcome.out.find("Example:"), std::string::npos) << command;
  }
}

TEST_F(ProgramTest, Version) {
  const Outcome version = run({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(version.out.rfind("logigrad ", 0), 0u);
  EXPECT_NE(version.out.find("generic"), std::string::npos);
}

TEST_F(ProgramTest, UsageErrors) {
  write("d.csv", "1,2\n0,3\n1,1\n0,0\n");
  expect_refused({}, "subcommand");
  expect_refused({"evaluate"}, "evaluate");
  expect_refused({"eval"}, "DATA");
  expect_refused({"eval", "d.csv", "--frobnicate"}, "--frobnicate");
  expect_refused({"eval", "d.csv", "--l2", "1", "--l2", "2"}, "--l2");
  expect_refused({"eval", "d.csv", "--dtype", "f16"}, "f16");
  expect_refused({"eval", "d.csv", "--variant", "pannel"}, "'pannel' is unknown");
  expect_refused({"eval", "d.csv", "--variant", "naive/generic/f64", "--dtype", "f32"}, "f64");
  expect_refused({"eval", "d.csv", "--label-column", "7"}, "d.csv:1:1: found 2 columns");
  expect_refused({"eval", "d.csv", "--positive", "2"}, "'2'");
  for (const std::string bad :
       {"0", "-1", "1.5", "two", "", "1e2", "99999", "99999999999999999999"}) {
    expect_refused({"eval", "d.csv", "--threads", bad}, "--threads: found '" + bad + "', expected");
  }
  for (const std::string bad : {"-1", "nan", "inf", "1e999", "0x10", "1,5", ""}) {
    expect_refused({"eval", "d.csv", "--l2", bad}, "--l2: found '" + bad + "', expected");
  }
  expect_refused({"variants", "d.csv"}, "d.csv");
  expect_refused({"demo", "--seed", "-1"}, "--seed: found '-1'");
}

TEST_F(ProgramTest, UsageErrorsOfTrain) {
  write("d.csv", "1,2\n0,3\n1,1\n0,0\n");
  const Strings good = {"train", "d.csv", "--eta", "auto", "--iterations", "1"};
  const auto with = [&good](const Strings& more) {
    Strings all = good;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  expect_refused({"train", "d.csv", "--iterations", "1"}, "--eta");
  expect_refused({"train", "d.csv", "--eta", "auto"}, "--iterations");
  for (const std::string bad : {"0", "-1", "nan", "1e999", "fast"}) {
    expect_refused({"train", "d.csv", "--iterations", "1", "--eta", bad},
                   "--eta: found '" + bad + "', expected auto or a finite number > 0");
  }
  for (const std::string bad : {"-1", "1e3", "99999999999999999999", "many"}) {
    expect_refused({"train", "d.csv", "--eta", "auto", "--iterations", bad},
                   "--iterations: found '" + bad + "', expected a whole number");
  }
  expect_refused(with({"--tolerance", "-1"}), "--tolerance: found '-1'");
  expect_refused(with({"--standardize", "--l2", "1"}), "--l2");
  expect_refused(with({"--standardize", "--no-intercept"}), "--no-intercept");
  expect_refused(with({"--trace", "d.csv"}), "input file");
  expect_refused(with({"--trace", "./d.csv"}), "input file");
  expect_refused(with({"--trace", "nowhere/t.csv"}), "found no directory nowhere");
  expect_refused(with({"--trace", "."}), "directory");
  expect_refused(with({"--trace", ""}), "--trace: found an empty name");
  expect_refused(with({"--trace", "/dev/null"}), "/dev/null");
  expect_refused({"demo", "--output", "nowhere/d.svg"}, "found no directory nowhere");
  EXPECT_EQ(files(), Strings{"d.csv"});
}

TEST_F(ProgramTest, FullDiskIsAnError) {
  const Outcome outcome =
      spawn({"/bin/sh", "-c", std::string(LOGIGRAD_PROGRAM) + " variants > /dev/full"}, {});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err.rfind("logigrad: ", 0), 0u) << outcome.err;
}

// ---- Bad input ----------------------------------------------------------------------------------

TEST_F(ProgramTest, BadData) {
  const struct {
    std::string name, text, message;
  } cases[] = {
      {"empty", "", "empty: found an empty file"},
      {"ragged", "1,2,3\n0,4\n", "ragged:2:4: found 2 fields, expected 3"},
      {"text", "1,2\n0,abc\n", "text:2:3: found 'abc', expected a number"},
      {"header", "y,x\n0,1\n1,2\n", "--header"},
      {"one_label", "1,2\n1,3\n", "one_label"},
      {"three_labels", "1,2\n0,3\n2,4\n", "three_labels:3:1: found"},
      {"nan", "1,2\n0,nan\n", "nan:2:3: found 'nan', expected a finite number"},
      {"inf", "1,-inf\n0,2\n", "inf:1:3: found '-inf', expected a finite number"},
      {"overflow", "1,2\n0,1e400\n", "overflow:2:3: found '1e400', which overflows"},
      {"index_0", "1 1:2\n0 0:3\n", "index_0:2:3: found"},
      {"descending", "1 2:1 1:2\n0 1:3\n", "descending:1:7: found"},
      {"index_2_31", "1 1:2\n0 2147483648:3\n", "index_2_31:2:3: found"},
  };
  for (const auto& bad : cases) {
    write(bad.name, bad.text);
    expect_refused({"eval", bad.name}, bad.message);
    expect_refused({"eval", bad.name, "--json", "--dtype", "f32"}, bad.message);
    expect_refused({"train", bad.name, "--eta", "auto", "--iterations", "9", "--trace", "trace"},
                   bad.message);
    EXPECT_FALSE(std::filesystem::exists(path("trace"))) << bad.name;
  }
  EXPECT_EQ(files().size(), std::size(cases)) << "something was written";
  expect_refused({"eval", "missing"}, "missing: ");
  expect_refused({"eval", "."}, "irectory");
}

TEST_F(ProgramTest, WhatOverflowsFloatIsFineAsDouble) {
  write("d.csv", "1,1e39\n0,2\n");
  EXPECT_EQ(eval({"d.csv"}).at("dw")[0], -0.5 * (1e39 - 2));
  expect_refused({"eval", "d.csv", "--dtype", "f32"}, "d.csv:1:3: found '1e39', which overflows");
}

TEST_F(ProgramTest, BadParametersAndWeights) {
  write("d.csv", "1,2,5\n0,3,5\n");
  const auto bad = [this](const std::string& option, const std::string& text,
                          const std::string& message, const Strings& more = {}) {
    write("f", text);
    Strings arguments = {"eval", "d.csv", option, "f"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    expect_refused(arguments, message);
  };
  bad("--parameters", "1 2", "f: found 2 numbers, expected 3 (w_1 w_2 b)");
  bad("--parameters", "1 2 3", "f: found 3 numbers, expected 2 (w_1 w_2)", {"--no-intercept"});
  bad("--parameters", "1 2\nx", "f:2:1: found 'x', expected a number");
  bad("--parameters", "1 2 1e39", "f:1:5: found '1e39', which overflows", {"--dtype", "f32"});
  bad("--sample-weights", "1\n", "f: found 1 numbers, expected 2");
  bad("--sample-weights", "1\n-1\n", "f:2:1: found '-1'");
  bad("--sample-weights", "0\n0\n", "f: found only weights of 0", {"--mean"});
  expect_refused({"eval", "d.csv", "--parameters", "missing"}, "missing: ");
}

// In 1 GiB of address space: either the loader sees that it cannot fit, or the allocation fails.
TEST_F(ProgramTest, TooLargeToAllocate) {
  if (kSanitized) GTEST_SKIP() << "for want of addresses to limit: a sanitizer needs terabytes";
  write("huge", "1 100000000:1\n-1 1:1\n");
  const Outcome outcome = spawn(
      {"/bin/sh", "-c", "ulimit -v 1048576; exec " + std::string(LOGIGRAD_PROGRAM) + " eval huge"},
      {"OMP_NUM_THREADS=1"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err.rfind("logigrad: ", 0), 0u) << outcome.err;
  EXPECT_TRUE(outcome.err.find("memory") != std::string::npos ||
              outcome.err.find("100000000 doubles") != std::string::npos)
      << outcome.err;
}

// ---- variants -----------------------------------------------------------------------------------

TEST_F(ProgramTest, VariantsInJson) {
  const Json list = run({"variants", "--json"}).json();
  std::size_t runnable = 0;
  for (const Json& variant : list) {
    const std::string body = variant.at("body"), isa = variant.at("isa"),
                      dtype = variant.at("dtype"), missing = variant.at("missing");
    EXPECT_EQ(variant.at("name"), body + "/" + isa + "/" + dtype);
    EXPECT_EQ(variant.at("runnable"), missing.empty());
    runnable += missing.empty();
  }
  const Outcome table = run({"variants"});
  EXPECT_EQ(table.status, 0);
  const Strings lines = lines_of(table.out);
  ASSERT_EQ(lines.size(), list.size() + 1);
  EXPECT_EQ(lines.back(),
            std::to_string(runnable) + " of " + std::to_string(list.size()) + " variants run here");
}

TEST_F(ProgramTest, CapOfTheInstructionSet) {
  for (const Json& variant : run({"variants", "--json"}, {"LOGIGRAD_MAX_ISA=generic"}).json()) {
    const bool generic = variant.at("isa") == "generic";
    EXPECT_EQ(variant.at("runnable"), generic) << variant;
    EXPECT_EQ(variant.at("missing") == "", generic) << variant;
  }
  write("d.csv", "1,2\n0,3\n");
  EXPECT_EQ(eval({"d.csv"}, {"LOGIGRAD_MAX_ISA=generic"}).at("variant"), "fused/generic/f64");
  expect_refused({"eval", "d.csv", "--variant", "panel"}, "cannot run here",
                 {"LOGIGRAD_MAX_ISA=generic"});
  for (const Strings& command : {Strings{"variants"}, Strings{"eval", "d.csv"}}) {
    expect_refused(command, "LOGIGRAD_MAX_ISA: found 'avx9'", {"LOGIGRAD_MAX_ISA=avx9"});
  }
}

TEST_F(ProgramTest, ErrorsOfASubcommandNameItsHelp) {
  expect_refused({"compare", "--no-such-option"}, "(see logigrad compare --help)");
  expect_refused({"gate", "--baseline", "x"}, "(see logigrad gate --help)");
  expect_refused({"--no-such-option"}, "(see logigrad --help)");
}

}  // namespace
}  // namespace logigrad
