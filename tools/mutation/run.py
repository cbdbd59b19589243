"""Runs mutants: which ISA, what their tests take unbroken, and then each, in as many trees as jobs."""
import dataclasses
import queue
import re
import threading
import time

from .tree import BuildFailed, Tree

LONGEST_FACTOR, LEAST_TIMEOUT = 5, 60  # of a test's time without a mutant; seconds


@dataclasses.dataclass
class Outcome:
    mutant: object
    kind: str  # killed, SURVIVED, INVALID, not run
    why: str
    seconds: float = 0

    @property
    def ok(self):
        return self.kind == ("survived" if self.mutant.survives else "killed") \
            or self.kind == "not run"

    def __str__(self):
        kind, why = self.kind, self.why
        if self.kind == "survived":
            kind = "survived" if self.ok else "SURVIVED"
            why = f"as listed: {self.mutant.survives}" if self.ok else f"all of {self.why}"
        elif not self.ok:
            kind = self.kind.upper()
            why += ", though the list says that it survives" if self.kind == "killed" else ""
        return f"{kind:<9} {self.mutant.name}: {why} ({self.seconds:.0f} s)"


class Run:
    """All mutants of a run: `say` prints a line."""

    def __init__(self, root, place, jobs, cpus, say):
        self.root, self.place, self.say = root, place, say
        self.jobs, self.cpus = jobs, cpus
        self.timeouts = {}  # of (isa, test)
        self.lock = threading.Lock()

    def runnable_isas(self, tree, mutants):
        """Those that this CPU has, as the project's own CMake finds out."""
        if not any(mutant.isas for mutant in mutants):
            return set()
        output = tree.configure("native", tree.place / "build" / "probe")
        found = re.search(r"logigrad: ISAs (\S+)", output)
        return set(found.group(1).split(";")) if found else set()

    def choose_isas(self, tree, mutants):
        """Sets of each mutant the ISAs to build; returns those mutants for which there are none."""
        runnable = self.runnable_isas(tree, mutants)
        for mutant in mutants:
            here = [isa for isa in mutant.isas if isa in runnable | {"native"}]
            chosen = "native" if "native" in here else f"generic;{here[0]}" if here else None
            mutant.built = chosen if mutant.isas else ""
        return [mutant for mutant in mutants if mutant.built is None]

    def measure(self, tree, mutants):
        """Every test must pass without a mutant; its time is the measure of a mutant's."""
        for mutant in mutants:
            for test in mutant.tests:
                key = (mutant.built, test.name)
                if key in self.timeouts:
                    continue
                failed, seconds = tree.test(mutant.built, test, 3600)
                if failed:
                    raise BuildFailed(f"without a mutant {test.name} fails: {failed}")
                self.timeouts[key] = LEAST_TIMEOUT + LONGEST_FACTOR * int(seconds)
                self.say(f"unbroken  {test.name} ({mutant.built or 'all'}): {seconds:.1f} s")

    def failure(self, tree, mutant, test):
        """What fails, or "". Twice, since on a busy machine a test may fail or end late."""
        timeout = self.timeouts[mutant.built, test.name]
        failed, _ = tree.test(mutant.built, test, timeout)
        return failed and tree.test(mutant.built, test, timeout)[0]

    def outcome(self, tree, mutant):
        try:
            tree.mutate(mutant)
            for test in mutant.tests:
                failed = self.failure(tree, mutant, test)
                if failed:
                    return Outcome(mutant, "killed", f"by {test.name}, {failed}")
        except BuildFailed as error:
            return Outcome(mutant, "invalid", str(error))
        return Outcome(mutant, "survived", ", ".join(test.name for test in mutant.tests))

    def work(self, number, waiting, outcomes):
        """Takes mutants until none is left."""
        tree = Tree(self.root, self.place / f"tree-{number}", max(1, self.cpus // self.jobs))
        while True:
            try:
                mutant = waiting.get_nowait()
            except queue.Empty:
                return
            start = time.monotonic()
            outcome = self.outcome(tree, mutant)
            outcome.seconds = time.monotonic() - start
            with self.lock:
                outcomes.append(outcome)
                self.say(str(outcome))

    def run(self, mutants):
        """Returns the outcomes; raises BuildFailed if the unbroken tree is not as it should be."""
        tree = Tree(self.root, self.place / "tree-0", self.cpus)
        absent = self.choose_isas(tree, mutants)
        outcomes = [Outcome(mutant, "not run", f"this CPU has none of {', '.join(mutant.isas)}")
                    for mutant in absent]
        for outcome in outcomes:
            self.say(str(outcome))
        present = [mutant for mutant in mutants if mutant.built is not None]
        self.measure(tree, present)
        # Mutants of one file are next to each other: what was broken is compiled again once less.
        waiting = queue.SimpleQueue()
        for mutant in sorted(present, key=lambda m: (m.built, m.file)):
            waiting.put(mutant)
        threads = [threading.Thread(target=self.work, args=(number, waiting, outcomes))
                   for number in range(self.jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes
