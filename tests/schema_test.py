#!/usr/bin/env python3
"""Holds tools/results/schema.json against what it describes: every kept result, and a new one.

    schema_test.py LOGIGRAD_BENCH

And that it refuses what it should: a schema to which everything conforms documents nothing. Exits
with 77, skipped, without python3-jsonschema.
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError as missing:
    print(f"skipped: for want of python3-jsonschema ({missing})")
    sys.exit(77)

ROOT = pathlib.Path(__file__).parent.parent
VALIDATOR = jsonschema.Draft7Validator(json.loads((ROOT / "tools" / "results" / "schema.json").read_text()))


def faults(document):
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
            for error in VALIDATOR.iter_errors(document)]


def expect_valid(path):
    found = faults(json.loads(path.read_text()))
    assert not found, f"{path}: {len(found)} faults, the first: {found[0]}"


def new_result(bench, directory):
    subprocess.run([bench, "--shape", "20x3", "--dtype", "f32", "--rounds", "2", "--results", directory,
                    "--benchmark_min_time=0.001"], check=True, capture_output=True)
    (path,) = pathlib.Path(directory).rglob("*.json")
    return path


def expect_refused(document, where, change):
    """Applies `change` to a copy, and expects a fault at `where`."""
    broken = copy.deepcopy(document)
    change(broken["context"], broken["benchmarks"][0])
    found = faults(broken)
    assert any(fault.startswith(where) for fault in found), f"not refused at {where}: {found}"


def expect_refusals(document):
    context, entry = "context", "benchmarks/0"
    for key in ("logigrad_machine_key", "logigrad_build_type", "logigrad_revision", "date"):
        expect_refused(document, context, lambda c, b, key=key: c.pop(key))
    for key, value in (("logigrad_schema", "2"), ("logigrad_build_type", ""), ("logigrad_l2_bytes", "1 MiB"),
                       ("logigrad_machine_key", "amd epyc"), ("logigrad_interrupted", "yes"), ("date", "today"),
                       ("logigrad_revision", "HEAD"), ("logigrad_note_1", 7), ("logigrad_isas", "")):
        expect_refused(document, f"{context}/{key}", lambda c, b: c.update({key: value}))
    for key, value in (("name", "gradient/auto"), ("real_time", 0), ("time_unit", "h"), ("iterations", 0),
                       ("round_1", -1), ("run_type", "mean"), ("error_of_bound", 1.5), ("label", None)):
        expect_refused(document, f"{entry}/{key}", lambda c, b: b.update({key: value}))
    expect_refused(document, entry, lambda c, b: b.pop("real_time"))
    expect_refused(document, entry, lambda c, b: b.update(error_occurred=True))


def main():
    jsonschema.Draft7Validator.check_schema(VALIDATOR.schema)
    kept = list((ROOT / "results").rglob("*.json"))
    assert kept, "no kept result"
    for path in kept:
        expect_valid(path)
    with tempfile.TemporaryDirectory() as directory:
        path = new_result(sys.argv[1], directory)
        expect_valid(path)
        expect_refusals(json.loads(path.read_text()))
    print(f"{len(kept)} kept results and a new one conform; what does not is refused")


if __name__ == "__main__":
    main()
