"""Tests of tools/mutate, on a tree of a few lines: what is killed and what survives, lists that are
stale or wrong, and that the tree itself stays as it was."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[1]

# A "test" greps a file, "building" it refuses the word broken.
CMAKE = """cmake_minimum_required(VERSION 3.25)
project(tiny LANGUAGES NONE)
enable_testing()
message(STATUS "logigrad: ISAs generic;weak")
foreach(name one two)
  add_custom_target(${name}_test COMMAND grep -L broken ${PROJECT_SOURCE_DIR}/src/${name}.txt | grep .)
  add_test(NAME ${name}_test COMMAND grep -q right ${PROJECT_SOURCE_DIR}/src/${name}.txt)
endforeach()
"""
PRESETS = """{"version": 6, "configurePresets": [{"name": "mutants", "generator": "Ninja",
"binaryDir": "${sourceDir}/build/x"}]}"""

KILLED = "mutant kills\nfile: src/one.txt\n- right\n+ wrong\n"
SURVIVES = "mutant lives\nfile: src/one.txt\n- comment\n+ remark\n"
LISTED = SURVIVES + "survives: a comment\n"
INVALID = "mutant breaks\nfile: src/two.txt\n- right\n+ broken\n"


class Tiny(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="mutate_test-"))
        self.addCleanup(shutil.rmtree, self.root)
        for name, content in {"CMakeLists.txt": CMAKE, "CMakePresets.json": PRESETS,
                              "src/one.txt": "right\ncomment\n", "src/two.txt": "right\nright\n",
                              "tools/setup.sh": "#!/bin/sh\n"}.items():
            path = self.root / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        (self.root / "tools" / "setup.sh").chmod(0o755)

    def mutate(self, mutants, *arguments, head="tests: one_test two_test\n"):
        """Runs the tool on a list; returns its status and all that it says."""
        directory = self.root / "tests" / "mutants"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "list.txt").write_text(head + mutants, encoding="utf-8")
        done = subprocess.run([ROOT / "tools" / "mutate", "--root", self.root, *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        return done.returncode, done.stdout


class Outcomes(Tiny):
    def test_killed(self):
        status, output = self.mutate(KILLED)
        self.assertIn("killed    kills: by one_test", output)
        self.assertIn("1 mutants: 1 killed, 0 survived", output)
        self.assertEqual(status, 0, output)
        self.assertEqual((self.root / "src/one.txt").read_text(), "right\ncomment\n")

    def test_killed_by_the_second_test(self):
        two = "mutant second\nfile: src/two.txt\n- right\n- right\n+ none\n"
        status, output = self.mutate(two)
        self.assertIn("killed    second: by two_test", output)
        self.assertEqual(status, 0, output)

    def test_survivor_is_an_error(self):
        status, output = self.mutate(SURVIVES)
        self.assertIn("SURVIVED  lives: all of one_test, two_test", output)
        self.assertEqual(status, 1, output)

    def test_survivor_that_is_listed(self):
        status, output = self.mutate(LISTED)
        self.assertIn("survived  lives: as listed: a comment", output)
        self.assertIn("1 survived (1 of them as listed)", output)
        self.assertEqual(status, 0, output)

    def test_killed_though_listed(self):
        status, output = self.mutate(KILLED + "survives: a comment\n")
        self.assertIn("KILLED    kills: by one_test", output)
        self.assertIn("though the list says that it survives", output)
        self.assertEqual(status, 1, output)

    def test_what_does_not_build_is_no_kill(self):
        broken = "mutant breaks\nfile: src/one.txt\n- right\n+ broken right\n"
        status, output = self.mutate(broken)
        self.assertIn("INVALID   breaks: one_test:", output)
        self.assertIn("0 killed, 0 survived (0 of them as listed), 1 invalid", output)
        self.assertEqual(status, 1, output)

    def test_each_is_alone(self):
        """What was broken before is whole again, in as many copies as there are jobs."""
        for jobs in "1", "2":
            status, output = self.mutate(KILLED + SURVIVES + "mutant again\nfile: src/one.txt\n"
                                         "- right\n+ left\n", "--jobs", jobs)
            self.assertIn("SURVIVED  lives", output)
            self.assertIn("killed    again", output)
            self.assertIn("3 mutants: 2 killed, 1 survived", output)
            self.assertEqual(status, 1, output)

    def test_isas(self):
        """The first of those wanted that runs; what needs another is not run, and that is said."""
        other = "mutant other\nisas: strong\nfile: src/one.txt\n- right\n+ wrong\n"
        status, output = self.mutate(KILLED + other, head="isas: strong weak\ntests: one_test\n")
        self.assertIn("unbroken  one_test (generic;weak)", output)
        self.assertIn("not run   other: this CPU has none of strong", output)
        self.assertIn("2 mutants: 1 killed, 0 survived (0 of them as listed), 0 invalid, 1 not run",
                      output)
        self.assertEqual(status, 0, output)

    def test_tests_that_fail_unbroken(self):
        (self.root / "src/two.txt").write_text("nothing\n", encoding="utf-8")
        status, output = self.mutate(KILLED)
        self.assertIn("mutate: without a mutant two_test fails", output)
        self.assertEqual(status, 2, output)

    def test_no_such_test(self):
        status, output = self.mutate(KILLED, head="tests: one_test absent_test:one_test\n")
        self.assertIn("without a mutant absent_test fails", output)
        self.assertEqual(status, 2, output)

    def test_a_change_of_the_tree_is_seen(self):
        self.assertEqual(self.mutate(KILLED)[0], 0)
        (self.root / "src/one.txt").write_text("right, all right\ncomment\n", encoding="utf-8")
        status, output = self.mutate("mutant kills\nfile: src/one.txt\n- right, all right\n+ right\n")
        self.assertIn("SURVIVED  kills", output)
        self.assertEqual(status, 1, output)


class Lists(Tiny):
    def refused(self, mutants, message, *arguments, **options):
        status, output = self.mutate(mutants, *(arguments or ("--list",)), **options)
        self.assertIn(message, output)
        self.assertEqual(status, 2, output)

    def test_good(self):
        status, output = self.mutate(KILLED + LISTED, "--list")
        self.assertEqual(output, "src/one.txt: kills\nsrc/one.txt: lives (survives)\n"
                                 "2 mutants, each text is there once\n")
        self.assertEqual(status, 0)
        self.assertFalse((self.root / "build").exists())

    def test_stale(self):
        self.refused("mutant gone\nfile: src/one.txt\n- absent\n+ x\n",
                     "the list is stale: gone: src/one.txt has its text 0 times")
        self.refused(INVALID, "the list is stale: breaks: src/two.txt has its text 2 times")
        self.refused("mutant gone\nfile: src/three.txt\n- x\n+ y\n", "there is no src/three.txt")
        # Before anything is built, and even if another mutant was asked for.
        self.refused(KILLED + INVALID, "the list is stale", "--only", "kills")
        self.assertFalse((self.root / "build").exists())

    def test_wrong(self):
        self.refused(KILLED + KILLED, "kills is there twice")
        self.refused("mutant same\nfile: src/one.txt\n- right\n+ right\n", "changes nothing")
        self.refused("mutant empty\nfile: src/one.txt\n+ right\n", "no text")
        self.refused(KILLED, "kills has no tests", head="")
        self.refused(KILLED + "survives:\n", "found 'survives:'")
        self.refused(KILLED + "what is this\n", "found 'what is this'")
        self.refused("", "found no mutant")

    def test_only(self):
        self.assertIn("1 mutants", self.mutate(KILLED + LISTED, "--list", "--only", "one.txt l")[1])
        self.refused(KILLED, "found no mutant that matches 'none'", "--list", "--only", "none")


if __name__ == "__main__":
    unittest.main(verbosity=2)
