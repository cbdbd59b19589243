"""Tests of the scripts that workflows call, tools/gate.sh and tools/nightly.sh, and of what their
set-up takes from elsewhere than Debian.

usage: workflow_scripts_test.py
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[1]


class Scripts(unittest.TestCase):
    """The scripts in a root of their own, with a set-up that does nothing and a made-up program."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        (self.root / "tools").mkdir()
        (self.root / "build/release/tools").mkdir(parents=True)
        for name in ("gate.sh", "nightly.sh"):
            shutil.copy(ROOT / "tools" / name, self.root / "tools")
        self.script("tools/setup.sh", ":")

    def script(self, name, text):
        path = self.root / name
        path.write_text(f"#!/bin/bash\n{text}\n")
        path.chmod(0o755)

    def program(self, text):
        self.script("build/release/tools/logigrad", f'echo "$@" >>{self.root}/calls\n{text}')

    def run_script(self, name, *arguments):
        environment = {**os.environ, "GITHUB_STEP_SUMMARY": str(self.root / "summary")}
        done = subprocess.run([self.root / "tools" / name, *arguments], capture_output=True,
                              text=True, env=environment)
        calls = self.root / "calls"
        return done, calls.read_text().splitlines() if calls.exists() else []

    def summary(self):
        path = self.root / "summary"
        return path.read_text() if path.exists() else ""

    def gate(self, times, instructions, said="INCONCLUSIVE: ..."):
        self.program(f"""case " $* " in *" --instructions "*) exit {instructions};; esac
echo 'message="{said}"' >build/gate-reports/times.xml; exit {times}""")
        return self.run_script("gate.sh", "base", "change", "--", "--budget", "9m")

    def test_times_decide(self):
        for status in (0, 1, 4, 5):
            (self.root / "calls").unlink(missing_ok=True)
            done, calls = self.gate(status, 0)
            self.assertEqual(done.returncode, status)
            self.assertEqual(len(calls), 1, "no instructions")
            self.assertIn("gate --baseline base --candidate change", calls[0])
            self.assertIn("--budget 9m", calls[0])

    def test_a_pass_by_instructions_says_so(self):
        done, calls = self.gate(3, 0)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(len(calls), 2)
        self.assertIn("PASS BY INSTRUCTIONS ONLY", done.stdout.splitlines()[-1])
        self.assertIn("PASS BY INSTRUCTIONS ONLY", self.summary())
        kept = self.root / "build/gate-reports/instructions.txt"
        self.assertIn("PASS BY INSTRUCTIONS ONLY", kept.read_text())

    def test_what_instructions_cannot_pass(self):
        for instructions in (1, 3):
            done, _ = self.gate(3, instructions)
            self.assertEqual(done.returncode, 3)
            self.assertNotIn("BY INSTRUCTIONS ONLY", done.stdout + self.summary())
        done, _ = self.gate(3, 0, "gone from the candidate")
        self.assertEqual(done.returncode, 3, "what is gone executes nothing")
        self.assertEqual(self.summary(), "")

    def test_nightly_shows_the_newest_and_every_machine(self):
        nights = self.root / "nights"
        for machine, first in (("old-2-0", 1), ("new-2-1", 5)):
            (nights / machine).mkdir(parents=True)
            for day in range(first, first + 6):
                (nights / machine / f"202611{day:02}T021700Z-0123abcd.json").touch()
        (nights / "empty").mkdir()
        self.program('[ "$1" != history ] || echo "history of $4"')
        done, calls = self.run_script("nightly.sh", nights)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = calls[0].split()
        self.assertEqual(report[0], "report")
        self.assertEqual([Path(name).name[6:8] for name in report[1:9]],
                         ["05", "05", "06", "06", "07", "08", "09", "10"])
        self.assertEqual(report[-2:], ["--output", str(nights / "index.html")])
        self.assertEqual((nights / "history.txt").read_text(),
                         "history of new-2-1\n\nhistory of old-2-0\n\n")

    def test_a_night_without_results_fails(self):
        (self.root / "nights").mkdir()
        self.program("")
        done, calls = self.run_script("nightly.sh", self.root / "nights")
        self.assertEqual(done.returncode, 2)
        self.assertIn("found no MACHINE/*.json", done.stderr)
        self.assertEqual(calls, [])


class SetUp(unittest.TestCase):
    """Debian 12 has Node.js 18, and newer versions of what drives the browser need 20."""

    def test_the_driver_of_the_browser_runs_on_the_node_of_debian_12(self):
        lock = json.loads((ROOT / "tests/report/package-lock.json").read_text())
        asked = lock["packages"]["node_modules/playwright-core"]["engines"]["node"]
        self.assertRegex(asked, r"^>=\d+$")
        self.assertLessEqual(int(asked[2:]), 18)

    def test_the_driver_of_the_browser_is_pinned_and_its_lock_names_no_registry(self):
        wanted = json.loads((ROOT / "tests/report/package.json").read_text())["devDependencies"]
        lock = (ROOT / "tests/report/package-lock.json").read_text()
        packages = json.loads(lock)["packages"]
        self.assertEqual({f"node_modules/{name}": version for name, version in wanted.items()},
                         {name: package["version"] for name, package in packages.items() if name})
        for name, package in packages.items():
            self.assertTrue(not name or re.match("sha512-", package["integrity"]), name)
        self.assertNotIn("://", lock)


if __name__ == "__main__":
    unittest.main()
