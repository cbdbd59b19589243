"""Tests of the patches that README's "Gating a change" names: both still apply to the tree, the no-op
is one, and the spill adds one and takes nothing away.

usage: gate_patches_test.py    exits with 77, skipped, without git
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[1]
PATCHES = ROOT / "tests/gate"


def changed(name):
    """(lines taken away, lines added) of a patch."""
    lines = (PATCHES / name).read_text(encoding="utf-8").splitlines()
    return tuple([line[1:] for line in lines if line.startswith(sign) and line[1:3] != sign * 2]
                 for sign in "-+")


def code_of(lines):
    """What of the lines a compiler sees, with the new name of what was renamed as the old one."""
    text = re.sub(r"//.*", "", "\n".join(lines))
    return re.sub(r"\brow\b", "x", " ".join(text.split()))


class Patches(unittest.TestCase):
    def apply(self, name):
        """git's word on the patch, on a copy of the files that it changes."""
        with tempfile.TemporaryDirectory() as directory:
            for path in re.findall(r"^--- a/(.*)$", (PATCHES / name).read_text(), re.MULTILINE):
                (Path(directory) / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / path, Path(directory) / path)
            # Even if the directory for temporary files is in a repository, the copy is not.
            environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(Path(directory).parent)}
            return subprocess.run(["git", "apply", "--check", PATCHES / name], cwd=directory,
                                  capture_output=True, text=True, env=environment)

    def test_both_apply(self):
        names = sorted(path.name for path in PATCHES.glob("*.patch"))
        self.assertEqual(names, ["no_op.patch", "spill.patch"])
        for name in names:
            done = self.apply(name)
            self.assertEqual(done.returncode, 0, f"{name} is stale: {done.stderr}")

    def test_the_no_op_is_one(self):
        removed, added = changed("no_op.patch")
        self.assertEqual(code_of(removed), code_of(added))
        self.assertNotEqual(removed, added)

    def test_the_spill_takes_nothing_away(self):
        removed, added = changed("spill.patch")
        self.assertEqual(removed, [])
        self.assertIn('"+m"(spilled)', code_of(added))


if __name__ == "__main__":
    if not shutil.which("git"):
        print("skipped: for want of git, which applies them")
        sys.exit(77)
    unittest.main()
