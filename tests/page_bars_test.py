"""Tests of how tools/page judges: made-up results with a known ratio must give the verdict that the
bar says."""
import sys
import unittest

sys.dont_write_bytecode = True
from page_made import GIB, PEERS, Directory, Made, best_peer, sweep  # noqa: E402
from page_parts import bars, statistics, verdicts  # noqa: E402


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


def lecture(rows, cols):
    return lambda r: (Made().add("auto", rows, cols, 1.0).add("torch_lecture", rows, cols, r)
                      .add("torch_mv", rows, cols, r / 9))


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


if __name__ == "__main__":
    unittest.main()
