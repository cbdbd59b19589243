// The children of the gate: how they end, by themselves or not, and what is left of them.
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "tests/child_process.hpp"
#include "tests/temporary_directory.hpp"
#include "tools/gate/process.hpp"

namespace logigrad::gate {
namespace {

Command shell(const std::string& script) { return {{"/bin/sh", "-c", script}, {}, {}, {}, {}, 0}; }

Ending run_shell(const std::string& script) {
  return run(shell(script), [] { return false; });
}

TEST(GateProcess, SaysHowItEnded) {
  EXPECT_TRUE(run_shell("exit 0").succeeded());
  const Ending three = run_shell("exit 3"), segv = run_shell("kill -SEGV $$");
  EXPECT_FALSE(three.succeeded());
  EXPECT_EQ(three.text(shell("")), "exited with 3");
  EXPECT_EQ(segv.signal, SIGSEGV);
  EXPECT_EQ(segv.text(shell("")), "was ended by SIGSEGV");
  EXPECT_THROW(run({{"/no/such/program"}, {}, {}, {}, {}, 0}, [] { return false; }),
               std::runtime_error);
}

TEST(GateProcess, OutputsEnvironmentAndDirectory) {
  const TemporaryDirectory scratch;
  Command command = shell("pwd; echo \"$GATE_VALUE\"; echo 1 >&2; cat");
  command.environment = {{"GATE_VALUE", "seven"}};
  command.directory = scratch.path();
  command.out = scratch.path() / "out";
  command.err = scratch.path() / "err";
  EXPECT_TRUE(run(command, [] { return false; }).succeeded());
  EXPECT_EQ(tail_of(command.out, 9), scratch.path().string() + "\nseven\n") << "no input";
  EXPECT_EQ(tail_of(command.err, 9), "1\n");
  EXPECT_EQ(tail_of(command.out, 1), "seven\n");
  EXPECT_EQ(tail_of(scratch.path() / "none", 1), "");
  command.err = command.out;
  run(command, [] { return false; });
  EXPECT_EQ(tail_of(command.out, 2), "seven\n1\n") << "both in one file, in their order";
}

// What a process has started ends with it, whether it ends by itself or not.
TEST(GateProcess, NothingIsLeftOfIt) {
  const TemporaryDirectory scratch;
  const std::filesystem::path child = scratch.path() / "child";
  const std::string start = "sleep 300 & echo $! >'" + child.string() + "'; ";
  const auto child_is_gone = [&child] {
    std::ifstream file(child);
    pid_t pid = 0;
    file >> pid;
    EXPECT_GT(pid, 0);
    return is_gone(pid);
  };
  EXPECT_TRUE(run_shell(start).succeeded());
  EXPECT_TRUE(child_is_gone());

  Command late = shell(start + "wait");
  late.seconds = 0.3;
  const Ending ending = run(late, [] { return false; });
  EXPECT_TRUE(ending.late);
  EXPECT_FALSE(ending.succeeded());
  EXPECT_EQ(ending.text(late), "was still running after 0.3 s");
  EXPECT_TRUE(child_is_gone());

  std::filesystem::remove(child);
  const Ending stopped = run(shell(start + "wait"), [&] { return exists(child); });
  EXPECT_TRUE(stopped.stopped);
  EXPECT_FALSE(stopped.succeeded());
  EXPECT_TRUE(child_is_gone());
}

TEST(GateProcess, OneThatDoesNotListenIsKilled) {
  Command deaf = shell("trap '' TERM; while :; do sleep 0.1; done");
  deaf.seconds = 0.2;
  const Ending ending = run(deaf, [] { return false; });
  EXPECT_TRUE(ending.late);
  EXPECT_EQ(ending.signal, SIGKILL);
}

}  // namespace
}  // namespace logigrad::gate
