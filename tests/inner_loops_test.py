"""Tests of the judge tools/inner_loops: hand-written assembly with one thing wrong must be caught,
and what only looks wrong must pass.

usage: inner_loops_test.py MACHINE COMPILER    the compiler assembles for MACHINE, x86_64 or aarch64
"""
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from made_assembly import ROOT, arm, assemble, variants, x86  # noqa: E402
from with_directory import WithDirectory  # noqa: E402

COMPILER = ""
AVX2_FMA = "vmovaps ymm1, [rsi+rcx]\n vfmadd231ps ymm0, ymm1, [rdi+rcx]\n"


class Checked(WithDirectory):
    """A file with all kernels of ISA, each of them GOOD but for one that a test gives."""
    isa, good = "", ""

    def look(self, *arguments, special=None, without=None):
        """tools/inner_loops' exit status and output, of such a file."""
        code = {variant: self.good for variant in variants() if variant != without}
        code |= {("panel", "f32", False): special} if special else {}
        done = subprocess.run([sys.executable, ROOT / "tools/inner_loops", *arguments,
                               assemble(COMPILER, self.directory, self.isa, code)],
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def check(self, status, expected, special=None, allowed="", without=None):
        exceptions = self.directory / "allowed"
        exceptions.write_text(allowed)
        found, output = self.look("--check", "--allowed", exceptions, special=special,
                                  without=without)
        self.assertEqual(found, status, output)
        self.assertIn(expected, output)

    def passes(self, special=None, **rest):
        self.check(0, ": 0 wrong", special, **rest)

    def fails(self, expected, special=None, **rest):
        self.check(1, expected, special, **rest)


class Avx2(Checked):
    isa, good = "avx2_fma", x86(AVX2_FMA)

    def test_good(self):
        count = len(variants())
        self.check(0, f"{count} hot loops in {count} functions of avx2_fma: 0 wrong")

    def test_spill(self):
        self.fails("2 spills",
                   x86(AVX2_FMA + "vmovaps [rsp-64], ymm0\n vaddps ymm0, ymm2, [rsp-64]"))

    def test_spill_below_the_frame_pointer(self):
        body = "vmovaps [rbp-64], ymm0\n" + AVX2_FMA
        self.fails("1 spills", "push rbp\n mov rbp, rsp\n" + x86(body) + "pop rbp\n")
        self.passes("push rbp\n mov rbp, rdx\n" + x86(body) + "pop rbp\n")  # rbp points to data

    def test_reload(self):
        self.fails("1 reloads", x86(AVX2_FMA + "vfmadd231ps ymm3, ymm1, [rsp+64]"))

    def test_arrays_are_no_spills(self):
        self.passes(x86(AVX2_FMA + "vmovaps [rsp-64], ymm0\n vbroadcastss ymm2, [rsp-60]"))
        self.passes(x86(AVX2_FMA + "vmovaps [rsp-64], ymm0\n vmovss xmm2, [rsp+rcx*4-64]"))
        self.passes(x86(AVX2_FMA + "lea rax, [rsp-64]\n vmovaps [rsp-64], ymm0\n"))

    def test_a_spill_beside_an_array(self):
        self.fails("1 spills", x86(AVX2_FMA + "vmovaps [rsp-64], ymm0\n vmovaps [rsp-128], ymm0\n"
                                              "vbroadcastss ymm2, [rsp-60]"))

    def test_spill_in_a_rare_branch(self):
        self.passes(x86(AVX2_FMA + "test cl, 127\n jne 3f\n vmovaps [rsp-64], ymm0\n 3:"))

    def test_narrow(self):
        self.fails("1 FMAs narrower", x86(AVX2_FMA.replace("ymm", "xmm")))
        self.fails("1 FMAs narrower",
                   x86("vmovss xmm1, [rsi+rcx]\n vfmadd231ss xmm0, xmm1, [rdi+rcx]"))
        self.fails("1 FMAs narrower", x86(AVX2_FMA + "vfmadd231ps xmm3, xmm1, [rdi+rcx]"))

    def test_multiply_and_add_apart(self):
        self.fails("1 multiplies and adds where the ISA has FMAs",
                   x86("vmovaps ymm1, [rsi+rcx]\n vmulps ymm2, ymm1, [rdi+rcx]\n"
                       "vaddps ymm0, ymm0, ymm2"))

    def test_call(self):
        self.fails("1 calls", x86(AVX2_FMA + "call expf"))

    def test_only_arithmetic_with_constants(self):
        self.fails("panel/avx2_fma/f32 gradient: no inner loop",
                   x86("vfmadd213ps ymm0, ymm1, [rip+constants]\n constants = 0"))

    def test_remainder(self):
        spill = x86("vmovaps [rsp-64], ymm0\n" + AVX2_FMA, label="2")
        many = x86("".join(AVX2_FMA.replace("ymm0", f"ymm{n}") for n in range(2, 10)))
        self.passes(many + spill)
        self.fails("1 spills", x86(AVX2_FMA) + spill)  # as many FMAs as the loop before it
        # Another case of a dispatch is no remainder, however few FMAs it has.
        self.fails("1 spills", "test rax, rax\n je 5f\n" + many + "ret\n 5:\n" + spill)

    def test_a_sigmoid_is_not_the_kernel_loop(self):
        sigmoid = x86("".join("vfmadd213ps ymm4, ymm5, ymm6\n" for _ in range(40)) +
                      "vmovaps [rsp-64], ymm4", label="2")
        self.passes(x86(AVX2_FMA) + sigmoid)

    def test_missing_kernel(self):
        self.fails("column/avx2_fma/f64 loss_gradient: not in the file",
                   without=("column", "f64", True))

    def test_exceptions(self):
        spill = x86(AVX2_FMA + "vmovaps [rsp-64], ymm0")
        line = "panel,row avx2_fma f32 spill: a reason"
        self.fails("allowed:2: row avx2_fma f32 spill: no longer needed", spill,
                   allowed="#\n" + line)
        self.passes(spill, allowed=line.replace(",row", ""))
        self.passes(spill, allowed=line.replace("spill:", "spill sometimes:"))
        self.passes(allowed=line.replace("avx2_fma", "sse2"))  # of another ISA
        self.fails("1 spills", spill, allowed=line.replace("panel,row", "column"))
        for line in ("panel avx2_fma f32 spill", "panel avx2_fma f32 spill: ",
                     "panel avx2 f32 spill: a",
                     "panel avx2_fma f32 spill never: a", "panel avx2_fma f32 sometimes: a"):
            self.check(1, "allowed:1: found", spill, allowed=line)


    def test_what_is_shown_without_a_check(self):
        spill = x86(AVX2_FMA + "vmovaps [rsp-64], ymm0")
        status, table = self.look("--variant", "panel/avx2_fma/f32", special=spill)
        self.assertEqual(status, 0)
        # instructions; FMAs of 512, 256, 128, 64 bits, scalar; apart; data; loads, stores, spills
        self.assertRegex(table, r"panel/avx2_fma/f32 +gradient +\w+ hot +6 +0 +1 +0 +0 +0 +0 +1 "
                                r"+2 +0 +1 +0 +0\n")
        self.assertRegex(table, r"panel/avx2_fma/f32 +loss_gradient +\w+ hot +5 .* 0 +0 +0\n")
        self.assertNotIn("narrow/", table)
        status, loops = self.look("--print", "--quantity", "loss_gradient", special=spill)
        self.assertEqual(status, 0)
        self.assertEqual(loops.count("loss_gradient, loop at"), len(variants()) // 2)
        self.assertNotIn("spill", loops)
        _, loops = self.look("--print", special=spill)
        self.assertRegex(loops, r": vmovaps YMMWORD PTR \[rsp-0x40\],ymm0  <-- spill\n")

    def test_what_cannot_be_shown(self):
        status, said = self.look("--variant", "panel/sse2/f32")
        self.assertEqual(status, 1)
        self.assertIn("kernels.o: found no kernel panel/sse2/f32", said)
        said = subprocess.run([sys.executable, ROOT / "tools/inner_loops", self.directory / "none"],
                              capture_output=True, text=True)
        self.assertEqual(said.returncode, 1)
        self.assertIn("none: no such file", said.stderr)
        said = subprocess.run([sys.executable, ROOT / "tools/inner_loops", __file__],
                              capture_output=True, text=True)
        self.assertIn("found no ELF object for x86-64 or AArch64", said.stderr)


class Avx512(Checked):
    isa, good = "avx512", x86(AVX2_FMA.replace("ymm", "zmm"))

    def test_half_width(self):
        self.passes()
        self.fails("1 FMAs narrower", x86(AVX2_FMA))

    def test_spill_of_an_upper_register(self):
        self.fails("1 spills", x86(AVX2_FMA.replace("ymm", "zmm") + "vmovaps [rsp-64], zmm17"))


class Sse2(Checked):
    isa = "sse2"
    good = x86("movaps xmm1, [rsi+rcx]\n movaps xmm2, xmm1\n mulps xmm2, [rdi+rcx]\n"
               "addps xmm0, xmm2")

    def test_multiply_and_add(self):
        self.passes()
        self.fails("1 FMAs narrower", self.good.replace("mulps", "mulss").replace("addps", "addss"))
        self.fails("no inner loop", self.good.replace("mulps", "maxps"))

    def test_spill(self):
        stack = "movaps [rsp-16], xmm3\n addps xmm3, [rsp-16]\n"
        self.fails("2 spills", self.good.replace("mulps", stack + "mulps"))


class Neon64(Checked):
    isa = "neon64"
    fma = "ldr q1, [x0, x2]\n ldr q2, [x1, x2]\n fmla v0.4s, v1.4s, v2.4s\n"
    good = arm(fma)

    def test_width(self):
        self.passes()
        self.passes(arm(self.fma + "fmla v3.4s, v1.4s, v2.s[1]"))
        self.fails("1 FMAs narrower", self.good.replace("4s", "2s"))
        self.fails("1 FMAs narrower",
                   arm("ldr s1, [x0, x2]\n ldr s2, [x1, x2]\n fmadd s0, s1, s2, s0"))

    def test_stack(self):
        self.fails("1 spills", arm(self.fma + "str q0, [sp, #32]"))
        self.fails("1 reloads", arm(self.fma + "ldp q3, q4, [sp, #32]"))
        self.fails("1 spills", "mov x29, sp\n" + arm(self.fma + "str q0, [x29, #32]"))
        self.passes(arm(self.fma + "str q0, [sp, #32]\n ldr s3, [sp, #36]"))

    def test_call(self):
        self.fails("1 calls", arm(self.fma + "bl expf"))


class Sve256(Checked):
    isa = "sve256"
    loads = "ld1w {z1.s}, p0/z, [x0, x2, lsl #2]\n ld1w {z2.s}, p0/z, [x1, x2, lsl #2]\n"
    fma = loads + "fmla z0.s, p0/m, z1.s, z2.s\n"
    good = arm(fma)

    def test_forms(self):
        self.passes()
        self.passes(arm(self.loads + "fmad z1.s, p0/m, z2.s, z0.s"))
        self.passes(arm(self.loads + "movprfx z0, z3\n fmla z0.s, p0/m, z1.s, z2.s"))
        self.passes(arm(self.fma + "whilelo p1.s, x2, x3\n ld1rw {z3.s}, p0/z, [x1, #4]"))
        self.fails("1 multiplies and adds",
                   arm(self.loads + "fmul z1.s, z1.s, z2.s\n fadd z0.s, z0.s, z1.s"))
        self.fails("no inner loop", arm(self.loads + "fmax z1.s, p0/m, z1.s, z2.s"))

    def test_a_factor_is_not_the_sum(self):
        # z1, which was loaded, is what is added to.
        self.fails("no inner loop", arm(self.loads + "fmla z1.s, p0/m, z3.s, z4.s"))
        self.fails("no inner loop", arm(self.loads + "fmad z3.s, p0/m, z4.s, z1.s"))

    def test_width(self):
        self.fails("1 FMAs narrower", Neon64.good)
        self.fails("1 FMAs narrower", arm(self.fma + Neon64.fma))

    def test_stack(self):
        self.fails("1 spills", arm(self.fma + "str z0, [sp, #1, mul vl]"))
        self.fails("1 reloads", arm(self.fma + "ldr z3, [sp, #2, mul vl]"))
        # Of 32 bytes, in multiples of which its places are counted.
        self.passes(arm(self.fma + "str z0, [sp, #1, mul vl]\n ldr s3, [sp, #60]"))
        self.fails("1 spills, 1 reloads",
                   arm(self.fma + "str z0, [sp, #1, mul vl]\n ldr s3, [sp, #64]"))


if __name__ == "__main__":
    machine, COMPILER = sys.argv[1:3]
    cases = [Neon64, Sve256] if machine in ("aarch64", "arm64") else [Avx2, Avx512, Sse2]
    loader = unittest.defaultTestLoader
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases)
    sys.exit(not unittest.TextTestRunner().run(suite).wasSuccessful())
