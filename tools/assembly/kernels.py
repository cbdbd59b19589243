"""Which functions of a file are kernels, by the lists that everything in this project derives from.

A kernel is run<Body<T, Arch>, T, kLoss> of kernels/isa_table.cpp, with the functions of the body that
it calls: Body<T, Arch>::run_blocks<kLoss, ...>, or BodyLoop<T, Arch, 4>::run<kLoss, ...> of a class
whose name begins with the body's. Template names are looked up in
kernels/variants.inc, xsimd's architectures in cmake/isas.cmake, so nothing is listed here but how
wide the registers of an ISA are.
"""
import re
from dataclasses import dataclass
from pathlib import Path

from assembly.disassembly import disassemble
from assembly.facts import loop_facts

_ROOT = Path(__file__).resolve().parents[2]
_KERNEL = re.compile(r"::run<.*?::(\w+)<(float|double), (.*?) ?>, (?:float|double), (true|false)>\(")
_PART = re.compile(r"::(\w+)<(float|double), ([\w:<>]+?) ?(?:, \d+ul)?>::\w+<(true|false)\b.*?>\(")
_BODY = re.compile(r"^LOGIGRAD_BODY\((\w+), (\w+), (\w+),", re.MULTILINE)
_ISA = re.compile(r'^ *"(\w+) *\| *([\w:<>]+) *\|', re.MULTILINE)
_BITS = {"sse": 128, "avx512": 512, "avx": 256, "neon": 128}  # by how an ISA's name begins
DTYPES = {"float": "f32", "double": "f64"}


def _all_bodies():
    """{template: (name, family)}"""
    text = (_ROOT / "kernels/variants.inc").read_text()
    return {template: (name, family) for name, template, family in _BODY.findall(text)}


def bodies():
    """{template: name} of the bodies that are vectorised by hand."""
    return {template: name for template, (name, family) in _all_bodies().items()
            if family == "simd" and name != "autovec"}


def isas():
    """{xsimd architecture: name}"""
    return {arch: name for name, arch in _ISA.findall((_ROOT / "cmake/isas.cmake").read_text())}


def _sve_bits(isa):
    match = re.match(r"sve(\d+)$", isa)
    return int(match.group(1)) if match else None


def register_bits(isa):
    if bits := _sve_bits(isa):
        return bits
    for begin, bits in sorted(_BITS.items(), reverse=True):  # avx512 before avx
        if isa.startswith(begin):
            return bits
    raise SystemExit(f"tools/assembly/kernels.py does not know the width of a register of {isa}")


def has_fma(isa):
    return not isa.startswith("sse")


@dataclass
class Kernel:
    body: str
    isa: str
    dtype: str
    loss: bool
    machine: str
    function: object
    loops: list  # the facts of all of its loops
    names: tuple = ()  # of its functions, if it was joined of several

    @property
    def variant(self):
        return f"{self.body}/{self.isa}/{self.dtype}"

    @property
    def quantity(self):
        return "loss_gradient" if self.loss else "gradient"

    def kernel_loops(self):
        return [facts for facts in self.loops if facts.kernel]

    def hot_loops(self):
        return [facts for facts in self.loops if facts.hot]


def _match(name):
    """(body, isa, dtype, loss) of a demangled function name; GCC splits unlikely parts off."""
    match = _KERNEL.search(name) or _PART.search(name)
    if not match or "[clone .cold" in name:
        return None
    template, dtype, arch, loss = match.groups()
    isa = isas().get(re.sub(r"(\d)ul\b", r"\1", arch))
    body = next((body for name, body in _all_bodies().items() if template.startswith(name)), None)
    return (body[0], isa, DTYPES[dtype], loss == "true") if body and isa else None


def find_kernels(path, objdump=None, variant=None, loss=None):
    """The kernels of an object, library or program, with their loops: all that are vectorised by
    hand, or those of one variant whatever it is; with `loss`, those of one quantity."""
    def wanted(name):
        found = _match(name)
        if not found or loss not in (None, found[3]):
            return False
        return variant == "/".join(found[:3]) if variant else found[0] in bodies().values()

    machine, functions = disassemble(path, wanted, objdump)
    def kernel_of(function):
        body, isa, dtype, loss = _match(function.name)
        facts = loop_facts(function, machine, (_sve_bits(isa) or 128) // 8)
        return Kernel(body, isa, dtype, loss, machine, function, facts)

    return sorted(map(kernel_of, functions), key=lambda kernel: (kernel.variant, kernel.loss))


def joined(parts):
    """The functions of one variant and quantity as one kernel: the loops of all of them."""
    first = parts[0]
    return Kernel(first.body, first.isa, first.dtype, first.loss, first.machine, first.function,
                  [facts for part in parts for facts in part.loops],
                  tuple(part.function.name for part in parts))
