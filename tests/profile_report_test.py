"""Tests of tools/profile_report: what binds a loop, by outputs of llvm-mca that were kept, what
callgrind counted, by a dump of a program whose instructions are known, and what the summary says.

usage: profile_report_test.py
"""
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import sys
import unittest
import unittest.mock
from types import SimpleNamespace

sys.dont_write_bytecode = True
from made_assembly import PROFILE_DATA as DATA, ROOT, made_mca  # noqa: E402
from with_directory import WithDirectory  # noqa: E402
from assembly import callgrind, disassembly, mca  # noqa: E402



def load_report():
    """tools/profile_report as a module; its name has no .py."""
    loader = importlib.machinery.SourceFileLoader("profile_report", str(ROOT / "tools/profile_report"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("profile_report", loader))
    sys.modules["profile_report"] = module  # where dataclasses look for it
    loader.exec_module(module)
    return module


REPORT = load_report()


def made(*lines):
    """Instructions as objdump writes them."""
    return [disassembly.instruction(4 * place, line) for place, line in enumerate(lines)]


class Estimates(WithDirectory):
    def estimate(self, name, instructions=(), **options):
        return mca.estimate(SimpleNamespace(instructions=instructions), "x86_64",
                            made_mca(self.directory, name), **options)

    def test_a_chain_binds_that_is_longer_than_the_units_are_busy(self):
        estimate = self.estimate("dependencies.mca", model="icelake-server")
        self.assertEqual(estimate.bound, "dependencies (23 % of cycles)")
        self.assertEqual((estimate.cycles, estimate.throughput), (810 / 200, 0.8))
        self.assertTrue(estimate.chain.startswith("Cycles with backend pressure increase [ 22.96% ]"))
        self.assertTrue(estimate.chain.endswith("## REGISTER dependency:  ymm0"), estimate.chain)

    def test_units_bind_that_are_busier_than_the_chain_is_long(self):
        estimate = self.estimate("units.mca", model="icelake-server")
        self.assertEqual(estimate.bound, "units ICXPort2 ICXPort3 (48 % of cycles)")
        self.assertEqual((estimate.cycles, estimate.throughput), (413 / 200, 2.0))

    def test_without_a_bottleneck_it_is_the_front_end(self):
        estimate = self.estimate("front_end.mca", model="icelake-server")
        self.assertEqual(estimate.bound, "front end or nothing")
        self.assertEqual(estimate.chain, "No bottleneck was found.")

    def test_a_model_that_does_not_know_the_loop_is_stood_in_for(self):
        estimate = self.estimate("units.mca")
        self.assertEqual(estimate.model, "icelake-server")
        self.assertIn("no 512-bit instructions", estimate.why)

    def test_a_model_that_is_known_to_be_wrong_is_stood_in_for(self):
        with unittest.mock.patch.dict(os.environ, HOST_CPU="znver3"):
            estimate = self.estimate("units.mca")
        self.assertEqual(estimate.model, "icelake-server")
        self.assertIn("Zen 3", estimate.why)
        with unittest.mock.patch.dict(os.environ, HOST_CPU="znver3"):
            estimate = self.estimate("units.mca", made("vaddps zmm0, zmm0, zmm1"))
        self.assertIn("no 512-bit instructions", estimate.why, "which Zen 3 has not either")

    def test_a_model_that_nobody_knows_is_no_estimate(self):
        self.assertEqual(self.estimate("units.mca", model="not-native"),
                         "llvm-mca: error: unknown CPU")

    def test_without_the_program_there_is_no_estimate(self):
        for program in ("", "/none/llvm-mca"):
            self.assertEqual(mca.estimate(SimpleNamespace(instructions=[]), "x86_64", program),
                             f"no llvm-mca: found no program '{program}'")

    def test_the_loop_is_written_as_llvms_assembler_reads_it(self):
        self.estimate("units.mca", made("nop WORD PTR [rax]",
                                        "vaddps ymm0,ymm1,DWORD BCST [rax+0x4]",
                                        "vaddpd zmm0,zmm1,QWORD BCST [rbx]",
                                        "vaddpd xmm0,xmm1,QWORD BCST [rbx]",
                                        "call 40", "jb 10 <made>"), model="skylake")
        self.assertEqual((self.directory / "analysed").read_text().splitlines(), [
            ".intel_syntax noprefix", ".Lloop:", "vaddps ymm0,ymm1,DWORD PTR [rax+0x4]{1to8}",
            "vaddpd zmm0,zmm1,QWORD PTR [rbx]{1to8}", "vaddpd xmm0,xmm1,QWORD PTR [rbx]{1to2}",
            "jb .Lloop"])


class Counts(unittest.TestCase):
    """Of int sum(8), which calls twice() for every second number, under callgrind 3.19."""

    def setUp(self):
        self.total, self.functions, self.addresses = callgrind.read_dump(DATA / "evaluation.callgrind")

    def test_what_a_callee_costs_is_not_its_callers(self):
        self.assertEqual(self.total, 56)
        self.assertEqual(self.functions, {("/opt/made/p", "twice"): 4, ("/opt/made/p", "sum"): 52})

    def test_an_instruction_ran_as_often_as_it_was_counted(self):
        ran = {at: count for (file, at), count in self.addresses.items() if file == "/opt/made/p"}
        self.assertEqual(ran[0x1139], 2, "twice() was called twice")
        self.assertEqual(ran[0x1170], 2, "by this call")
        self.assertEqual(ran[0x1162], 4, "the loop's body")
        self.assertEqual(ran[0x113E], 1, "the entry")
        self.assertEqual(sum(ran.values()), 56)

    def test_a_loops_instructions_are_its_own(self):
        def loop_of(*addresses):
            block = SimpleNamespace(instructions=[SimpleNamespace(address=at) for at in addresses])
            return SimpleNamespace(
                loop=SimpleNamespace(address=addresses[0], own_blocks=lambda: [block]))

        rare, small, large = (loop_of(0x113E), loop_of(0x1139, 0x113D),
                              loop_of(0x1162, 0x1165, 0x1168, 0x116B))
        addresses = {at: count for (_, at), count in self.addresses.items()}
        kernel = SimpleNamespace(loops=[rare, small, large])
        loops = REPORT.counted_loops(kernel, addresses, self.total)
        self.assertEqual([found.facts for found in loops], [large, small],
                         "by their share; 1 of 56 is not worth a line")
        self.assertEqual(loops[0].iterations, 4)
        self.assertAlmostEqual(loops[0].share, 16 / 56)


class Summary(unittest.TestCase):
    def summary(self, total, *bounds):
        facts = SimpleNamespace(weight=8, kernel=True, spills=[], reloads=[],
                                loop=SimpleNamespace(address=0x1162))
        loops = [REPORT.HotLoop(facts, 4 if total else 0, 0.5 / place if total else 0,
                                mca.Estimate("native", "this CPU", 9.0, 4.0, bound, "", ""))
                 for place, bound in enumerate(bounds, start=1)]
        arguments = SimpleNamespace(rows=2, cols=4, no_callgrind="valgrind does not know this ISA")
        kernel = SimpleNamespace(variant="panel/avx512/f32", quantity="gradient", names=["twice"])
        with contextlib.redirect_stdout(io.StringIO()) as said:
            REPORT.show_summary(arguments, kernel, loops, total, {("", "twice"): 14})
        return said.getvalue()

    def test_says_what_binds_the_loop_that_ran_most(self):
        said = self.summary(56, "dependencies (23 % of cycles)", "units Port2 (48 % of cycles)")
        self.assertIn("callgrind: 56 instructions, 7.000 an element, 28.0 a row; 25 % in the kernel",
                      said)
        self.assertIn("llvm-mca:  9.000 cycles an element in the loops below, 4.000 if", said)
        self.assertIn("bound by:  dependencies (23 % of cycles): the loop that ran most", said)

    def test_says_what_binds_the_largest_loop_where_nothing_was_counted(self):
        said = self.summary(0, "units Port2 (48 % of cycles)", "dependencies (23 % of cycles)")
        self.assertIn("callgrind: skipped: valgrind does not know this ISA", said)
        self.assertIn("bound by:  units Port2 (48 % of cycles): the largest loop", said)
        self.assertNotIn("cycles an element", said)

    def test_a_loop_that_has_no_estimate_is_not_what_binds(self):
        facts = SimpleNamespace(weight=8, kernel=True, spills=[], reloads=[])
        loops = [REPORT.HotLoop(facts, 0, 0, "llvm-mca: unknown instruction")]
        arguments = SimpleNamespace(rows=2, cols=4, no_callgrind="")
        kernel = SimpleNamespace(variant="panel/avx512/f32", quantity="gradient", names=[])
        with contextlib.redirect_stdout(io.StringIO()) as said:
            REPORT.show_summary(arguments, kernel, loops, 0, {})
        self.assertIn("llvm-mca:  skipped: llvm-mca: unknown instruction", said.getvalue())
        self.assertNotIn("bound by", said.getvalue())


if __name__ == "__main__":
    unittest.main()
