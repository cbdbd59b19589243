"""A result as scenes, with the questions that bars, tables and plots all ask: which limit is the
best, which peer, and whether the peers are there without which there is no verdict.
"""
from dataclasses import dataclass

from page_parts.results import Scene, expect, read_case, read_document

LIBRARIES = {"OpenBLAS": "openblas_", "Eigen": "eigen", "libtorch": "torch_"}  # their peers' names
HIGHEST = 1.05  # a limit_fraction above it: the limit was none


@dataclass
class Results:
    path: object
    context: dict
    cases: list
    scenes: list

    @property
    def failures(self):
        return [case for case in self.cases if case.failure]

    @property
    def most_threads(self):
        return max((c.threads for c in self.cases if c.threads != "default"), default=1)

    def beyond_the_limit(self):
        """The cases that were faster than what they cannot be faster than."""
        # So that NaN is one of them.
        return [case for case in self.cases if not case.failure and
                not case.fields.get("limit_fraction", 0) <= HIGHEST]

    def value(self, key):
        return str(self.context.get(f"logigrad_{key}", "unknown"))

    def absent_libraries(self):
        peers = {case.body for case in self.cases if case.quantity == "peer" and not case.failure}
        return absent(peers)


def absent(bodies):
    return [library for library, prefix in LIBRARIES.items()
            if not any(body.startswith(prefix) for body in bodies)]


def read(path):
    context, entries = read_document(path)
    cases = [read_case(path, entry) for entry in entries]
    scenes, blocks = {}, {}
    for case in cases:
        group = case.fields.get("group")
        if case.failure or group is None or not case.is_compared:
            continue
        where = (group, case.dtype, case.rows, case.cols)
        scene = scenes.setdefault(where, Scene(*where))
        key = (case.quantity, case.body, case.strided, case.threads)
        expect(key not in scene.cases, path, f"{case.name} twice in group {group}", "it once")
        scene.cases[key] = case
        scene.block = blocks.setdefault(where[:2], {})
        scene.block[case.cols] = scene
    return Results(path, context, cases, list(scenes.values()))


def fastest(cases):
    return min(cases, key=lambda case: case.time, default=None)


def best_read(scene, threads):
    return fastest(scene.all("limit", threads, "read_"))


def arithmetic(scene, threads):
    return scene.find("loads_fmas", threads, quantity="limit")


def best_peer(scene, threads):
    return fastest(scene.all("peer", threads))


def has_verdict(scene, threads):
    """Whether the best peer of this scene is the best of those that have to be there."""
    return not absent({case.body for case in scene.all("peer", threads)})


def is_sweep(scene):
    """Whether it is one D of the sweep: its group holds several."""
    return len(scene.block) > 1
