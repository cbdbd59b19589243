"""Tests of the page that tools/page writes: what cannot be a result must leave the old page alone.

usage: page_test.py    pictures are only drawn where gnuplot is; "skipped: no gnuplot" says so
"""
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
from page_made import Directory, Made, best_peer, sweep  # noqa: E402
from page_parts import bars, scenes, text, verdicts  # noqa: E402


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

    def test_interrupted(self):
        self.old_page()
        made = Made().add("auto", 9, 9, 1.0)
        made.context["logigrad_interrupted"] = "true"
        document = {"context": made.context, "benchmarks": made.entries}
        self.refused(document, "found a run that was interrupted, expected a run that went to")
        made.context["logigrad_note_2"] = "interrupted by SIGINT: 1 of 2 benchmarks were measured"
        self.refused(document, "found a run that was interrupted by SIGINT: 1 of 2 benchmarks")

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


if __name__ == "__main__":
    if not shutil.which("gnuplot"):
        print("skipped: no gnuplot")
    unittest.main()
