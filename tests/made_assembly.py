"""Kernels written by hand, assembled, and a made llvm-mca, for the tests of tools/inner_loops and
tools/profile_report."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROFILE_DATA = ROOT / "tests/data/profile"
sys.path.insert(0, str(ROOT / "tools"))
from assembly import kernels  # noqa: E402

_ARCHITECTURE = {"sse2": "N5xsimd4sse2E", "avx2_fma": "N5xsimd4fma3INS3_4avx2EEE",
                 "avx512": "N5xsimd8avx512bwE", "neon64": "N5xsimd6neon64E",
                 "sve256": "N5xsimd6detail3sveILm256EEE"}
_HEADER = {"neon64": "", "sve256": ".arch armv8-a+sve"}  # of the assembly
_LETTER = {"f32": "f", "f64": "d"}
# rcx and x2 are the way through a row; rdi is X, rsi w, rsp-64 and below free.
_X86_LOOP = "xor ecx, ecx\n {label}:\n {body}\n add rcx, 64\n cmp rcx, rdx\n jb {label}b\n"
_ARM_LOOP = "mov x2, #0\n {label}:\n {body}\n add x2, x2, #16\n cmp x2, x3\n b.lo {label}b\n"


def x86(body, label="7"):  # not 1: LLVM's assembler reads "1b" as a binary number
    return _X86_LOOP.format(body=body, label=label)


def arm(body, label="7"):
    return _ARM_LOOP.format(body=body, label=label)


def variants():
    """(body, dtype, loss) of everything that an ISA's object has to have."""
    return [(body, dtype, loss) for body in kernels.bodies().values()
            for dtype in kernels.DTYPES.values() for loss in (False, True)]


def _mangled(isa, body, dtype, loss):
    """run<Template<T, arch>, T, loss>(double*) in the anonymous namespace, as GCC names it."""
    template = next(template for template, name in kernels.bodies().items() if name == body)
    letter = _LETTER[dtype]
    return (f"_ZN8logigrad12_GLOBAL__N_13runINS0_{len(template)}{template}I{letter}"
            f"{_ARCHITECTURE[isa]}EE{letter}Lb{int(loss)}EEEvPd")


def assemble(compiler, directory, isa, code):
    """The object of {(body, dtype, loss): assembly}, which is Intel's on x86."""
    text = [_HEADER.get(isa, ".intel_syntax noprefix"), ".text"]
    for variant, lines in code.items():
        name = _mangled(isa, *variant)
        text += [f".type {name}, %function", f"{name}:", lines, "ret"]
    source = directory / "kernels.s"
    source.write_text("\n".join(text) + '\n.section .note.GNU-stack,"",%progbits\n')
    subprocess.run([compiler, "-c", "-o", source.with_suffix(".o"), source], check=True)
    return source.with_suffix(".o")


def made_mca(directory, name):
    """A program that prints what llvm-mca 14 printed once, of 200 iterations on Ice Lake; what it
    is given it leaves in the directory's file `analysed`. It knows no `native`."""
    program = directory / "llvm-mca"
    program.write_text(f"""#!/bin/sh
        case $1 in
          --version) echo "  Host CPU: $HOST_CPU" ;;
          *native) echo "error: unknown CPU" >&2; exit 1 ;;
          *) cat >'{directory}/analysed'; cat '{PROFILE_DATA / name}' ;;
        esac
        """)
    program.chmod(0o755)
    return str(program)
