"""Reads a result of logigrad_bench --full: cases by name, and by what may be compared.

A SCENE is what was timed in turn on the same data: a group, a type and a shape. Only times of one
scene are divided by each other, but for a BLOCK: the scenes of one group and type that differ in D,
which were timed in turn too. What cannot be what the benchmark writes is refused.
"""
import json
import math
import re
from dataclasses import dataclass, field

NAME = re.compile(
    r"(?P<quantity>gradient|loss_gradient|limit|peer)/(?P<body>\w+)/(?P<isa>\w+)/(?P<dtype>f32|f64)"
    r"/N:(?P<rows>\d+)/D:(?P<cols>\d+)(?P<strided>/stride:\d+)?/threads:(?P<threads>\d+|default)"
    r"(/(iterations|repeats|min_time|min_warmup_time):[\d.]+|/(manual|process|real)_time)*")
BYTES = {"f32": 4, "f64": 8}
SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}
COUNTERS = ("group", "limit_fraction", "error_of_bound", "bytes_per_second")


class BadInput(Exception):
    """What was found and what was expected; the message begins with the file."""


@dataclass
class Case:
    name: str
    quantity: str
    body: str
    isa: str
    dtype: str
    rows: int
    cols: int
    strided: bool
    threads: object  # a number, or "default"
    fields: dict  # as in the file
    time: float = 0  # seconds, median
    rounds: dict = field(default_factory=dict)  # number: seconds

    @property
    def failure(self):
        return self.fields.get("error_message", "no message") if (
            self.fields.get("error_occurred")) else ""

    @property
    def is_compared(self):
        """Whether it is a limit, a peer or auto: the page says nothing of other variants."""
        return self.quantity in ("limit", "peer") or self.body == "auto"

    @property
    def picked(self):
        found = re.search(r"picked ([\w/]+)", self.fields.get("label", ""))
        return found[1] if found else f"{self.body}/{self.isa}/{self.dtype}"

    @property
    def per_element(self):
        return self.time / (self.rows * self.cols)


@dataclass
class Scene:
    group: int
    dtype: str
    rows: int
    cols: int
    cases: dict = field(default_factory=dict)  # (quantity, body, strided, threads): Case
    block: dict = field(default_factory=dict)  # cols: Scene

    @property
    def bytes(self):
        return self.rows * self.cols * BYTES[self.dtype]

    def find(self, body, threads, quantity="gradient", strided=False):
        return self.cases.get((quantity, body, strided, threads))

    def all(self, quantity, threads, prefix=""):
        return [case for (q, body, strided, t), case in self.cases.items()
                if (q, strided, t) == (quantity, False, threads) and body.startswith(prefix)]

    def threads(self):
        """The thread counts of auto; default is the last."""
        found = {t for q, body, strided, t in self.cases
                 if (q, body, strided) == ("gradient", "auto", False)}
        return sorted(found, key=lambda t: math.inf if t == "default" else t)


def expect(holds, where, found, expected):
    if not holds:
        raise BadInput(f"{where}: found {found}, expected {expected}")


def read_case(path, fields):
    name = str(fields.get("name"))
    match = NAME.fullmatch(name)
    expect(match, path, f"the name '{name}'",
           "quantity/body/isa/type/N:rows/D:cols[/stride:S]/threads:T")
    values = match.groupdict()
    threads = values["threads"]
    case = Case(**values | {
        "name": name[:match.end("threads")], "fields": fields, "rows": int(values["rows"]),
        "cols": int(values["cols"]), "strided": bool(values["strided"]),
        "threads": threads if threads == "default" else int(threads)})
    for key in COUNTERS:
        expect(isinstance(fields.get(key, 0), (int, float)), f"{path}: {name}",
               f"{key} {fields.get(key)}", "a number")
    if not case.failure:
        read_times(path, case)
    return case


def read_times(path, case):
    unit = case.fields.get("time_unit")
    expect(unit in SECONDS, f"{path}: {case.name}", f"time_unit {unit}", "ns, us, ms or s")
    case.time = number(path, case, "real_time") * SECONDS[unit]
    case.rounds = {int(key[6:]): number(path, case, key) for key in case.fields
                   if re.fullmatch(r"round_\d+", key)}


def number(path, case, key):
    value = case.fields.get(key)
    expect(isinstance(value, (int, float)) and 0 < value < math.inf, f"{path}: {case.name}",
           f"{key} {value}", "a time above 0")
    return float(value)


def interruption_in(context):
    """What the run itself said of its interruption."""
    notes = [str(value) for key, value in context.items() if key.startswith("logigrad_note_")]
    said = [note for note in notes if note.startswith("interrupted by")]
    return f"a run that was {(said or ['interrupted'])[0]}"


def read_document(path):
    """The context and the entries, if this is what --full writes."""
    wanted = "a result of ./tools/bench.sh --full"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{path}: found no such JSON ({error}), expected {wanted}") from error
    document = document if isinstance(document, dict) else {}
    context, entries = document.get("context"), document.get("benchmarks")
    expect(isinstance(context, dict) and isinstance(entries, list) and
           all(isinstance(entry, dict) for entry in entries), path,
           "no object with context and benchmarks", wanted)
    plan = context.get("logigrad_plan")
    expect(plan == "full", path, f"logigrad_plan {plan}", f"full: {wanted}")
    expect("logigrad_interrupted" not in context, path, interruption_in(context),
           "a run that went to its end")
    return context, [entry for entry in entries if entry.get("run_type") != "aggregate"]
