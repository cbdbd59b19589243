"""Tests of tools/bench.sh --full: when it writes a page, and what becomes of it when interrupted.

usage: bench_script_test.py
"""
import os
import shutil
import signal
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from page_made import ROOT, Directory, Made  # noqa: E402


class BenchScript(Directory):
    """tools/bench.sh with a set-up and a benchmark that only write down how they were called."""

    def prepare(self, result, rest):
        """The scripts in a root of their own; `rest` is the end of the benchmark's script."""
        root = self.directory / "root"
        shutil.rmtree(root, ignore_errors=True)
        (root / "build/release/bench").mkdir(parents=True)
        (root / "tools").mkdir()
        for name in ("bench.sh", "page"):
            shutil.copy(ROOT / "tools" / name, root / "tools")
        shutil.copytree(ROOT / "tools/page_parts", root / "tools/page_parts")
        path = result.write(self.directory / "full.json")
        for name, end in (("tools/setup.sh", ""),
                          ("build/release/bench/logigrad_bench", rest.replace("RESULT", str(path)))):
            program = root / name
            program.write_text(f'#!/bin/bash\necho {program.name} "$@"\n{end}\n')
            program.chmod(0o755)
        return root

    def bench(self, *arguments, status=0, result=None, last="written to "):
        root = self.prepare(result or Made(), f"echo '{last}RESULT'; exit {status}")
        done = subprocess.run([root / "tools/bench.sh", *arguments], capture_output=True, text=True)
        return root, done

    def test_full(self):
        root, done = self.bench("--full", "--no-such", "x y")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("setup.sh --with-peers --with-plots --build release", done.stdout)
        self.assertIn(f"_bench --results {root}/results --no-such x y --full\n", done.stdout)
        self.assertIn("musts hold", (root / "results/README.md").read_text())

    def test_results_elsewhere(self):
        for arguments in (["--results", self.output], [f"--results={self.output}"]):
            shutil.rmtree(self.output, ignore_errors=True)
            root, done = self.bench("--full", *arguments)
            self.assertIn(f"logigrad_bench --results {self.output} --full\n", done.stdout)
            self.assertTrue((self.output / "README.md").exists(), done.stderr)
            self.assertFalse((root / "results").exists())

    def test_failures(self):
        for status, rest in ((3, {}), (1, {"last": "written nowhere "})):
            root, done = self.bench("--full", status=status if not rest else 0, **rest)
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertFalse((root / "results/README.md").exists())
        root, done = self.bench("--full", result=Made().add("auto", 9, 9, 1.0, limit_fraction=1.2))
        self.assertEqual(done.returncode, 1)

    def test_help(self):
        root, done = self.bench("--full", "--help", last="")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("usage: tools/bench.sh [--full]", done.stdout)
        self.assertIn("_bench --results", done.stdout)
        self.assertFalse((root / "results/README.md").exists())

    def test_not_full(self):
        root, done = self.bench("--shape", "higgs", status=3)
        self.assertEqual(done.returncode, 3)
        self.assertIn(f"logigrad_bench --results {root}/results --shape higgs\n", done.stdout)
        self.assertIn("setup.sh --build", done.stdout)
        self.assertFalse((root / "results/README.md").exists())

    def test_interrupted(self):
        """However the signal comes, the benchmark ends by itself, all it says is shown, no page."""
        # Not by sleep: bash 5.2 can send itself SIGINT for ever when a child has died of it.
        rest = """trap 'status=130' INT; trap 'status=143' TERM
                  exec {never}<> <(:)
                  echo running; until [[ ${status-} ]]; do read -rt 0.02 -u $never; done
                  read -rt 0.2 -u $never; echo 'written to RESULT'; exit $status"""
        root = self.prepare(Made(), rest)
        for number, send in ((signal.SIGINT, os.kill), (signal.SIGTERM, os.kill),
                             (signal.SIGINT, os.killpg), (signal.SIGTERM, os.killpg)):
            for full in (["--full"], []):
                process = subprocess.Popen([root / "tools/bench.sh", *full], text=True,
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                           start_new_session=True, preexec_fn=default_signals)
                self.assertIn("setup.sh", process.stdout.readline())
                self.assertIn("logigrad_bench", process.stdout.readline())
                self.assertEqual(process.stdout.readline(), "running\n")
                send(process.pid, number)
                said, errors = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 128 + number, errors)
                self.assertIn("written to ", said)
                self.assertFalse((root / "results/README.md").exists())


def default_signals():
    """A shell's background jobs ignore SIGINT, and a program keeps what it was started with."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    unittest.main()
