"""The two pictures, drawn by gnuplot as SVG. All axes are logarithmic: times differ by factors, and
the small D, where they differ most, get room.

Text stays text, and the background is white, so that they can be read on a dark page too.
"""
import subprocess

from page_parts import curves
from page_parts.units import size_text

OVER_D, OVER_ND = "time_over_d.svg", "time_over_nd.svg"
STYLES = {  # Okabe and Ito's colours, which all eyes tell apart
    "auto": "lines lw 2.5 lc rgb '#0072b2'",
    "auto, default threads": "lines lw 2 dt 2 lc rgb '#0072b2'",
    "best read limit": "lines lw 1.5 lc rgb '#000000'",
    "limit": "lines lw 1.5 lc rgb '#000000'",
    "arithmetic limit": "lines lw 1.5 dt 2 lc rgb '#000000'",
    "best peer": "linespoints lw 1 pt 7 ps 0.5 lc rgb '#d55e00'",
}
POINTS = (("#d55e00", 4), ("#e69f00", 8), ("#009e73", 6), ("#cc79a7", 12), ("#56b4e9", 7),
          ("#7f3c8d", 1), ("#8c6d31", 2), ("#666666", 3))  # a peer's colour and symbol
MARK = "#aa3333"  # of a cache's size


def settings(width, height):
    marks = ", ".join(f"{m * 10.0 ** e:g}" for e in range(-4, 5) for m in (1, 2, 5))
    return f"""set terminal svg size {width},{height} font "sans-serif,13" background "white"
set encoding utf8
set grid lc rgb '#dddddd' lt 1
set key outside right top Left reverse samplen 2 noenhanced
set logscale xy
set ytics ({marks})
set ylabel "ns per element of X"
"""


def span(values, room):
    """gnuplot's range for these values, and some room above."""
    return f"[{min(values) / 1.2:g}:{max(values) * room:g}]"


def ranges(drawn):
    points = [point for curve in drawn for point in curve.points]
    return (f"set xrange [{min(x for x, _ in points)}:{1.1 * max(x for x, _ in points)}]\n"
            f"set yrange {span([1e9 * seconds for _, seconds in points], 1.8)}\n")


def plot_command(drawn):
    """gnuplot's plot command and its data; a name without a style is a peer's, drawn as points."""
    data, parts, points = [], [], iter(POINTS * 4)
    for curve in (curve for curve in drawn if curve.points):
        style = STYLES.get(curve.title)
        if not style:
            colour, symbol = next(points)
            style = f"points pt {symbol} ps 0.5 lc rgb '{colour}'"
        data += [*(f"{x} {1e9 * seconds:.6g}" for x, seconds in curve.points), "e"]
        parts.append(f"'-' with {style} title \"{curve.title}\"")
    return "plot " + ", ".join(parts) + "\n" + "\n".join(data) + "\n"


def over_d(results):
    """The script of the picture over D, or an empty text."""
    drawn = curves.over_d(results)
    if not drawn[0].points:
        return ""
    return (settings(900, 500) + ranges(drawn) + "set xlabel 'D'\n"
            "set xtics (1, 2, 4, 8, 16, 28, 64, 128, 256)\n" + plot_command(drawn))


def cache_marks(results, largest):
    """A line and a name where X of f32 has the size of a cache."""
    marks = []
    for level in ("l1d", "l2", "l3"):
        size = results.value(f"{level}_bytes")
        if size.isdigit() and 0 < int(size) / 4 < largest:
            name, at = f"{level.upper()}, {size_text(size)}", int(size) / 4
            marks.append(f"set arrow from {at}, graph 0 to {at}, graph 1 nohead dt 3 lw 1.5 "
                         f"lc rgb '{MARK}'\nset label '{name}' at {at}, graph 0.94 "
                         f"offset 0.4,0 font ',11' tc rgb '{MARK}'\n")
    return "".join(marks)


def over_nd(results):
    """The script of the picture over N D, or an empty text; its panels have the same axes."""
    panels = curves.over_nd(results)
    if not panels:
        return ""
    drawn = [curve for each in panels.values() for curve in each]
    largest = max(x for curve in drawn for x, _ in curve.points)
    text = settings(900, 360 * len(panels)) + ranges(drawn) + cache_marks(results, largest)
    text += f"set format x '10^{{%L}}'\nset multiplot layout {len(panels)},1\n"
    for cols, each in panels.items():
        text += f"set title 'D = {cols}'\nset xlabel 'N D'\n" + plot_command(each)
    return text + "unset multiplot\n"


def draw(script, output):
    name = str(output).replace("'", "''")
    subprocess.run(["gnuplot"], input=f"set output '{name}'\n{script}", text=True, check=True,
                   capture_output=True)
