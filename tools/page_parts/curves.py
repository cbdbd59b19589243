"""The pictures' data: time per element of X over D, and over N D, as curves of points.

Of f32; from scenes of the D sweep the one, from all others the other. Of several scenes at the same
place the first one counts.
"""
from dataclasses import dataclass

from page_parts import scenes

SIZES = 6  # at least, for a panel over N D


@dataclass
class Curve:
    title: str
    points: list  # (x, seconds), by x


def of_f32(results, sweep):
    return [scene for scene in results.scenes if scene.dtype == "f32" and
            scene.find("auto", 1) and scenes.is_sweep(scene) == sweep]


def curve(title, chosen, x, case_of):
    """The points of those scenes that have such a case."""
    points = {}
    for scene in chosen:
        case = case_of(scene)
        if case:
            points.setdefault(x(scene), case.per_element)
    return Curve(title, sorted(points.items()))


def peer(body):
    return lambda scene: scene.find(body, 1, quantity="peer")


def over_d(results):
    """The curves over D; a peer has its own name."""
    chosen = of_f32(results, sweep=True)
    kinds = {"auto": lambda s: s.find("auto", 1),
             "best read limit": lambda s: scenes.best_read(s, 1),
             "arithmetic limit": lambda s: scenes.arithmetic(s, 1)}
    kinds |= {case.body: peer(case.body) for s in chosen for case in s.all("peer", 1)}
    return [curve(title, chosen, lambda s: s.cols, case_of) for title, case_of in kinds.items()]


def limit(scene):
    """The one that takes longer, of reading and arithmetic."""
    found = [scenes.best_read(scene, 1), scenes.arithmetic(scene, 1)]
    return max(filter(None, found), key=lambda case: case.time, default=None)


def over_nd(results):
    """{D: curves over N D} of the D that were measured at enough sizes."""
    kinds = {"auto": lambda s: s.find("auto", 1),
             "auto, default threads": lambda s: s.find("auto", "default"),
             "limit": limit, "best peer": lambda s: scenes.best_peer(s, 1)}
    columns = {}
    for scene in of_f32(results, sweep=False):
        columns.setdefault(scene.cols, []).append(scene)
    return {cols: [curve(title, chosen, lambda s: s.rows * s.cols, case_of)
                   for title, case_of in kinds.items()]
            for cols, chosen in sorted(columns.items())
            if len({s.rows for s in chosen}) >= SIZES}
