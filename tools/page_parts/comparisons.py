"""What a bar compares, scene by scene: each function yields a Finding wherever it applies.

A comparison takes a scene and the largest number of threads in the file. A Finding without a ratio
says why there is none; where cases are missing there is no Finding at all.
"""
from dataclasses import dataclass

from page_parts import scenes, statistics
from page_parts.results import BYTES

REGISTER = {"sse2": 16, "sse4_2": 16, "neon64": 16, "avx2_fma": 32, "avx512": 64, "sve128": 16,
            "sve256": 32, "sve512": 64}  # bytes
NO_VERDICT = "without all three libraries"
MULTIPLE = "multiples of the lanes"


@dataclass(frozen=True)
class Finding:
    where: str
    ratio: object = None
    reason: str = ""  # why there is no ratio


def place(scene, threads=1):
    text = f"{scene.rows}x{scene.cols} {scene.dtype}"
    return text if threads == 1 else f"{text}, threads: {threads}"


def over_auto(scene, other, threads=1):
    auto = scene.find("auto", threads)
    if auto and other:
        yield Finding(place(scene, threads), statistics.quotient(other, auto))


def best_read(scene, _):
    yield from over_auto(scene, scenes.best_read(scene, 1))


def linear_read(scene, _):
    yield from over_auto(scene, scene.find("read_1", 1, quantity="limit"))


def lecture(scene, _):
    yield from over_auto(scene, scene.find("torch_lecture", 1, quantity="peer"))


def best_peer(scene, _, threads=1):
    peer = scenes.best_peer(scene, threads)
    if peer and scene.find("auto", threads):
        if scenes.has_verdict(scene, threads):
            yield from over_auto(scene, peer, threads)
        else:
            yield Finding(place(scene, threads), reason=NO_VERDICT)


def best_peer_everywhere(scene, most):
    for threads in scene.threads():
        yield from best_peer(scene, most, threads)


def lanes(case):
    return REGISTER.get(case.isa, 0) // BYTES[case.dtype]


def next_multiple(scene):
    """The scene of the next multiple of the lanes, of the ISA that auto picks there; its own, if D
    is one; None, if it was not measured."""
    for cols in range(scene.cols, scene.cols + 17):
        found = scene.block.get(cols)
        auto = found and found.find("auto", 1)
        count = lanes(auto) if auto else 0
        if count and cols == -(-scene.cols // count) * count:
            return found
    return None


def sweep(scene, _):
    """Time per element at D over that at the next multiple of the lane count."""
    auto = scene.find("auto", 1)
    other = next_multiple(scene) if auto and scenes.is_sweep(scene) else None
    if not other:
        return
    where = f"D = {scene.cols}"
    if other is scene:
        yield Finding(where, reason=MULTIPLE)
        return
    size, whole = scene.rows * scene.cols, other.rows * other.cols
    yield Finding(where, statistics.paired(lambda x, y: (x / size) / (y / whole), auto,
                                           other.find("auto", 1)))


def stride(scene, _):
    auto, strided = scene.find("auto", 1), scene.find("auto", 1, strided=True)
    if auto and strided:
        yield Finding(place(scene), statistics.quotient(strided, auto))


def scaling(scene, most):
    """auto's gain from one thread to the most, over the gain of the best read limit."""
    cases = (scene.find("auto", 1), scene.find("auto", most),
             scenes.best_read(scene, 1), scenes.best_read(scene, most))
    if most > 1 and all(cases):
        yield Finding(place(scene, most),
                      statistics.paired(lambda a, b, c, d: (a / b) / (c / d), *cases))


def default_threads(scene, most):
    serial, parallel = scene.find("auto", 1), scene.find("auto", most)
    if most > 1 and serial and parallel:
        yield from over_auto(scene, scenes.fastest([serial, parallel]), "default")


def loss(scene, _):
    auto = scene.find("auto", 1)
    with_loss = scene.find("auto", 1, quantity="loss_gradient")
    if auto and with_loss:
        yield Finding(place(scene), statistics.quotient(with_loss, auto))
