"""Tests of the scripts that workflows call, tools/gate.sh, nightly.sh and require_outcome.sh, that
workflows call nothing but scripts, and of what their set-up takes from elsewhere than Debian.

usage: workflow_scripts_test.py
"""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

try:
    import yaml
except ImportError:
    yaml = None

sys.dont_write_bytecode = True
from with_directory import WithDirectory  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]


class Scripts(WithDirectory):
    """The scripts in a root of their own, with a set-up that does nothing and a made-up program."""

    def setUp(self):
        super().setUp()
        self.root = self.directory
        (self.root / "tools").mkdir()
        (self.root / "build/release/tools").mkdir(parents=True)
        for name in ("gate.sh", "nightly.sh", "require_outcome.sh"):
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

    def gate(self, times, instructions, *options, said="INCONCLUSIVE: ..."):
        self.program(f"""case " $* " in *" --instructions "*) exit {instructions};; esac
echo 'message="{said}"' >build/gate-reports/times.xml; exit {times}""")
        return self.run_script("gate.sh", *options, "base", "change", "--", "--budget", "9m")

    def test_times_decide(self):
        for status in (0, 1, 3, 4, 5):
            for options in ((), ("--or-instructions",)):
                if status == 3 and options:
                    continue
                (self.root / "calls").unlink(missing_ok=True)
                done, calls = self.gate(status, 0, *options)
                self.assertEqual(done.returncode, status)
                self.assertEqual(len(calls), 1, "no instructions")
                self.assertIn("gate --baseline base --candidate change", calls[0])
                self.assertIn("--budget 9m", calls[0])
                self.assertEqual(self.summary(), "", "the program's own")

    def test_a_pass_by_instructions_says_so(self):
        done, calls = self.gate(3, 0, "--or-instructions", "--threads", "1,2")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(len(calls), 2)
        for call in calls:
            self.assertIn(" --threads 1,2", call)
        self.assertIn("PASS BY INSTRUCTIONS ONLY", done.stdout.splitlines()[-1])
        self.assertIn("PASS BY INSTRUCTIONS ONLY", self.summary())
        kept = self.root / "build/gate-reports/instructions.txt"
        self.assertIn("PASS BY INSTRUCTIONS ONLY", kept.read_text())

    def test_what_instructions_cannot_pass(self):
        for instructions in (1, 3):
            done, _ = self.gate(3, instructions, "--or-instructions")
            self.assertEqual(done.returncode, 3)
            self.assertNotIn("BY INSTRUCTIONS ONLY", done.stdout + self.summary())
        (self.root / "summary").unlink()
        done, _ = self.gate(3, 0, "--or-instructions", said="gone from the candidate")
        self.assertEqual(done.returncode, 3, "what is gone executes nothing")
        self.assertEqual(self.summary(), "")

    def test_an_end_without_a_report_is_in_the_summary(self):
        for status in (2, 5):
            self.program(f"echo table; echo 'error: no semicolon' >&2; "
                         f"echo 'logigrad: the build exited with 3' >&2; exit {status}")
            done, _ = self.run_script("gate.sh", "base")
            self.assertEqual(done.returncode, status)
            self.assertEqual(done.stdout, "table\n")
            self.assertEqual(done.stderr, "error: no semicolon\nlogigrad: the build exited with 3\n")
            self.assertEqual(self.summary(), f"**gate, times: no report, exit status {status}**: "
                                             "logigrad: the build exited with 3\n")
            kept = self.root / "build/gate-reports"
            self.assertEqual((kept / "times.err").read_text(), done.stderr)
            self.assertEqual((kept / "times.txt").read_text(), done.stdout)
            (self.root / "summary").unlink()

    def test_a_report_of_an_earlier_gate_is_none_of_this_one(self):
        self.gate(1, 0)
        self.program("echo 'logigrad: it broke' >&2; exit 2")
        self.run_script("gate.sh", "base")
        self.assertIn("logigrad: it broke", self.summary())
        self.assertEqual(list((self.root / "build/gate-reports").glob("*.xml")), [])

    def test_an_outcome_that_is_no_success_fails(self):
        (self.root / "report").write_text("what was seen\n")
        for outcome, status in (("success", 0), ("failure", 1), ("cancelled", 1), ("skipped", 1),
                                ("", 1)):
            done, _ = self.run_script("require_outcome.sh", "gate", outcome, self.root / "none",
                                      self.root / "report")
            self.assertEqual(done.returncode, status, outcome)
            self.assertEqual(done.stdout, "what was seen\n")
            self.assertEqual(f"the step gate is '{outcome}'" in done.stderr, status == 1)
        self.assertEqual(self.run_script("require_outcome.sh", "gate")[0].returncode, 2)

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


# What comes before there is a checkout, and so cannot be a script of it.
BOOTSTRAP = "apt-get update && apt-get install -y --no-install-recommends git ca-certificates"


@unittest.skipUnless(yaml, "for want of python3-yaml (tools/setup.sh --with-checks)")
class Workflows(unittest.TestCase):
    def jobs(self):
        """(name, job) of each job of each workflow."""
        paths = sorted((ROOT / ".github/workflows").glob("*.yml"))
        self.assertTrue(paths)
        for path in paths:
            for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items():
                yield f"{path.name}: {name}", job

    @staticmethod
    def commands(step, job):
        """What a step runs, for each value of the matrix if it is taken from there."""
        command = step.get("run", "").strip()
        if variable := re.fullmatch(r"\$\{\{ matrix\.(\w+) \}\}", command):
            return job["strategy"]["matrix"][variable.group(1)]
        return [command] if command else []

    def expect_script(self, where, command):
        self.assertNotRegex(command, r"[\n;&|<>`]|\$\(", f"{where}: more than one command")
        script = ROOT / shlex.split(command)[0]
        self.assertTrue(script.is_file() and os.access(script, os.X_OK),
                        f"{where}: '{command}' is no script of this repository")

    def test_steps_only_call_scripts_that_are_there(self):
        for where, job in self.jobs():
            uses = [step.get("uses", "") for step in job["steps"]]
            checkout = next(i for i, used in enumerate(uses) if used.startswith("actions/checkout@"))
            for i, step in enumerate(job["steps"]):
                for command in self.commands(step, job):
                    if i >= checkout:
                        self.expect_script(where, command)
                    else:
                        self.assertEqual(command, BOOTSTRAP, where)

    def test_artifacts_are_uploaded_whatever_failed(self):
        uploads = 0
        for where, job in self.jobs():
            for step in job["steps"]:
                if step.get("uses", "").startswith("actions/upload-artifact@"):
                    self.assertEqual(step.get("if"), "always()", where)
                    uploads += 1
        self.assertGreaterEqual(uploads, 3)

    def test_what_may_fail_first_fails_the_job_last(self):
        gated = 0
        for where, job in self.jobs():
            for step in job["steps"]:
                if step.get("continue-on-error"):
                    last = job["steps"][-1]
                    self.assertTrue(last["run"].startswith(
                        f"./tools/require_outcome.sh {step['id']} "
                        f"'${{{{ steps.{step['id']}.outcome }}}}'"), where)
                    self.assertEqual(last.get("if"), "always()", where)
                    gated += 1
        self.assertEqual(gated, 2, "the gate and the benchmark")


if __name__ == "__main__":
    unittest.main()
