"""What one instruction does, in the few words the analysis needs, for x86 and AArch64.

Registers are named by what they alias: xmm3, ymm3 and zmm3 are v3, so is z3, eax is rax, w2 is x2.
SVE's predicates are left out: they are neither data nor places.
"""
import re
from dataclasses import dataclass, field

_SIZES = {"BYTE": 1, "WORD": 2, "DWORD": 4, "QWORD": 8, "XMMWORD": 16, "YMMWORD": 32, "ZMMWORD": 64}
_X86_MEMORY = re.compile(r"^(?:(\w+) (?:PTR|BCST) )?(?:\w\w:)?\[([^\]]+)\]")
_X86_VECTOR = re.compile(r"^([xyz])mm(\d+)")
_X86_GENERAL = re.compile(r"^(?:[re]?([abcd])x|[re]?(sp|bp|si|di)|r(\d+)[dwb]?|([abcd])[lh])$")
_X86_FMA = re.compile(r"^vfn?m(?:add|sub|addsub|subadd)(132|213|231)[ps][sd]$")
_X86_PLAIN = re.compile(r"^v?(mul|add|sub)[ps][sd]$")
# What moves elements about and computes nothing: data stays data.
_X86_MOVES = re.compile(r"^v?p?(?:mov|and|or|xor|blend|unpck|shuf|perm|broadcast|insert|extract|"
                        r"cvt|expand|compress|align|mask)")
# Of SSE's two-operand forms those whose destination is not also a source.
_X86_OVERWRITES = re.compile(r"^(?:mov[auqd]|movs[sd]|cvt|pshufd|sqrt)")
_X86_READS_ONLY = re.compile(r"^(?:cmp|test|push|call|j\w+|nop|bt|v?u?comis[sd]|v?ptest|"
                             r"prefetch\w*)$")
_ARM_VECTOR = re.compile(r"^([vqdsbz])(\d+)(?:\.(\d*)([bhsdq]))?(?:\[\d+\])?$")
_ARM_PREDICATE = re.compile(r"^p\d+(?:/[mz]|\.[bhsd])?$")
_ARM_GENERAL = re.compile(r"^[xw](\d+|zr)$|^w?(sp)$")
_ARM_FMA = re.compile(r"^(?:fn?mla|fn?mls|fn?madd?|fn?msu?b)$")
_ARM_PLAIN = {"fmul": "mul", "fnmul": "mul", "fadd": "add", "fsub": "add"}
_ARM_MOVES = re.compile(r"^(?:ld|mov|fmov|dup|and|orr|eor|bic|bsl|bif|bit|zip|uzp|trn|ext|ins|rev|"
                        r"fcvt|tbl|shl|ushr|sel)")
_ARM_READS_ONLY = re.compile(r"^(?:cm[pn]|tst|f?ccmpe?|fcmpe?|cbn?z|tbn?z|bl?r?|b\.\w+|prfm|nop|"
                             r"ret)$")
_ARM_LETTER_BYTES = {"b": 1, "h": 2, "s": 4, "w": 4, "d": 8, "q": 16, "v": 16}
_ARM_BROADCAST = re.compile(r"^ld1r(q?)([bhwd])$")


@dataclass
class Memory:
    base: str
    index: str
    offset: int
    size: int  # bytes; 0: only the address is taken


@dataclass
class Operation:
    kind: str = "other"  # fma, mul, add, move or other, of vector registers; general
    bits: int = 0  # of the register that an arithmetic operation uses
    lanes: int = 0  # elements that it works on; 1: scalar
    reads: list = field(default_factory=list)
    writes: list = field(default_factory=list)
    factors: list = field(default_factory=list)  # of a product: registers, "memory"
    memory: Memory = None
    stores: bool = False
    updates: bool = False  # stores, and reads before
    vector: bool = False


def _x86_register(operand):
    if match := _X86_VECTOR.match(operand):
        return "v" + match.group(2)
    if match := _X86_GENERAL.match(operand):
        a, pointer, number, byte = match.groups()
        letter = a or byte
        return f"r{letter}x" if letter else f"r{pointer or number}"
    return None


def _x86_memory(operand):
    match = _X86_MEMORY.match(operand)
    if not match:
        return None
    base = index = ""
    offset = 0
    for sign, term in re.findall(r"([+-]?)([^+-]+)", match.group(2)):
        if "*" in term:
            index = _x86_register(term.split("*")[0]) or ""
        elif term.startswith("0x"):
            offset += int(term, 16) * (-1 if sign == "-" else 1)
        elif not base:
            base = _x86_register(term) or term
        else:
            index = _x86_register(term) or ""
    return Memory(base, index, offset, _SIZES.get(match.group(1), 0))


def _decode_x86(instruction):
    name, operands = instruction.mnemonic, instruction.operands
    op = Operation()
    op.memory = next(filter(None, map(_x86_memory, operands)), None)
    names = ["memory" if _X86_MEMORY.match(o) else _x86_register(o) for o in operands]
    op.vector = any(n and n[0] == "v" for n in names)
    reads_only = bool(_X86_READS_ONLY.match(name))
    op.stores = bool(names) and names[0] == "memory" and not reads_only
    op.updates = op.stores and not re.match(r"v?p?(mov|set|extract|cvt|mask|compress)", name)
    if op.memory and name == "lea":
        op.memory.size = 0
    three = name.startswith("v") or _X86_OVERWRITES.match(name) or name in ("mov", "lea", "movabs")
    sources = names[1:] if three and not reads_only else names
    if fma := _X86_FMA.match(name):
        sources = names
        op.factors = [names[int(digit) - 1] for digit in fma.group(1)[:2]]
        op.kind = "fma"
    elif plain := _X86_PLAIN.match(name):
        op.kind = "mul" if plain.group(1) == "mul" else "add"
    elif op.vector and _X86_MOVES.match(name):
        op.kind = "move"
    elif not op.vector:
        op.kind = "general"
    if op.kind in ("fma", "mul", "add"):
        op.bits = {"x": 128, "y": 256, "z": 512}[_X86_VECTOR.match(operands[0]).group(1)]
        op.lanes = 1 if name[-2] == "s" else op.bits // (32 if name[-1] == "s" else 64)
    if "xor" in name and len(set(names[-2:])) == 1:  # the idiom for zero
        sources = []
    op.reads = [n for n in sources if n and n != "memory"]
    if names and names[0] not in (None, "memory") and not reads_only:
        op.writes = [names[0]]
    return op


