"""Tests of tools/page and of tools/bench.sh --full: made-up results with a known ratio must give
the verdict that the bar says, and what cannot be a result must leave the old page alone.

usage: page_test.py    pictures are only drawn where gnuplot is; "skipped: no gnuplot" says so
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from page_parts import bars, scenes, statistics, text, verdicts  # noqa: E402

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


class Directory(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name)
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


class Statistics(unittest.TestCase):
    def check(self, values, low, median, high, coverage):
        ratio = statistics.ratio(values)
        self.assertEqual((ratio.low, ratio.median, ratio.high), (low, median, high))
        self.assertAlmostEqual(ratio.coverage, coverage)

    def test_intervals(self):
        """By hand: 1 - 2 (1 + n + n (n - 1) / 2 + ...) / 2^n, with k terms."""
        self.check([9, 1, 8, 2, 7, 3, 6, 4, 5], 2, 5, 8, 1 - 2 * 10 / 512)  # k = 3 covers 0.82
        self.check(list(range(1, 12)), 2, 6, 10, 1 - 2 * 12 / 2048)  # k = 3 covers 0.935
        self.check(list(range(1, 13)), 3, 6.5, 10, 1 - 2 * 79 / 4096)
        self.check(list(range(1, 9)), 1, 4.5, 8, 1 - 2 / 256)  # k = 2 covers 0.93
        self.check(list(range(1, 7)), 1, 3.5, 6, 1 - 2 / 64)

    def test_few_rounds(self):
        self.check([3, 1, 2, 5, 4], 1, 3, 5, 0.9375)
        self.check([7], 7, 7, 7, 0)
        self.assertIsNone(statistics.ratio([]))


class Rounds(Directory):
    def test_rounds_are_paired_by_number(self):
        made = Made().add("auto", 256, 256, {1: 9, 2: 2, 3: 4})
        for body in PEERS:
            made.add(body, 256, 256, {2: 6, 3: 16, 4: 1})
        ratio = self.row(made, "256x256 f32").worst.ratio
        self.assertEqual((ratio.low, ratio.median, ratio.high, ratio.rounds), (3, 3.5, 4, 2))

    def test_the_interval_decides(self):
        """Eight of nine below the bar of 1.2: the 8th is the upper end. Seven: it is not."""
        for below, verdict in ((8, verdicts.SHORT), (7, verdicts.MUST)):
            made = Made().add("auto", 256, 256, 1.0)
            for body in PEERS:
                made.add(body, 256, 256, [1.19] * below + [1.3] * (9 - below))
            row = self.row(made, "256x256 f32")
            self.assertEqual((row.verdict, row.worst.ratio.median), (verdict, 1.19))
            made = Made().add("auto", 9, 256, 1.0)
            made.add("auto", 9, 256, [1.11] * below + [1.0] * (9 - below), quantity="loss_gradient")
            row = self.row(made, "D of at least 256")
            self.assertEqual((row.verdict, row.worst.ratio.median),
                             (verdict if verdict == verdicts.SHORT else verdicts.AIM, 1.11))

    def test_the_page_says_what_few_rounds_cover(self):
        made = Made().add("auto", 256, 256, [1.0] * 5).add("torch_lecture", 256, 256, [20.0] * 5)
        page = self.page(made)
        self.assertIn("20.0 [20.0, 20.0] (5 rounds: 94 %)", page)
        self.assertIn("94 % with 5", page)
        self.assertNotIn("covers less", self.page(Made().add("auto", 256, 256, 1.0)))


def memory_rows(cols, dtype):
    return -(-GIB // (cols * (4 if dtype == "f32" else 8)))


def best_read(rows, cols, dtype="f32"):
    """The second limit is the best; the first, linear one must not decide."""
    return lambda r: (Made().add("auto", rows, cols, 1.0, dtype=dtype)
                      .add("read_1", rows, cols, 2 * r, dtype=dtype)
                      .add("read_4_ahead", rows, cols, r, dtype=dtype)
                      .add("loads_fmas", rows, cols, r / 2, dtype=dtype))


def linear(rows, cols, dtype="f32"):
    return lambda r: (Made().add("auto", rows, cols, 1.0, dtype=dtype)
                      .add("read_1", rows, cols, r, dtype=dtype)
                      .add("read_2", rows, cols, r / 2, dtype=dtype))


def best_peer(rows, cols, dtype="f32"):
    return lambda r: (Made().add("auto", rows, cols, 1.0, dtype=dtype)
                      .add_peers(rows, cols, r, dtype=dtype)
                      .add_peers(rows, cols, r / 9, dtype=dtype, group=2))


def lecture(rows, cols):
    return lambda r: (Made().add("auto", rows, cols, 1.0).add("torch_lecture", rows, cols, r)
                      .add("torch_mv", rows, cols, r / 9))


def sweep(r):
    """All D with about the same N D; D = 19 takes r times as long an element as 24 does."""
    made = Made()
    for cols in range(1, 305):
        rows = 60000 // cols
        made.add("auto", rows, cols, rows * cols * 1e-9 * (r if cols == 19 else 1),
                 group=(cols - 1) // 16)
    return made


def stride(r):
    return Made().add("auto", 50, 20, 1.0).add("auto", 50, 20, r, stride="/stride:21")


def scaling(rows, cols):
    """The limit's scaling, by the best of each thread count, is 1.6; auto's r times that."""
    return lambda r: (Made().add("auto", rows, cols, 1.0).add("auto", rows, cols, 1 / (1.6 * r), 2)
                      .add("read_1", rows, cols, 0.8).add("read_2", rows, cols, 0.9)
                      .add("read_1", rows, cols, 0.7, 2).add("read_2", rows, cols, 0.5, 2))


def default_threads(r):
    return (Made().add("auto", 50, 20, r, 1).add("auto", 50, 20, 1.5 * r, 2)
            .add("auto", 50, 20, 1.0, "default"))


def loss(rows, cols):
    return lambda r: (Made().add("auto", rows, cols, 1.0)
                      .add("auto", rows, cols, r, quantity="loss_gradient"))


def expected_rows():
    """(row, how what it compares begins, must, aim, result with this ratio), as the issue says."""
    for cols in (128, 256, 784, 1024, 2000, 4096):
        for dtype in ("f32", "f64"):
            where, rows = f"D = {cols}, {dtype}", memory_rows(cols, dtype)
            yield where, "best read", 0.85, 0.97, best_read(rows, cols, dtype)
            yield where, "linear read", 0.95, 0.97, linear(rows, cols, dtype)
    for cols, must, aim in ((64, 0.8, 0.95), (123, 0.75, 0.95), (16, 0.7, 0.95), (32, 0.7, 0.95),
                            (2, 0.65, 0.85), (8, 0.65, 0.85), (28, 0.65, 0.85)):
        yield f"D = {cols}", "best read", must, aim, best_read(memory_rows(cols, "f32"), cols)
    for cols in (16, 32, 64, 123, 128, 256, 784, 1024, 2000, 4096):
        yield f"D = {cols}", "best peer", 1.6, 2.2, best_peer(memory_rows(cols, "f32"), cols)
    for rows, cols, must, aim in (
            (256, 256, 1.2, 1.6), (1000, 64, 1.3, 1.6), (1000, 784, 1.2, 1.6),
            (64, 1024, 1.05, 1.3), (1000, 1024, 1.1, 1.3), (2048, 123, 1.3, 2),
            (4096, 28, 1.6, 2.5), (4096, 32, 1.5, 2.2), (4096, 16, 1.6, 2.5), (4096, 8, 1.8, 3),
            (4096, 4, 2.6, 5), (1000, 2, 2.7, 5), (100, 2, 2, 4)):
        yield f"{rows}x{cols} f32", "best peer", must, aim, best_peer(rows, cols)
    yield "256x256 f64", "best peer", 1.3, 1.6, best_peer(256, 256, "f64")
    yield "4096x28 f64", "best peer", 1.4, 2, best_peer(4096, 28, "f64")
    yield "every shape, type and number of threads", "best peer", 0.95, 1, lambda r: (
        Made().add("auto", 7, 7, 1.0).add_peers(7, 7, r))
    yield "every shape and type", "torch_lecture", 5, 10, lecture(77, 7)
    yield "100x2", "torch_lecture", 120, 250, lecture(100, 2)
    yield "1048576x256", "torch_lecture", 20, 30, lecture(1048576, 256)
    yield "D = 1 to 300", "time an element", 1.3, 1.1, sweep
    yield "unaligned base, stride D + 1", "time", 1.15, 1.05, stride
    yield "X of at least 1 GiB", "scaling", 0.93, 0.98, scaling(GIB // 1024, 256)
    yield "X of 512 KiB to 16 MiB", "scaling", 0.93, 0.98, scaling(4096, 256)
    yield "default threads, every shape and type", "the better", 0.95, 1, default_threads
    yield "D of at least 256", "loss", 1.1, 1.05, loss(9, 300)
    yield "D = 28", "loss", 1.5, 1.15, loss(9, 28)


class Bars(Directory):
    def test_each_bar(self):
        """Just on the wrong and on the right side of the must, and of the aim."""
        rows = list(expected_rows())
        self.assertEqual({(bar.where, bar.what.split()[0]) for bar in bars.BARS},
                         {(where, what.split()[0]) for where, what, *_ in rows})
        self.assertEqual(len(bars.BARS), len(rows))
        for where, what, must, aim, make in rows:
            better = 0.999 if must > aim else 1.001
            for bar, factor, verdict in ((must, 1 / better, "short"), (must, better, "must"),
                                         (aim, 1 / better, "must"), (aim, better, "aim")):
                with self.subTest(where=where, what=what, ratio=bar * factor):
                    row = self.row(make(bar * factor), where, what)
                    self.assertEqual(row.verdict, verdict)
                    self.assertAlmostEqual(row.worst.ratio.median, bar * factor, places=9)

    def test_what_a_row_does_not_select(self):
        """Half of what the row asks for, in a shape beside it."""
        for where, what, made in (
                ("D = 128, f32", "best read", best_read(GIB // 512 - 1, 128)(0.1)),
                ("D = 128, f64", "linear", linear(memory_rows(128, "f32"), 128)(0.1)),
                ("256x256 f32", "best peer", best_peer(256, 256, "f64")(0.1)),
                ("X of 512 KiB to 16 MiB", "", scaling(511, 256)(0.1)),
                ("X of 512 KiB to 16 MiB", "", scaling(16385, 256)(0.1)),
                ("D of at least 256", "", loss(9, 255)(9.0))):
            self.assertEqual(self.row(made, where, what).verdict, verdicts.NOT_MEASURED, where)
        for rows in (512, 16384):
            self.assertEqual(self.row(scaling(rows, 256)(0.1), "X of 512 KiB to 16 MiB").verdict,
                             verdicts.SHORT)

    def test_only_cases_of_one_group_are_compared(self):
        made = Made().add("auto", 256, 256, 1.0).add_peers(256, 256, 2.0, group=2)
        self.assertEqual(self.row(made, "256x256 f32").verdict, verdicts.NOT_MEASURED)

    def test_every_type_and_number_of_threads(self):
        where = "every shape, type and number of threads"
        for rest in ({"dtype": "f64"}, {"threads": 2}, {"threads": "default"}, {"group": 2}):
            made = Made().add("auto", 9, 9, 1.0).add_peers(9, 9, 2.0)
            made.add("auto", 8, 9, 1.0, **rest).add_peers(8, 9, 0.9, **rest)
            row = self.row(made, where)
            self.assertEqual((row.verdict, row.judged, len(row.short)), ("short", 2, 1), rest)
            self.assertTrue(row.short[0].where.startswith("8x9 "), row.short)

    def test_a_short_shape_counts_before_a_lower_median(self):
        made = Made().add("auto", 9, 9, 1.0).add("auto", 8, 9, 1.0)
        for body in PEERS:  # the one is low, but wide; the other is certainly below the bar
            made.add(body, 9, 9, [0.8] * 6 + [2.0] * 3).add(body, 8, 9, 0.9)
        row = self.row(made, "every shape, type and number of threads")
        self.assertEqual((row.verdict, row.worst.where), ("short", "8x9 f32"))

    def test_no_verdict_without_all_libraries(self):
        for absent in PEERS:
            made = Made().add("auto", 256, 256, 1.0)
            for body in set(PEERS) - {absent}:
                made.add(body, 256, 256, 2.0)
            self.assertEqual(self.row(made, "256x256 f32").verdict, verdicts.NO_VERDICT, absent)
        page = self.page(made)
        self.assertIn("No peers of libtorch", page)
        self.assertIn("| **no verdict** |", page)

    def test_default_threads_of_the_better(self):
        made = Made().add("auto", 9, 9, 3.0, 1).add("auto", 9, 9, 1.0, 2)
        made.add("auto", 9, 9, 2.0, "default")
        row = self.row(made, "default threads, every shape and type")
        self.assertEqual((row.verdict, row.worst.ratio.median), ("short", 0.5))


class Sweep(Directory):
    def blocks(self, isa, slow, times):
        """The whole sweep of an ISA, in which some D are slower."""
        made = Made()
        for cols in range(1, 305):
            made.add("auto", 10, cols, 1e-8 * cols * (times if cols in slow else 1), isa=isa,
                     group=(cols - 1) // 16)
        return self.row(made, "D = 1 to 300")

    def test_next_multiple_by_the_lanes(self):
        """Where D = 4 is slow: of 4 lanes it is a multiple, which 1, 2 and 3 are compared with."""
        for isa, judged, short in (("sse2", 225, []), ("avx2_fma", 263, ["D = 4"]),
                                   ("avx512", 282, ["D = 4"])):
            row = self.blocks(isa, [4], 2.0)
            self.assertEqual((row.judged, [f.where for f in row.short]), (judged, short), isa)
        row = self.blocks("avx512", [8], 2.0)
        self.assertEqual([f.where for f in row.short], ["D = 8"])
        row = self.blocks("avx2_fma", [8], 0.5)
        self.assertEqual([f.where for f in row.short], [f"D = {cols}" for cols in range(1, 8)])

    def test_counts_and_names(self):
        made = sweep(1.2)
        self.assertIn("0 short of the must, 1 of the aim", self.page(made))
        page = self.page(sweep(1.4))
        self.assertIn("at D = 19; worst of 263; 1 short of the must, 1 of the aim", page)
        self.assertIn("D = 19: 1.400 [1.400, 1.400]", page)

    def test_a_missing_dimension_is_not_passed_over(self):
        made = sweep(1.0)
        made.entries = [e for e in made.entries if "/D:19/" not in e["name"]]
        row = self.row(made, "D = 1 to 300")
        self.assertEqual((row.verdict, row.missing), (verdicts.NOT_MEASURED, ["D = 19"]))


class Page(Directory):
    def test_nothing_measured(self):
        page = self.page(Made())
        self.assertEqual(page.count("| **not measured** |"), len(bars.BARS))
        self.assertIn(f"0 of {len(bars.BARS)} musts hold, 0 aims are met", page)

    def test_counts(self):
        made = Made().add("auto", 256, 256, 1.0).add_peers(256, 256, 1.3)
        self.assertIn(f"2 of {len(bars.BARS)} musts hold, 1 aims are met; {len(bars.BARS) - 2} not",
                      self.page(made))

    def test_short_shapes_are_named(self):
        made = Made().add("auto", 77, 9, 1.0, 2).add_peers(77, 9, 0.5, threads=2)
        made.add("auto", 66, 9, 1.0).add_peers(66, 9, 0.6)
        page = self.page(made)
        listed = " ".join(page[page.index("Short of their must:"):].split("\n\n")[1].split())
        self.assertIn("77x9 f32, threads: 2: 0.500 [0.500, 0.500]; 66x9 f32: 0.600", listed)

    def test_peers_and_limits(self):
        made = Made().add("auto", 256, 256, 2e-6, error_of_bound=0.004, limit_fraction=0.75)
        made.add("read_1", 256, 256, 1e-6, bytes_per_second=1.1e10)
        made.add("read_8", 256, 256, 0.9e-6, bytes_per_second=1.2e10)
        made.add_peers(256, 256, 2.46e-6, error_of_bound=0.0003)
        page = self.page(made)
        self.assertIn("| 256x256 | f32 | 1 | 2.00 us (4e-3) | panel/avx2_fma | 0.75 | "
                      "3.69 (3e-4) | **1.23** (3e-4) | 11.1 (3e-4) |", page)
        self.assertIn("| 256x256 | f32 | 1 | 11.0 | 12.0 | `read_8` | – | – | 0.75 |", page)

    def test_obstacles(self):
        missing = "there is no `a-cpu/obstacles.md`"
        made = best_peer(256, 256)(0.5)
        self.assertIn(missing, " ".join(self.page(made).split()))
        self.assertNotIn("What was not reached", self.page(best_peer(256, 256)(2.0)))
        (self.output / "a-cpu").mkdir()
        (self.output / "a-cpu/obstacles.md").write_text("A load port is busy.\n")
        page = self.page(made)
        self.assertIn("## What was not reached, and what binds it\n\nA load port is busy.", page)
        self.assertNotIn("there is no `", page)

    def test_failed_cases(self):
        made = Made().add("auto", 256, 256, 1.0)
        made.entries[0] = {"name": made.entries[0]["name"], "error_occurred": True,
                           "error_message": "beyond the bound", "group": 1}
        page = self.page(made)
        self.assertIn("1 case failed", page)
        self.assertIn("/N:256/D:256/threads:1`: beyond the bound", page)


class Refused(Directory):
    def test_faster_than_the_limit(self):
        for fraction in (1.0501, float("nan")):
            self.output = self.directory / str(fraction)
            self.old_page()
            output = self.run_page(Made().add("auto", 9, 9, 1.0, limit_fraction=fraction), status=1)
            self.assertIn("gradient/auto/avx2_fma/f32/N:9/D:9/threads:1: ", output)
            self.assert_old_page()

    def test_as_fast_as_the_limit(self):
        self.run_page(Made().add("auto", 9, 9, 1.0, limit_fraction=1.05))

    def refused(self, content, *said):
        path = self.directory / "input.json"
        if content is not None:
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        output = self.run_page(path, status=2)
        for words in (str(path), "expected", *said):
            self.assertIn(words, output)
        self.assert_old_page()

    def test_wrong_files(self):
        self.old_page()
        self.refused(None, "No such file")
        self.refused("time: 3", "found no such JSON")
        for content in ([1], {"context": {}}, {"context": {}, "benchmarks": [1]}):
            self.refused(content, "found no object with context and benchmarks")
        self.refused({"context": {}, "benchmarks": []}, "found logigrad_plan None", "expected full")

    def test_wrong_cases(self):
        self.old_page()
        name = "gradient/auto/sse2/f32/N:9/D:9/threads:1/rounds:9"
        for key, value in (("name", "gradient/auto"), ("name", name), ("real_time", 0),
                           ("round_3", "fast"), ("round_2", -1.0), ("time_unit", "h"),
                           ("limit_fraction", "1")):
            made = Made().add("auto", 9, 9, 1.0)
            made.entries[0][key] = value
            self.refused({"context": made.context, "benchmarks": made.entries}, str(value))
        made = Made().add("auto", 9, 9, 1.0).add("auto", 9, 9, 1.0)
        self.refused({"context": made.context, "benchmarks": made.entries}, "twice")

    def test_many_short_shapes(self):
        """The worst are named, the others counted."""
        made = Made()
        for rows in range(1, 21):
            made.add("auto", rows, 256, 1.0, group=rows)
            made.add("auto", rows, 256, 1.2 + rows / 100, group=rows, quantity="loss_gradient")
        with tempfile.TemporaryDirectory() as directory:
            results = scenes.read(made.write(Path(directory) / "result.json"))
            said = text.short_shapes(verdicts.judge_all(bars.BARS, results))
        self.assertIn("D of at least 256, loss and gradient / gradient: 20x256 f32: 1.400", said)
        self.assertIn("5x256 f32", said)
        self.assertNotIn("4x256 f32:", said.replace("14x256 f32:", ""))
        self.assertIn("and 4 more", " ".join(said.split()))

    def test_other_variants_are_left_alone(self):
        made = Made().add("auto", 9, 9, 1.0)
        for isa in ("sse2", "avx2_fma"):
            made.add("panel", 9, 9, 1.0, isa=isa, quantity="gradient")
        with tempfile.TemporaryDirectory() as directory:
            results = scenes.read(made.write(Path(directory) / "result.json"))
        self.assertEqual([list(scene.cases) for scene in results.scenes],
                         [[("gradient", "auto", False, 1)]])

    def test_failing_gnuplot(self):
        """One that fails, and none at all."""
        self.old_page()
        programs = self.directory / "programs"
        programs.mkdir()
        for expected in ("tools/setup.sh --with-plots", "gnuplot failed: out of ink"):
            self.assertIn(expected, self.run_page(sweep(1.0), status=1, plots=True, path=programs))
            self.assert_old_page()
            program = programs / "gnuplot"
            program.write_text("#!/bin/sh\necho out of ink >&2\nexit 1\n")
            program.chmod(0o755)


@unittest.skipUnless(shutil.which("gnuplot"), "no gnuplot")
class Pictures(Directory):
    def sizes(self, made, count):
        for step in range(count):
            rows = 100 * 8 ** step
            made.add("auto", rows, 28, rows * 28e-9, group=100 + step)
            made.add("auto", rows, 28, rows * 14e-9, "default", group=100 + step)
            made.add("read_1", rows, 28, rows * 20e-9, group=100 + step)
            made.add("eigen", rows, 28, rows * 50e-9, group=100 + step)
        return made

    def test_pictures(self):
        self.run_page(self.sizes(sweep(1.0).add("eigen", 7500, 8, 1e-3, group=0), 6), plots=True)
        over_d = (self.output / "time_over_d.svg").read_text()
        over_nd = (self.output / "time_over_nd.svg").read_text()
        for picture, words in ((over_d, ["auto", "eigen", "ns per element of X", "D"]),
                               (over_nd, ["auto, default threads", "limit", "best peer", "D = 28",
                                          "L2, 512 KiB", "L3, 32 MiB"])):
            self.assertTrue(picture.rstrip().endswith("</svg>"))
            for word in words:
                self.assertRegex(picture, f">(<tspan[^>]*>)?{word}</t")
            self.assertIn('fill="#ffffff"', picture)
        page = (self.output / "README.md").read_text()
        self.assertIn("(time_over_d.svg)", page)
        self.assertIn("(time_over_nd.svg)", page)

    def test_too_few_sizes(self):
        self.old_page()
        self.run_page(self.sizes(Made(), 5), plots=True)
        page = (self.output / "README.md").read_text()
        self.assertEqual(page.count("Not drawn."), 2)
        self.assertEqual([p.name for p in self.output.iterdir()], ["README.md"])


class BenchScript(Directory):
    """tools/bench.sh with a set-up and a benchmark that only write down how they were called."""

    def bench(self, *arguments, status=0, result=None, last="written to "):
        root = self.directory / "root"
        shutil.rmtree(root, ignore_errors=True)
        (root / "build/release/bench").mkdir(parents=True)
        (root / "tools").mkdir()
        for name in ("bench.sh", "page"):
            shutil.copy(ROOT / "tools" / name, root / "tools")
        shutil.copytree(ROOT / "tools/page_parts", root / "tools/page_parts")
        path = (result or Made()).write(self.directory / "full.json")
        for name, rest in (("tools/setup.sh", ""), ("build/release/bench/logigrad_bench",
                                                    f"echo '{last}{path}'; exit {status}")):
            program = root / name
            program.write_text(f'#!/bin/sh\necho {program.name} "$@"\n{rest}\n')
            program.chmod(0o755)
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


if __name__ == "__main__":
    if not shutil.which("gnuplot"):
        print("skipped: no gnuplot")
    unittest.main()
