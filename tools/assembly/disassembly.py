"""What objdump says of an object, a library or a program: functions and their instructions.

x86 is read in Intel syntax, because it writes the size of every memory operand: a spill is told
from an access to one element of an array by that size.
"""
import re
import shutil
import subprocess
from dataclasses import dataclass, field

_MACHINES = {62: "x86_64", 183: "aarch64"}  # e_machine of ELF
_FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")
_LINE = re.compile(r"^ +([0-9a-f]+):\t(.*)$")
_RELOCATION = re.compile(r"^\s+[0-9a-f]+: R_\w+\s+(\S.*)$")
_JUMP_TARGET = re.compile(r"\b([0-9a-f]+) <[^>]*")
# Prefixes that objdump writes as words of their own: "notrack jmp rax", "bnd jmp 10".
_PREFIX = re.compile(r"^(?:notrack|bnd|lock|rep|repz|repnz|data16|cs|ds) +")


@dataclass
class Instruction:
    address: int
    mnemonic: str
    operands: list
    text: str
    relocation: str = ""  # the symbol that the linker will put in
    target: int = -1  # of a jump inside the file


@dataclass
class Function:
    name: str
    instructions: list = field(default_factory=list)


def machine_of(path):
    """'x86_64' or 'aarch64', from the first ELF header in the file (an archive holds several)."""
    with open(path, "rb") as file:
        data = file.read()
    start = data.find(b"\x7fELF")
    machine = int.from_bytes(data[start + 18:start + 20], "little") if start >= 0 else None
    if machine not in _MACHINES:
        raise SystemExit(f"{path}: found no ELF object for x86-64 or AArch64")
    return _MACHINES[machine]


def objdump_for(machine):
    for program in (f"{machine.replace('_', '-')}-linux-gnu-objdump", "objdump"):
        if shutil.which(program):
            return program
    raise SystemExit(f"no objdump for {machine}: install binutils")


def split_operands(text):
    """At the commas that are outside of brackets and braces."""
    operands, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "[{(") - (c in "]})")
        if c == "," and depth == 0:
            operands.append(text[start:i].strip())
            start = i + 1
    last = text[start:].strip()
    return operands + [last] if last else operands


def instruction(address, text):
    """Of a line of objdump's, without its address."""
    text = _PREFIX.sub("", text.strip())
    bare = re.split(r"\s*(?:#|//) ", text)[0]
    mnemonic, _, rest = bare.partition("\t") if "\t" in bare else bare.partition(" ")
    target = _JUMP_TARGET.search(rest)
    shown = re.sub(r"\s*<.*", "", bare).replace("\t", " ")
    operands = split_operands(re.sub(r"\s*<.*", "", rest))
    return Instruction(address, mnemonic.strip(), operands, shown,
                       target=int(target.group(1), 16) if target else -1)


def disassemble(path, wanted, objdump=None):
    """The functions whose demangled name `wanted` accepts, in the order of the file."""
    machine = machine_of(path)
    command = [objdump or objdump_for(machine), "--disassemble", "--reloc", "--demangle",
               "--no-show-raw-insn", str(path)]
    if machine == "x86_64":
        command.insert(1, "--disassembler-options=intel")
    functions, current = [], None
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if match := _FUNCTION.match(line):
                current = Function(match.group(1)) if wanted(match.group(1)) else None
                if current:
                    functions.append(current)
            elif current and (match := _LINE.match(line)):
                current.instructions.append(instruction(int(match.group(1), 16), match.group(2)))
            elif current and (match := _RELOCATION.match(line)) and current.instructions:
                # Until the linker has filled it in, the number there is no address.
                current.instructions[-1].relocation = match.group(1)
                current.instructions[-1].target = -1
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} failed on {path}")
    return machine, functions