def _arm_register(operand):
    if match := _ARM_VECTOR.match(operand):
        return "v" + match.group(2)
    if match := _ARM_GENERAL.match(operand):
        return match.group(2) or "x" + match.group(1)
    return None


def _arm_list(operand):
    """The registers of "{v0.4s, v1.4s}", "{v0.4s-v3.4s}" or "{v0.s}[1]"; another operand itself."""
    if not operand.startswith("{"):
        return [operand]
    if match := re.match(r"^\{([vz])(\d+)(\.\w+)-[vz](\d+)", operand):
        letter, first, kind, last = match.group(1), int(match[2]), match[3], int(match[4])
        return [f"{letter}{n % 32}{kind}"
                for n in range(first, last + (32 if last < first else 0) + 1)]
    return operand.replace("{", "").replace("}", "").split(", ")


def _arm_memory(operand, name, transferred, vector_bytes):
    if not operand.startswith("["):
        return None
    parts = [part.strip() for part in operand.strip("[]!").split(",")]
    index = _arm_register(parts[1]) if len(parts) > 1 else ""
    number = re.match(r"^#(-?(?:0x)?[0-9a-f]+)", parts[1]) if len(parts) > 1 else None
    letters = {**_ARM_LETTER_BYTES, "z": vector_bytes, "w": 4, "x": 8}
    size = sum(letters.get(o[0], 8) for o in transferred)
    if one := _ARM_BROADCAST.match(name):
        size = 16 if one.group(1) else _ARM_LETTER_BYTES[one.group(2)]
    offset = int(number.group(1), 0) if number else 0
    if parts[-1] == "mul vl":
        offset *= vector_bytes
    return Memory(_arm_register(parts[0]), index or "", offset, size)


def _decode_arm(instruction, vector_bytes):
    name = instruction.mnemonic
    operands = [o for operand in instruction.operands for o in _arm_list(operand)]
    writes_predicate = bool(operands) and bool(_ARM_PREDICATE.match(operands[0]))
    operands = [o for o in operands if not _ARM_PREDICATE.match(o)]
    op = Operation()
    at = next((i for i, o in enumerate(operands) if o.startswith("[")), None)
    if at is not None:
        op.memory = _arm_memory(operands[at], name, operands[:at], vector_bytes)
    names = ["memory" if o.startswith("[") else _arm_register(o) for o in operands]
    op.vector = any(n and n[0] == "v" for n in names)
    op.stores = name.startswith("st") and op.memory is not None
    reads_only = writes_predicate or bool(_ARM_READS_ONLY.match(name))
    sources = [n for n in names if n and n != "memory"]
    written = 0 if op.stores or reads_only else at if op.memory else 1
    op.writes = sources[:written]
    op.reads = sources if op.stores or reads_only else sources[written:]
    if _ARM_FMA.match(name):
        # SVE's FMAD overwrites a factor, FMLA the sum.
        overwritten = len(operands) == 3 and re.match(r"fn?m(?:ad|sb)$", name)
        op.kind, op.factors, op.reads = "fma", names[:2] if overwritten else names[1:3], sources
    elif name in _ARM_PLAIN:
        op.kind = _ARM_PLAIN[name]
    elif op.vector:
        op.kind = "move" if _ARM_MOVES.match(name) else "other"
    else:
        op.kind = "general"
    if op.kind in ("fma", "mul", "add"):
        kind, _, lanes, letter = _ARM_VECTOR.match(operands[0]).groups()
        if kind == "z":
            lanes = vector_bytes // _ARM_LETTER_BYTES[letter]
        op.lanes = int(lanes) if lanes else 1
        op.bits = op.lanes * 8 * _ARM_LETTER_BYTES[letter] if lanes else 128
    if op.memory and (instruction.text.endswith("!") or at + 1 < len(operands)):
        op.writes = op.writes + [op.memory.base]  # pre- or post-indexed: the base moves on
        op.reads = op.reads + [op.memory.base]
    return op


def decode(instruction, machine, vector_bytes):
    """`vector_bytes`: of SVE's registers, which instructions do not tell."""
    if machine == "x86_64":
        return _decode_x86(instruction)
    return _decode_arm(instruction, vector_bytes)


def is_call(instruction):
    return instruction.mnemonic in ("call", "bl", "blr")


def frame_registers(instructions, machine):
    """The registers that point into the stack: the frame pointer only if it is one here."""
    registers = {"rsp"} if machine == "x86_64" else {"sp"}
    for instruction in instructions[:24]:
        text = f"{instruction.mnemonic} {','.join(instruction.operands)}"
        if re.match(r"mov rbp,rsp$|lea rbp,\[rsp", text):
            registers.add("rbp")
        elif re.match(r"mov x29,sp$|add x29,sp,", text):
            registers.add("x29")
    return registers
