// logigrad gate of git revisions: what is built, how often, and what is left when a build fails.
#include <cstdlib>
#include <regex>
#include <set>

#include "tests/fake_bench.hpp"

namespace logigrad {
namespace {

// A repository whose "build" makes an executable of the committed file bench.sh.
class GateRefsTest : public GateTest {
 protected:
  void SetUp() override {
    git({"init", "--quiet", "--initial-branch=main"});
    write(".gitignore", "/build/\n/*.json\n/calls\n/[ab].*\n/[ab]\n");
    commit("fast", 1);
    git({"tag", "fast"});
    commit("slow", 1.1);
  }

  void git(Strings words) const {
    words.insert(words.begin(), {"/usr/bin/env", "git", "-c", "user.name=n", "-c", "user.email=e",
                                 "-c", "commit.gpgsign=false"});
    const Outcome outcome = spawn(words, {});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
  }

  // A commit of a program whose first benchmark takes `factor` times as long.
  void commit(const std::string& name, double factor) const {
    fake("a", times(factor));
    for (int i = 0; i < 31; ++i) {
      const std::string number = std::to_string(i);
      write("results/" + number, content_of(path("a." + number)));
    }
    // The results are part of the program: it is run when the tree is gone.
    write("bench.sh",
          "for a; do case $a in --benchmark_out=*) out=${a#*=};; esac; done\n"
          "echo \"$0 $*\" >>'" +
              path("calls").string() +
              "'\n"
              "n=$(($(wc -l <'" +
              path("calls").string() +
              "') % 31))\n"
              "sed \"1,/^=$n\\$/d;/^=/,\\$d\" \"$0\" >\"$out\"\nexit 0\n");
    git({"add", "."});
    git({"commit", "--quiet", "--message", name});
  }

  static constexpr const char* kBuild =
      "echo built >>\"$LOG\"; pwd >>\"$LOG\"; mkdir out && { echo '#!/bin/sh'; cat bench.sh; "
      "for i in results/*; do echo \"=${i#*/}\"; cat $i; echo; done; echo =end; } >out/bench && "
      "chmod +x out/bench";

