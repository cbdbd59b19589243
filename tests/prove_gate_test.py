"""Tests of tools/prove_gate, in a repository of its own whose gate is a made-up program: what holds,
what is broken, and what could not be counted must be told apart, and nothing checked out may change.

usage: prove_gate_test.py    exits with 77, skipped, without git
"""
import json
import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from with_directory import WithDirectory  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
PATCH = "--- a/kernel\n+++ b/kernel\n@@ -1 +1,2 @@\n loop\n+{}\n"
# Builds into --cache and reports as `logigrad gate` does; $LIE is what it does wrong.
GATE = '''#!/usr/bin/env python3
import json, os, subprocess, sys
from pathlib import Path

arguments, lie = sys.argv[1:], os.environ.get("LIE", "")
value = {name: arguments[place + 1] for place, name in enumerate(arguments) if name[:2] == "--"
         if place + 1 < len(arguments)}
with open("calls", "a") as calls:
    calls.write(" ".join(arguments) + "\\n")
candidate = value["--candidate"]
subject = "a program"
if "--cache" in value:
    show = ["git", "show", "-s", "--format=%s", candidate]
    subject = subprocess.run(show, check=True, capture_output=True, text=True).stdout.strip()
    built = Path(value["--cache"]) / f"{candidate[:12]}-made/logigrad_bench"
    built.parent.mkdir(parents=True, exist_ok=True)
    built.write_text("")
if lie == subject + " has no report":
    sys.exit(0)
slower = 7 if (subject == "spill.patch") != (lie == subject + " is another") else 0
names = [f"gradient/auto/float/N:64/D:100/threads:{threads}" for threads in (1, 2)]
Path(value["--json"]).write_text(json.dumps({"benchmarks": [
    {"name": name, "baseline_instructions": 100, "candidate_instructions": 100 + slower,
     "ratio": 1 + slower / 100, "verdict": "REGRESSED" if slower else "PASS"} for name in names]}))
sys.exit(4 if lie == subject + " gives a wrong answer" else slower > 0)
'''


class ProveGate(WithDirectory):
    def setUp(self):
        super().setUp()
        self.root = self.directory / "repository"
        self.put("kernel", "loop\n")
        self.put("tests/gate/no_op.patch", PATCH.format("// a comment"))
        self.put("tests/gate/spill.patch", PATCH.format("spill"))
        self.put("tools/prove_gate", (ROOT / "tools/prove_gate").read_text())
        self.put("tools/setup.sh", "#!/bin/sh\necho \"$@\" >set_up\nexit ${SET_UP:-0}\n")
        self.put("build/release/tools/logigrad", GATE)
        self.put(".gitignore", "/build\n/calls\n/set_up\n")
        self.git("init", "-q")
        self.git("add", ".")
        self.git("-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "HEAD's")

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def git(self, *words):
        return subprocess.run(["git", *words], cwd=self.root, check=True, capture_output=True,
                              text=True).stdout.strip()

    def prove(self, status, *arguments, **environment):
        head = self.git("rev-parse", "HEAD")
        done = subprocess.run([sys.executable, self.root / "tools/prove_gate", *arguments],
                              env={**os.environ, **environment}, capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(self.git("rev-parse", "HEAD"), head)
        self.assertEqual(self.git("status", "--porcelain"), "", "nothing may change")
        return done.stdout + done.stderr

    def test_what_holds(self):
        said = self.prove(0)
        self.assertEqual(said.count("holds: "), 5, said)
        self.assertIn("1 serial benchmarks of a build and another one differ by nothing", said)
        self.assertIn("all 2 of no_op.patch pass", said)
        self.assertIn("spill.patch is REGRESSED in gradient/auto/float/N:64/D:100/threads:1 "
                      "(1.070000), ", said)
        self.assertEqual((self.root / "set_up").read_text(),
                         "--with-profile --build release logigrad_program\n")
        calls = (self.root / "calls").read_text().splitlines()
        self.assertEqual(len(calls), 5)
        self.assertTrue(all(call.startswith("gate --instructions ") for call in calls))
        report = json.loads((self.root / "build/gate-proof/report.json").read_text())
        self.assertEqual(report["benchmarks"][0]["verdict"], "REGRESSED", "the last one's")

    def test_a_build_that_differs(self):
        said = self.prove(1, LIE="a program is another")
        self.assertIn("BROKEN: 1 serial benchmarks of a build and another one", said)
        self.assertIn("BROKEN: all 2 of a build and another one pass", said)
        self.assertEqual(said.count("BROKEN"), 2)

    def test_a_no_op_that_is_none(self):
        said = self.prove(1, LIE="no_op.patch is another")
        self.assertIn("BROKEN: 1 serial benchmarks of no_op.patch", said)

    def test_a_spill_that_nobody_finds(self):
        said = self.prove(1, LIE="spill.patch is another")
        self.assertIn("BROKEN: spill.patch is REGRESSED in ", said)
        self.assertEqual(said.count("BROKEN"), 1)

    def test_what_cannot_be_counted(self):
        for subject in ("HEAD's", "a program", "spill.patch"):
            self.prove(2, LIE=subject + " has no report")
            self.prove(2, LIE=subject + " gives a wrong answer")
        self.assertNotIn("HEAD", self.prove(2, SET_UP="1"))
        self.put("tests/gate/no_op.patch", PATCH.format("// a comment").replace("loop", "stale"))
        self.git("-c", "user.name=a", "-c", "user.email=b", "commit", "-qam", "HEAD's")
        self.assertIn("git', 'apply'", self.prove(2))

    def test_usage(self):
        self.assertIn("usage: tools/prove_gate", self.prove(0, "--help"))
        self.assertIn("usage: tools/prove_gate", self.prove(2, "one", "two"))
        other = self.directory / "other"
        self.prove(0, str(other))
        self.assertTrue((other / "report.json").exists())


if __name__ == "__main__":
    if not shutil.which("git"):
        print("skipped: for want of git")
        sys.exit(77)
    unittest.main()
