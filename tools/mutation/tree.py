"""A copy of the source tree that may be broken, with a build directory for each ISA."""
import re
import shutil
import subprocess
import time

LEFT_OUT = {".git", "build"}  # at the top of the tree
FAILED_CASE = re.compile(r"^\[  FAILED  \] ([^\s,]+)|^FAIL: (\S+)|\*\*\*(Timeout|Exception: \w+)", re.M)


class BuildFailed(Exception):
    """The message is what went wrong, in one line."""


def source_files(root):
    """The files of a tree, relative to it, without what a build leaves."""
    paths = (path.relative_to(root) for path in root.rglob("*"))
    return {path for path in paths if path.parts[0] not in LEFT_OUT and (root / path).is_file()}


def first_error(output):
    lines = output.splitlines()
    wrong = [line.strip() for line in lines if "error" in line.lower() or "Error" in line]
    return (wrong or lines or ["no output"])[0]


class Tree:
    """`jobs` is how many commands its builds run at once."""

    def __init__(self, root, place, jobs):
        self.root, self.place, self.jobs = root, place, jobs
        self.configured = set()
        self.mutated = None  # the file that differs from the root's
        self.synchronise()

    def synchronise(self):
        """Copies what differs, so that an older copy is built again only where it must be."""
        wanted = source_files(self.root)
        for path in wanted:
            source, copy = self.root / path, self.place / path
            if not copy.is_file() or copy.read_bytes() != source.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
                shutil.copymode(source, copy)
        if self.place.exists():
            for path in source_files(self.place) - wanted:
                (self.place / path).unlink()

    def restore(self):
        if self.mutated:
            shutil.copyfile(self.root / self.mutated, self.place / self.mutated)
            self.mutated = None

    def mutate(self, mutant):
        """Breaks one file; the next build compiles both it and what was broken before."""
        self.restore()
        content = mutant.mutated(self.root)
        self.mutated = mutant.file
        (self.place / mutant.file).write_text(content, encoding="utf-8")

    def run(self, *command):
        done = subprocess.run(command, cwd=self.place, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              errors="replace")
        return done.returncode, done.stdout

    def configure(self, isa, directory=None):
        """Once an ISA ("": all as the preset says); returns what CMake says."""
        directory = directory or self.build_directory(isa)
        chosen = [f"-DLOGIGRAD_ISAS={isa}"] if isa else []
        status, output = self.run("cmake", "--preset", "mutants", "-B", str(directory), *chosen)
        if status:
            raise BuildFailed(f"cmake --preset mutants: {first_error(output)}")
        return output

    def build_directory(self, isa):
        return self.place / "build" / (isa.replace(";", "-") or "all")

    def build(self, isa, test):
        if isa not in self.configured:
            self.configure(isa)
            self.configured.add(isa)
        status, output = self.run("cmake", "--build", str(self.build_directory(isa)), "--target",
                                  test.target, "--parallel", str(self.jobs))
        if status:
            raise BuildFailed(f"{test.target}: {first_error(output)}")

    def test(self, isa, test, timeout):
        """Builds and runs a test; returns what of it failed, or "", and the seconds of the run."""
        self.build(isa, test)
        start = time.monotonic()
        status, output = self.run("env", "GTEST_FAIL_FAST=1", "ctest", "--test-dir",
                                  str(self.build_directory(isa)), "-R", f"^{re.escape(test.name)}$",
                                  "--no-tests=error", "--output-on-failure", "--timeout",
                                  str(timeout))
        seconds = time.monotonic() - start
        if not status:
            return "", seconds
        failed = FAILED_CASE.search(output)
        return next((text for text in failed.groups() if text), "") if failed else "failed", seconds
