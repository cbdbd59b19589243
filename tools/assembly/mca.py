"""What llvm-mca makes of a loop: cycles an iteration, what bounds them, the critical chain.

Its model of the core is a list of latencies and units: the caches are always hit, branches always
predicted, and it does not see that a load may have to wait for a store.
"""
import re
import shutil
import subprocess
from dataclasses import dataclass

from assembly.loops import is_branch
from assembly.operations import is_call

_ITERATIONS = 200
_STAND_IN = "icelake-server"  # two FMAs and two loads a cycle, of 512 bits too
# {what this CPU is to LLVM: what LLVM 14 has wrong about it}
_WRONG = {"znver3": "LLVM 14 lets an FMA take its unit for two cycles on Zen 3; Ice Lake's "
                    "latencies are within a cycle of Zen 3's, and it does as many FMAs"}
_NO_AVX512 = ("LLVM's model of this CPU has no 512-bit instructions; a CPU that splits them takes "
              "twice the cycles")


@dataclass
class Estimate:
    model: str
    why: str  # this model
    cycles: float  # an iteration
    throughput: float  # cycles an iteration if nothing waited for a result
    bound: str
    chain: str  # the analysis of the bottleneck, as llvm-mca prints it
    output: str


def _text(facts, machine):
    lines = [".intel_syntax noprefix"] if machine == "x86_64" else []
    lines.append(".Lloop:")
    for i in facts.instructions:
        text = i.text
        if "nop" in i.mnemonic or is_call(i):
            continue
        if is_branch(i):
            text = " ".join([i.mnemonic, ", ".join([*i.operands[:-1], ".Lloop"])])
        if broadcast := re.search(r"([DQ]WORD) BCST (\[[^]]*\])", text):
            bits = 512 if "zmm" in text else 256 if "ymm" in text else 128
            lanes = bits // (32 if broadcast.group(1) == "DWORD" else 64)
            text = text.replace(broadcast.group(0),
                                f"{broadcast.group(1)} PTR {broadcast.group(2)}{{1to{lanes}}}")
        lines.append(text)
    return "\n".join(lines) + "\n"


def _run(program, model, text, machine, options):
    command = [program, f"-mcpu={model}", f"-mtriple={machine}-linux-gnu",
               f"-iterations={_ITERATIONS}", "-bottleneck-analysis", *options]
    return subprocess.run(command, input=text, capture_output=True, text=True)


def _bound(output):
    """The larger of what llvm-mca calls pressure on resources and dependencies."""
    found = dict(re.findall(r"(Resource Pressure|Data Dependencies:) +\[ ([\d.]+)% \]", output))
    if not found:
        return "front end or nothing"
    name, percent = max(found.items(), key=lambda item: float(item[1]))
    resources = output.split("Data Dependencies")[0]
    units = re.findall(r"^  - (\S+) +\[ [\d.]+% \]$", resources, re.MULTILINE)
    what = "dependencies" if name.startswith("Data") else "units " + " ".join(units)
    return f"{what} ({float(percent):.0f} % of cycles)"


def _models(program):
    """[(model, why this one)] to try one after the other."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    host = re.search(r"Host CPU: (\S+)", done.stdout)
    if host and host.group(1) in _WRONG:
        return [(_STAND_IN, _WRONG[host.group(1)])]
    return [("native", "this CPU"), (_STAND_IN, _NO_AVX512)]


def estimate(facts, machine, program="llvm-mca", model=None, timeline=False):
    """An Estimate, or a string that says why there is none."""
    if not shutil.which(program):
        return f"no llvm-mca: found no program '{program}'"
    text = _text(facts, machine)
    options = ["-timeline", "-timeline-max-iterations=3"] if timeline else []
    models = [(model, "as asked for")] if model else _models(program)
    for name, why in models:
        done = _run(program, name, text, machine, options)
        if done.returncode == 0:
            break
    else:
        return "llvm-mca: " + done.stderr.strip().splitlines()[0]
    if name == _STAND_IN and not model and "zmm" in text:
        why = _NO_AVX512
    output = done.stdout
    number = {key: float(re.search(key + r": +([\d.]+)", output).group(1))
              for key in ("Total Cycles", "Block RThroughput")}
    chain = output[output.find("Cycles with backend"):output.find("Instruction Info:")].strip()
    return Estimate(name, why, number["Total Cycles"] / _ITERATIONS, number["Block RThroughput"],
                    _bound(output), chain if chain else "No bottleneck was found.", output)
