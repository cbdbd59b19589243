"""Tests of tools/coverage_report on a made-up tree, whose counts are known: it must fail where it
should, and count a template's line as run if one instance ran it."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[1]

KERNEL = """template <class T> int twice(T x) {
  if (sizeof(T) == 4)
    return 2 * static_cast<int>(x);
  return 3;
}
int kernel(int argc) {
  if (argc > 100)
    return 7;
  if (argc > 200) return 8;
  return twice(argc) + twice(0.5);
}
"""
TOOL = "int tool(int argc) {\n  return argc > 100 ?\n    argc : 0; }\nint absent() {\n  return 1; }\n"
MAIN = "int kernel(int); int tool(int);\nint main(int c, char**) { return kernel(c) * tool(c); }\n"


class Report(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="coverage_report_test-")).resolve()
        self.addCleanup(shutil.rmtree, self.root)
        self.build = self.root / "build"
        self.build.mkdir()
        for name in ("kernels", "tools"):
            (self.root / name).mkdir()
        self.unreachable("")

    def unreachable(self, text):
        (self.root / "tools" / "coverage.unreachable").write_text(text, encoding="utf-8")

    def compile(self, **sources):
        for name, text in sources.items():
            path = self.root / f"{name.replace('_', '/')}.cpp"
            path.write_text(text, encoding="utf-8")
            subprocess.run(["g++", "-O0", "--coverage", "-c", path, "-o", self.build / f"{name}.o"],
                           check=True, cwd=self.build)
        objects = [self.build / f"{name}.o" for name in sources]
        subprocess.run(["g++", "--coverage", *objects, "-o", self.build / "program"], check=True)
        subprocess.run([self.build / "program"], check=True)

    def report(self, *arguments):
        done = subprocess.run([ROOT / "tools" / "coverage_report", "--root", self.root, self.build,
                               *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        return done.returncode, done.stdout

    def compile_all(self):
        self.compile(kernels_kernel=KERNEL, tools_tool=TOOL, main=MAIN)

    def test_counts(self):
        self.compile_all()
        status, output = self.report("--missed")
        # The template's lines 3 and 4 are each run by one of its instances.
        self.assertIn("kernels/kernel.cpp:8: return 7;\n", output)
        self.assertIn("tools/tool.cpp:5: return 1; }\n", output)
        self.assertEqual(output.count(".cpp:"), 3, output)
        self.assertRegex(output, r"87\.5 %     7 of     8  kernels/kernel\.cpp\n")
        self.assertIn("coverage_report: less than 95.0 % of kernels/", output)
        self.assertIn("coverage_report: less than 95.0 % of tools/", output)
        self.assertEqual(status, 1)

    def test_out_of_reach(self):
        self.compile_all()
        self.unreachable("# why\n\nkernels/kernel.cpp | return 7; | nobody has so many\n"
                         "tools/tool.cpp | int absent() { | it is\n"
                         "tools/tool.cpp | return 1; } | it is\n")
        status, output = self.report()
        self.assertRegex(output, r"100\.0 %     7 of     7  kernels/, 1 out of reach\n")
        self.assertRegex(output, r"100\.0 % .* tools/, 2 out of reach\n")
        self.assertEqual(status, 0, output)

    def test_list_of_what_is_run(self):
        self.compile_all()
        self.unreachable("kernels/kernel.cpp | return 3; | not so\n")
        status, output = self.report()
        self.assertIn("is run, or no longer there: kernels/kernel.cpp | return 3;", output)
        self.assertEqual(status, 1, output)

    def test_notes_that_are_cut_short(self):
        self.compile_all()
        notes = self.build / "kernels_kernel.gcno"
        notes.write_bytes(notes.read_bytes()[:3])
        status, output = self.report()
        self.assertIn("kernels_kernel.gcno: exit status", output)
        self.assertEqual(status, 2, output)

    def test_nothing(self):
        status, output = self.report()
        self.assertIn("has nothing of kernels/", output)
        self.assertEqual(status, 2, output)


if __name__ == "__main__":
    if not (shutil.which("g++") and shutil.which("gcov")):
        print("skipped: no g++ and gcov")
        sys.exit()
    unittest.main(verbosity=2)
