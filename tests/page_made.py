"""Made-up results for the tests of tools/page, and a directory to write pages into."""
import json
import os
import subprocess
import sys
from pathlib import Path

from with_directory import WithDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from page_parts import bars, scenes, verdicts  # noqa: E402

GIB = 1 << 30
PEERS = ("openblas_2pass", "eigen", "torch_mv")  # the fewest that give a verdict
CONTEXT = {"date": "2026-11-25T10:00:00+00:00", "logigrad_plan": "full",
           "logigrad_cpu_model": "A CPU", "logigrad_machine_key": "a-cpu",
           "logigrad_l1d_bytes": "32768", "logigrad_l2_bytes": "524288",
           "logigrad_l3_bytes": "33554432"}


class Made:
    """A made-up result."""

    def __init__(self):
        self.entries, self.context = [], dict(CONTEXT)

    def add(self, body, rows, cols, seconds, threads=1, dtype="f32", group=1, isa="avx2_fma",
            quantity="", stride="", **fields):
        """One case; seconds: of all nine rounds, or a list from the first round on, or a dict."""
        rounds = seconds if isinstance(seconds, dict) else dict(
            enumerate(seconds if isinstance(seconds, list) else [seconds] * 9, 1))
        quantity = quantity or ("limit" if body.startswith(("read", "loads", "fmas")) else
                                "gradient" if body == "auto" else "peer")
        self.entries.append({
            "name": f"{quantity}/{body}/{isa}/{dtype}/N:{rows}/D:{cols}{stride}/threads:{threads}"
                    "/iterations:1/manual_time", "run_type": "iteration", "group": group,
            "time_unit": "us", "real_time": 1e6 * sorted(rounds.values())[len(rounds) // 2],
            "label": f"shape, picked panel/{isa}/{dtype}",
            **{f"round_{number}": value for number, value in rounds.items()}, **fields})
        return self

    def add_peers(self, rows, cols, seconds, **rest):
        """The best of them takes these seconds, the others 3 and 9 times as long."""
        for times, body in zip((3, 1, 9), PEERS):
            self.add(body, rows, cols, times * seconds, **rest)
        return self

    def write(self, path):
        path.write_text(json.dumps({"context": self.context, "benchmarks": self.entries}))
        return path


class Directory(WithDirectory):
    def setUp(self):
        super().setUp()
        self.output = self.directory / "out"

    def read(self, made):
        return scenes.read(made.write(self.directory / "result.json"))

    def row(self, made, where, what=""):
        """The one row of the page that has this title."""
        chosen = [bar for bar in bars.BARS if bar.where == where and bar.what.startswith(what)]
        self.assertEqual(len(chosen), 1, f"{where}, {what}")
        return verdicts.judge(chosen[0], self.read(made))

    def run_page(self, source, status=0, plots=False, path=None):
        if isinstance(source, Made):
            source = source.write(self.directory / "result.json")
        done = subprocess.run(
            [sys.executable, ROOT / "tools/page", source, "--output", self.output,
             *([] if plots else ["--no-plots"])], capture_output=True, text=True,
            env=os.environ | ({"PATH": str(path)} if path else {}))
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def page(self, made):
        self.run_page(made)
        return (self.output / "README.md").read_text()

    def old_page(self):
        """A page of before, which must be there unchanged after what is tested."""
        self.output.mkdir()
        (self.output / "README.md").write_text("old page")
        (self.output / "time_over_d.svg").write_text("old picture")

    def assert_old_page(self):
        found = {p.name: p.read_text() for p in self.output.iterdir()}
        self.assertEqual(found, {"README.md": "old page", "time_over_d.svg": "old picture"})


def best_peer(rows, cols, dtype="f32"):
    return lambda r: (Made().add("auto", rows, cols, 1.0, dtype=dtype)
                      .add_peers(rows, cols, r, dtype=dtype)
                      .add_peers(rows, cols, r / 9, dtype=dtype, group=2))


def sweep(r):
    """All D with about the same N D; D = 19 takes r times as long an element as 24 does."""
    made = Made()
    for cols in range(1, 305):
        rows = 60000 // cols
        made.add("auto", rows, cols, rows * cols * 1e-9 * (r if cols == 19 else 1),
                 group=(cols - 1) // 16)
    return made
