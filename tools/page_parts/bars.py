"""THE BARS: what auto is held against, one row of the page each, as the project set them.

A must is where the prototypes stood on a bad day, an aim is the real goal. f32 and one thread,
unless a row says more. A row that selects several shapes is judged by its worst one.
"""
from dataclasses import dataclass
from typing import Callable

from page_parts import comparisons as compare

GIB, MIB = 1 << 30, 1 << 20
MEMORY = "From memory: X of at least 1 GiB"
CACHE = "Against the best peer"
LECTURE = "Against the lecture's code in libtorch"
FORM = "Shape, layout and threads"
BEST_READ, BEST_PEER = "best read limit / auto", "best peer / auto"


@dataclass(frozen=True)
class Bar:
    section: str
    where: str
    what: str
    must: float
    aim: float
    compare: Callable
    selects: Callable
    at_most: bool = False
    several: bool = False  # shapes: the worst of them is named
    expected: tuple = ()  # the places without which it is not measured


def memory(cols, dtype="f32"):
    return lambda s: s.bytes >= GIB and s.cols == cols and s.dtype == dtype


def shape(rows, cols, dtype="f32"):
    return lambda s: (s.rows, s.cols, s.dtype) == (rows, cols, dtype)


def any_f32(selects=lambda s: True):
    return lambda s: s.dtype == "f32" and selects(s)


def memory_bars():
    for cols in (128, 256, 784, 1024, 2000, 4096):
        for dtype in ("f32", "f64"):
            where, chosen = f"D = {cols}, {dtype}", memory(cols, dtype)
            yield Bar(MEMORY, where, BEST_READ, 0.85, 0.97, compare.best_read, chosen)
            yield Bar(MEMORY, where, "linear read / auto", 0.95, 0.97, compare.linear_read, chosen)
    for cols, must, aim in ((123, 0.75, 0.95), (64, 0.80, 0.95), (32, 0.70, 0.95),
                            (16, 0.70, 0.95), (28, 0.65, 0.85), (8, 0.65, 0.85), (2, 0.65, 0.85)):
        yield Bar(MEMORY, f"D = {cols}", BEST_READ, must, aim, compare.best_read, memory(cols))
    for cols in (16, 32, 64, 123, 128, 256, 784, 1024, 2000, 4096):
        yield Bar(MEMORY, f"D = {cols}", BEST_PEER, 1.6, 2.2, compare.best_peer, memory(cols))


SHAPES = ((256, 256, "f32", 1.2, 1.6), (1000, 64, "f32", 1.3, 1.6), (1000, 784, "f32", 1.2, 1.6),
          (64, 1024, "f32", 1.05, 1.3), (1000, 1024, "f32", 1.1, 1.3), (2048, 123, "f32", 1.3, 2),
          (4096, 28, "f32", 1.6, 2.5), (4096, 32, "f32", 1.5, 2.2), (4096, 16, "f32", 1.6, 2.5),
          (4096, 8, "f32", 1.8, 3), (4096, 4, "f32", 2.6, 5), (1000, 2, "f32", 2.7, 5),
          (100, 2, "f32", 2, 4), (256, 256, "f64", 1.3, 1.6), (4096, 28, "f64", 1.4, 2))


def cache_bars():
    for rows, cols, dtype, must, aim in SHAPES:
        yield Bar(CACHE, f"{rows}x{cols} {dtype}", BEST_PEER, must, aim, compare.best_peer,
                  shape(rows, cols, dtype))
    yield Bar(CACHE, "every shape, type and number of threads", BEST_PEER, 0.95, 1.0,
              compare.best_peer_everywhere, lambda s: True, several=True)


def lecture_bars():
    what = "torch_lecture / auto"
    yield Bar(LECTURE, "every shape and type", what, 5, 10, compare.lecture, lambda s: True,
              several=True)
    yield Bar(LECTURE, "100x2", what, 120, 250, compare.lecture, shape(100, 2))
    yield Bar(LECTURE, "1048576x256", what, 20, 30, compare.lecture, shape(1048576, 256))


def form_bars():
    yield Bar(FORM, "D = 1 to 300", "time an element / at the next multiple of the lanes", 1.3, 1.1,
              compare.sweep, any_f32(lambda s: s.cols <= 300), at_most=True, several=True,
              expected=tuple(f"D = {cols}" for cols in range(1, 301)))
    yield Bar(FORM, "unaligned base, stride D + 1", "time / aligned", 1.15, 1.05, compare.stride,
              any_f32(), at_most=True, several=True)
    scaling = "scaling to all threads / the best read limit's"
    yield Bar(FORM, "X of at least 1 GiB", scaling, 0.93, 0.98, compare.scaling,
              any_f32(lambda s: s.bytes >= GIB), several=True)
    yield Bar(FORM, "X of 512 KiB to 16 MiB", scaling, 0.93, 0.98, compare.scaling,
              any_f32(lambda s: MIB / 2 <= s.bytes <= 16 * MIB), several=True)
    yield Bar(FORM, "default threads, every shape and type",
              "the better of one and all threads / auto", 0.95, 1.0, compare.default_threads,
              lambda s: True, several=True)
    with_loss = "loss and gradient / gradient"
    yield Bar(FORM, "D of at least 256", with_loss, 1.10, 1.05, compare.loss,
              any_f32(lambda s: s.cols >= 256), at_most=True, several=True)
    yield Bar(FORM, "D = 28", with_loss, 1.5, 1.15, compare.loss, any_f32(lambda s: s.cols == 28),
              at_most=True, several=True)


BARS = (*memory_bars(), *cache_bars(), *lecture_bars(), *form_bars())