  Outcome gate(const std::string& baseline, const std::string& candidate, Strings more = {},
               const std::string& build = kBuild) const {
    Strings arguments = {"gate",    "--baseline",     baseline,   "--candidate",
                         candidate, "--seed",         "1",        "--build-command",
                         build,     "--build-output", "out/bench"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_gate(arguments, {"LOG=" + path("build.log").string()});
  }

  Strings kept(const std::string& cache = "build/gate") const {
    Strings names;
    for (const auto& entry : std::filesystem::directory_iterator(path(cache)))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  Strings built() const { return lines_of(content_of(path("build.log"))); }
};

TEST_F(GateRefsTest, RevisionsAreBuiltInOnePlaceAndKept) {
  const Outcome slow = gate("fast", "HEAD");
  EXPECT_EQ(slow.status, 1) << slow.err << slow.out;
  EXPECT_TRUE(std::regex_search(slow.out, std::regex("baseline   fast \\([0-9a-f]{12}\\)\n")))
      << slow.out;
  const Strings log = built();
  ASSERT_EQ(log.size(), 4u) << "each once";
  EXPECT_EQ(log[1], log[3]) << "both in one place";
  EXPECT_EQ(log[1], path("build/gate/tree"));
  EXPECT_FALSE(std::filesystem::exists(path("build/gate/tree"))) << "the tree is left";
  EXPECT_EQ(count_of(slow.err, "building "), 2u) << slow.err;

  const Outcome again = gate("HEAD~1", "main");
  EXPECT_EQ(again.status, 1) << again.err;
  EXPECT_EQ(built().size(), 4u) << "by other names, the same commits";
  EXPECT_EQ(count_of(again.err, " is built already"), 2u) << again.err;
  const Outcome same = gate("fast", "fast");
  EXPECT_EQ(same.status, 0) << same.out;
  EXPECT_NE(same.out.find("both sides are of one commit"), std::string::npos) << same.out;
  // Another command, other flags: another build.
  gate("fast", "fast", {}, std::string("true; ") + kBuild);
  EXPECT_EQ(built().size(), 6u);
  const Strings command = {"gate", "--baseline",     "fast",     "--candidate",
                           "fast", "--seed",         "1",        "--build-command",
                           kBuild, "--build-output", "out/bench"};
  run_gate(command, {"LOG=" + path("build.log").string(), "CXXFLAGS=-O1"});
  EXPECT_EQ(built().size(), 8u);
  EXPECT_EQ(files().size(), 3u + 31 + 5) << "the gate writes nothing else into the directory";
}

TEST_F(GateRefsTest, WhatIsNotCommittedIsNotGated) {
  write("bench.sh", "exit 5\n");
  EXPECT_EQ(gate("fast", "HEAD").status, 1);
  EXPECT_EQ(content_of(path("bench.sh")), "exit 5\n");
}

TEST_F(GateRefsTest, AFailedBuildLeavesItsLogAndNothingElse) {
  const Outcome outcome =
      gate("fast", "HEAD", {}, "seq 100; echo 'error: no semicolon' >&2; exit 3");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_NE(outcome.err.find("\n100\nerror: no semicolon\nlogigrad: fast ("), std::string::npos)
      << outcome.err;
  EXPECT_EQ(outcome.err.find("\n50\n"), std::string::npos) << "only the end of the log";
  EXPECT_NE(outcome.err.find("the build exited with 3, and left no out/bench; its log is "),
            std::string::npos)
      << outcome.err;
  ASSERT_EQ(kept().size(), 2u);
  EXPECT_TRUE(kept()[0].ends_with(".log")) << kept()[0];
  EXPECT_EQ(kept()[1], "lock");
  EXPECT_EQ(gate("fast", "HEAD", {}, "mkdir out; touch out/bench").status, 2) << "no executable";
  // A tree that a killed run has left is in nobody's way.
  write("build/gate/tree/left", "behind");
  EXPECT_EQ(gate("fast", "HEAD").status, 1);
}

TEST_F(GateRefsTest, ErrorsOfNames) {
  const auto refused = [this](const std::string& name, const std::string& message) {
    const Outcome outcome = gate(name, "HEAD");
    EXPECT_EQ(outcome.status, 2) << name;
    EXPECT_NE(outcome.err.find(message), std::string::npos) << outcome.err;
  };
  refused("no-such-branch",
          "no-such-branch: found neither an executable file of that name nor a "
          "git revision\n");
  refused("--help", "--help: found neither an executable file");
  refused("HEAD:results", "found neither an executable file");
  EXPECT_EQ(gate("fast", "HEAD", {"--cache", path("elsewhere")}).status, 1);
  EXPECT_EQ(kept("elsewhere").size(), 5u) << "two programs, two logs and the lock";
}

// Of a program that Ninja links: three functions are enough to shuffle.
TEST_F(GateRefsTest, RelinkedCopiesHaveTheirFunctionsInOtherOrders) {
  for (const char* tool : {"ninja", "ld.gold"}) {
    if (std::system((std::string("command -v ") + tool + " >/dev/null").c_str()) != 0)
      GTEST_SKIP() << "for want of " << tool;
  }
  write("f.c",
        "int f1(int x) { return x + 1; }\nint f2(int x) { return x * 3; }\n"
        "int f3(int x) { return x - 7; }\nint f4(int x) { return x ^ 9; }\n"
        "int f5(int x) { return x / 5; }\nint f6(int x) { return x % 4; }\n");
  write("main.c",
        "#include <stdlib.h>\n#include <stdio.h>\nint f1(int), f2(int), f3(int), f4(int), "
        "f5(int), f6(int);\nint main(int argc, char** argv) {\n"
        "  char text[10000];\n  int n = snprintf(text, sizeof text, \"sh bench.sh\");\n"
        "  for (int i = 1; i < argc; ++i)\n"
        "    n += snprintf(text + n, sizeof text - n, \" '%s'\", argv[i]);\n"
        "  return system(text) != 0 || f1(f2(f3(f4(f5(f6(argc)))))) == 1 << 30;\n}\n");
  write("build.ninja",
        "rule cc\n  command = cc $$CXXFLAGS -c -o $out $in\n"
        "rule link\n  command = cc -o $out $in\n"
        "build f.o: cc f.c\nbuild main.o: cc main.c\n"
        "build bench: link main.o f.o\n");
  fake("a", times(1));
  write("bench.sh", content_of(path("a")));
  git({"add", "--force", "."});
  git({"commit", "--quiet", "--message", "linked"});
  const Strings command = {"gate",        "--baseline",     "HEAD",  "--candidate",
                           "HEAD",        "--relink",       "2",     "--build-command",
                           "ninja bench", "--build-output", "bench", "--json",
                           "out.json",    "--seed",         "1"};
  const Outcome outcome = run_gate(command);
  ASSERT_EQ(outcome.status, 0) << outcome.err << outcome.out;
  std::set<std::string> programs, orders;
  for (const std::string& call : calls()) programs.insert(call.substr(0, call.find(' ')));
  const Json json = Json::parse(content_of(path("out.json")));
  EXPECT_EQ(calls().size(), 3 + 14 * json.at("blocks").get<std::size_t>())
      << "three programs and two copies of two, twice a block";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path("build/gate"))) {
    if (entry.path().filename().string().rfind("bench", 0) != 0) continue;
    const Outcome nm = spawn({"/usr/bin/env", "nm", "--numeric-sort", entry.path()}, {});
    std::string order;
    for (const std::string& line : lines_of(nm.out)) {
      if (std::regex_search(line, std::regex(" T f[1-6]$"))) order += line.back();
    }
    EXPECT_EQ(order.size(), 6u) << nm.out;
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 3u) << "the program and its two copies";
}

}  // namespace
}  // namespace logigrad
