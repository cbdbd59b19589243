"""Tests of tools/profile_report as tools/profile.sh starts it: the report of a kernel written by hand,
of which a made dump says what ran, with a made llvm-mca.

usage: profile_report_whole_test.py MACHINE COMPILER    the compiler assembles for MACHINE
"""
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from made_assembly import ROOT, arm, assemble, made_mca, x86  # noqa: E402
from with_directory import WithDirectory  # noqa: E402
from assembly import kernels  # noqa: E402

MACHINE, COMPILER = "", ""


class Report(WithDirectory):
    """Of a kernel with two loops, one four times as wide as the other, which spills."""
    LOOPS = {
        "x86_64": ("avx2_fma", x86, "vmovaps ymm1, [rsi+rcx]\n", "vmovaps [rsp-64], ymm0\n",
                   "vfmadd231ps ymm{}, ymm1, [rdi+rcx]\n"),
        "aarch64": ("neon64", arm, "ldr q1, [x0, x2]\n ldr q2, [x1, x2]\n", "str q0, [sp, #32]\n",
                    "fmla v{}.4s, v1.4s, v2.4s\n")}

    def setUp(self):
        super().setUp()
        self.isa, loop, loads, spill, fma = self.LOOPS[MACHINE]
        wide, small = (loads + "".join(fma.format(n) for n in sums) for sums in ((2, 3, 4, 5), (2,)))
        self.wide = loop(wide)
        self.make_program(self.wide + loop(spill + small, label="8"))

    def make_program(self, code):
        self.program = assemble(COMPILER, self.directory, self.isa, {("panel", "f32", False): code})
        kernel = kernels.joined(kernels.find_kernels(self.program))
        self.name, self.loops = kernel.function.name, kernel.loops

    def report(self, *arguments, variant=None, status=0):
        variant = variant or f"panel/{self.isa}/f32"
        done = subprocess.run([sys.executable, ROOT / "tools/profile_report", self.program, variant,
                               "gradient", "100", "4", "--mca",
                               made_mca(self.directory, "units.mca"), *arguments],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout + done.stderr

    def dump(self, *runs):
        """What callgrind would write, had the loops done so many iterations."""
        lines = [f"ob={self.program.resolve()}", f"fn={self.name}"]
        lines += [f"{i.address:#x} 0 {count}" for loop, count in zip(self.loops, runs)
                  for i in loop.instructions]
        lines += ["cfn=expf", "calls=1 0x0 0", f"{self.loops[0].instructions[0].address:#x} 0 50",
                  "ob=/none/libm.so", "fn=expf", "0x40 0 50"]
        path = self.directory / "dump"
        path.write_text("\n".join(lines) + "\n")
        return "--callgrind", path

    def test_of_what_was_counted(self):
        wide, small = (len(loop.instructions) for loop in self.loops)
        total = 200 * wide + 100 * small + 50
        output = self.report(*self.dump(200, 100))
        self.assertIn(f"panel/{self.isa}/f32 gradient, 100 x 4, 1 thread\n", output)
        self.assertIn(f"callgrind: {total:,} instructions, {total / 400:.3f} an element, "
                      f"{total / 100:.1f} a row; {100 * (total - 50) / total:.0f} % in the kernel",
                      output)
        # 413 cycles of 200 iterations, by the made llvm-mca, for each of the loops' 300.
        self.assertIn(f"{413 / 200 * 300 / 400:.3f} cycles an element in the loops below", output)
        self.assertRegex(output, fr"\n +{total - 50:,} +[\d.]+ %  run<Panel<float, xsimd::")
        self.assertRegex(output, r"\n +50 +[\d.]+ %  expf\n")
        for loop, runs, fmas, spills in zip(self.loops, (200, 100), (4, 1), (0, 1)):
            share = 100 * runs * len(loop.instructions) / total
            self.assertRegex(output, fr"\n +{loop.loop.address:x} +{share:.0f} % +{runs} "
                                     fr"+{len(loop.instructions)} +{fmas} +\d +0 +{spills} +0 \| "
                                     fr"+2\.1 +2\.0 +{413 / 200 * runs / 400:.3f}  units ICXPort2")
            self.assertIn(f"\nLoop at {loop.loop.address:x}\n", output)
        self.assertEqual(output.count("<-- spill"), 1)
        self.assertEqual(output.count("       200x "), wide)
        self.assertEqual(output.count("Critical sequence"), 2)
        self.assertNotIn("Instruction Info:", output)
        self.assertTrue((self.directory / "analysed").read_text().rstrip().endswith(" .Lloop"))

    def test_a_loop_that_did_not_run_is_not_shown(self):
        output = self.report(*self.dump(200))
        self.assertEqual(re.findall(r"^Loop at (\w+)$", output, re.MULTILINE),
                         [f"{self.loops[0].loop.address:x}"])

    def test_without_counts_it_is_the_hot_loops(self):
        output = self.report("--no-callgrind", "valgrind does not know this ISA")
        self.assertIn("callgrind: skipped: valgrind does not know this ISA\n", output)
        self.assertIn("the hot ones by tools/assembly/facts.py", output)
        self.assertIn("cycles/FMA", output)
        lanes = 8 if MACHINE == "x86_64" else 4
        self.assertIn(f"{413 / 200 / (4 * lanes):.3f}  units ICXPort2", output)
        self.assertNotIn(f"Loop at {self.loops[1].loop.address:x}\n", output, "a remainder")

    def test_of_one_loop(self):
        at = [f"{loop.loop.address:x}" for loop in self.loops]
        output = self.report(*self.dump(200, 100), "--loop", at[1], "--timeline")
        self.assertNotIn(f"Loop at {at[0]}\n", output)
        self.assertIn(f"Loop at {at[1]}\n", output)
        self.assertIn("Instruction Info:", output, "all that llvm-mca said")
        self.assertIn(f"panel/{self.isa}/f32: found no loop at 7fff",
                      self.report(*self.dump(200), "--loop", "7fff", status=1))

    def test_of_more_loops_than_fit(self):
        self.make_program(18 * self.wide)
        output = self.report("--no-callgrind", "it was not asked for")
        self.assertIn("  and 2 with fewer data FMAs\n", output)
        self.assertEqual(output.count("\nLoop at "), 4)
        self.assertIn("\n12 more loops: choose one with --loop ADDRESS\n", output)

    def test_without_llvm_mca(self):
        output = self.report(*self.dump(200, 100), "--mca", "")
        self.assertIn("llvm-mca:  skipped: no llvm-mca: found no program ''\n", output)
        self.assertEqual(output.count("<-- spill"), 1)

    def test_of_a_variant_that_is_not_there(self):
        self.assertIn("kernels.o: found no function of row/sse2/f32",
                      self.report(variant="row/sse2/f32", status=1))


if __name__ == "__main__":
    MACHINE, COMPILER = sys.argv[1:3]
    MACHINE = "aarch64" if MACHINE == "arm64" else MACHINE
    unittest.main(argv=sys.argv[:1])
