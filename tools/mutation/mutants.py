"""The lists of mutants, tests/mutants/*.txt, one file an area.

    isas: avx2_fma sse2              of these the first that this CPU has is built, beside `generic`;
                                     native: all that it has
    tests: math_test bits_environment_test:bits_digest
                                     in this order, the cheapest first; behind a colon the target
                                     that is built, if it is not of the test's name
    mutant last_row_dropped          begins a mutant; both lines above may be given for it alone
    file: kernels/dense/fused.hpp
    - n < r.rows                     the text, which the file has exactly once; lines are joined
    + n + 1 < r.rows                 what takes its place
    survives: REASON                 that no test can see it

Empty lines, and lines that begin with #, are nothing."""
import dataclasses
from pathlib import Path


class BadList(Exception):
    """A list that cannot be run; the message says where and why."""


@dataclasses.dataclass(frozen=True)
class Test:
    name: str  # of ctest
    target: str  # of the build


@dataclasses.dataclass
class Mutant:
    name: str
    where: str  # the list and the line
    isas: list[str]
    tests: list[Test]
    file: str = ""
    old: list[str] = dataclasses.field(default_factory=list)
    new: list[str] = dataclasses.field(default_factory=list)
    survives: str = ""

    def mutated(self, root):
        """The content of its file, mutated. Raises BadList unless its text is there exactly once."""
        path = Path(root) / self.file
        old, new = "\n".join(self.old), "\n".join(self.new)
        if not self.file or not old or old == new:
            raise BadList(f"{self.where}: {self.name} has no file, no text, or changes nothing")
        if not self.tests:
            raise BadList(f"{self.where}: {self.name} has no tests")
        if not path.is_file():
            raise BadList(f"{self.where}: the list is stale: {self.name}: there is no {self.file}")
        content = path.read_text(encoding="utf-8")
        found = content.count(old)
        if found != 1:
            raise BadList(f"{self.where}: the list is stale: {self.name}: {self.file} has its text "
                          f"{found} times, expected once:\n{old}")
        return content.replace(old, new)


def parse_test(word):
    name, _, target = word.partition(":")
    return Test(name, target or name)


def set_field(mutant, line):
    """Takes a line of a mutant, or of what holds for all; False if it is none."""
    sign, key, value = line[:2], *line.partition(":")[::2]
    if sign in ("- ", "+ "):
        (mutant.old if sign == "- " else mutant.new).append(line[2:])
    elif key == "isas":
        mutant.isas = value.split()
    elif key == "tests":
        mutant.tests = [parse_test(word) for word in value.split()]
    elif key == "file":
        mutant.file = value.strip()
    elif key == "survives" and value.strip():
        mutant.survives = value.strip()
    else:
        return False
    return True


def read_list(path):
    common = Mutant("", str(path), [], [])
    mutants = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        where = f"{path}:{number}"
        if line.startswith("mutant "):
            mutants.append(Mutant(line[len("mutant "):].strip(), where, common.isas, common.tests))
        elif line and not line.startswith("#"):
            if not set_field(mutants[-1] if mutants else common, line):
                raise BadList(f"{where}: found '{line}', expected what tools/mutation/mutants.py "
                              "explains")
    return mutants


def read_all(root):
    """All mutants of all lists, each checked: none is run from a list that is stale."""
    directory = Path(root) / "tests" / "mutants"
    mutants = [mutant for path in sorted(directory.glob("*.txt")) for mutant in read_list(path)]
    if not mutants:
        raise BadList(f"{directory}: found no mutant")
    names = set()
    for mutant in mutants:
        if mutant.name in names:
            raise BadList(f"{mutant.where}: {mutant.name} is there twice")
        names.add(mutant.name)
        mutant.mutated(root)
    return mutants
