"""The page itself: how to read it, then the bars, the tables, the pictures and the obstacles."""
import os
import textwrap

from page_parts import plots, tables, verdicts
from page_parts.facts import facts
from page_parts.statistics import WANTED, coverage, order
from page_parts.units import counted, measured

OBSTACLES = "obstacles.md"
MOST_NAMED = 16  # of the shapes of a row that are short
RATIOS = f"""A ratio is the median over the rounds: in a round all cases of a group run one after
another, and only times of one round are divided by each other. Behind it stands, in brackets, its
{100 * WANTED:.0f} % interval, between two of the ordered ratios, which supposes nothing of their
distribution."""
RULE = """A bar "at least" is missed only if the interval's upper end is below it, a bar "at most"
only if the lower end is above it. A must is where the prototypes stood on a bad day, an aim is the
real goal. Where a row is of several shapes, the worst counts."""
TERMS = """The best read limit is the fastest of the loops that read X and y and do nothing else;
the linear read is the one with one stream. The best peer is the one with the lowest median on the
same data, with the same threads. All is of `auto`: f32, the gradient alone and one thread, unless
a row says more."""
PEERS = """The time of `auto`, then each peer's time over it: more than 1 is slower than `auto`; the
best peer is bold. In brackets stands the largest error as a fraction of the a-priori bound."""
LIMITS = """In GB/s: the bytes of X and y, once, over the time. The arithmetic limit does the
kernel's loads and FMAs, in L1. "Of limit" is the larger of both limits' times over `auto`'s."""
PICTURES = {
    plots.OVER_D: ("Time per element over D", """N D is about the same for all D. f32, one
thread."""),
    plots.OVER_ND: ("Time per element over N D", """The limit is the one that takes longer, of the
best read and the arithmetic; the dotted lines stand where X is as large as a cache. f32, one thread
unless it says default threads."""),
}


def prose(text, **indent):
    return textwrap.fill(text.replace("\n", " "), width=110, break_long_words=False,
                         break_on_hyphens=False, **indent)


def items(lines):
    return "\n".join(prose(line, initial_indent="- ", subsequent_indent="  ") for line in lines)


def few_rounds(results):
    """A sentence on the cases whose rounds are too few for an interval of the wanted coverage."""
    counts = {len(case.rounds) for scene in results.scenes for case in scene.cases.values()}
    few = [n for n in sorted(counts) if n and coverage(n, order(n)) < WANTED]
    covers = ", ".join(f"{100 * coverage(n, order(n)):.0f} % with {n}" for n in few)
    return prose("With fewer than 6 rounds the interval is from the smallest to the largest ratio, "
                 f"and covers less: {covers}. The table says where.") if few else ""


def summary(rows, results):
    """How many musts hold and aims are met, and what is with the others."""
    count = {verdict: sum(row.verdict == verdict for row in rows) for verdict in verdicts.ALL}
    holding = count[verdicts.AIM] + count[verdicts.MUST]
    parts = [f"{holding} of {len(rows)} musts hold, {count[verdicts.AIM]} aims are met"]
    parts += [f"{count[v]} {v}" for v in verdicts.NOT_HELD if count[v]]
    if results.failures:
        parts.append(f"{counted(len(results.failures), 'case')} failed")
    return "; ".join(parts)


def worst_of(row):
    """The shapes of a row that are short, the worst first; the picture shows the rest of a sweep."""
    worst = sorted(row.short, key=lambda f: f.ratio.median, reverse=row.bar.at_most)
    texts = [f"{finding.where}: {measured(finding.ratio, WANTED)}" for finding in worst[:MOST_NAMED]]
    more = len(worst) - len(texts)
    return "; ".join(texts) + (f"; and {more} more" if more else "")


def short_shapes(rows):
    """What is short in the rows of several shapes; of the other rows the table says it all."""
    lines = [f"{row.bar.where}, {row.bar.what}: {worst_of(row)}"
             for row in rows if row.short and row.bar.several]
    return "Short of their must:\n\n" + items(lines) if lines else ""


def pictures(drawn):
    parts = []
    for name, (title, caption) in PICTURES.items():
        image = f"![{title}]({name})" if name in drawn else "Not drawn."
        parts.append(f"## {title}\n\n{prose(caption)}\n\n{image}")
    return "\n\n".join(parts)


def obstacles(rows, path, directory):
    title = "## What was not reached, and what binds it\n\n"
    if path.exists():
        return title + path.read_text(encoding="utf-8").strip()
    short = sum(row.verdict == verdicts.SHORT for row in rows)
    if not short:
        return ""
    return title + prose(f"Short of their must: {counted(short, 'row')}. What binds them is "
                         f"missing: there is no `{os.path.relpath(path, directory)}`.")


def failures(results):
    lines = [f"`{case.name}`: {case.failure}" for case in results.failures]
    return "## Cases that failed\n\nThey have no time.\n\n" + items(lines) if lines else ""


def page(results, rows, drawn, directory):
    obstacles_path = directory / results.value("machine_key") / OBSTACLES
    parts = [
        f"# The gradient on one real machine: {results.value('cpu_model')}",
        items(facts(results, directory)),
        "## How to read it", prose(RATIOS), prose(RULE), prose(TERMS), few_rounds(results),
        "## The bars", f"**{summary(rows, results)}.**", tables.bars(rows), short_shapes(rows),
        "## Peer by peer", prose(PEERS), tables.peers(results) or "Not measured.",
        "## The limits", prose(LIMITS), tables.limits(results) or "Not measured.",
        pictures(drawn), obstacles(rows, obstacles_path, directory), failures(results)]
    return "\n\n".join(part for part in parts if part) + "\n"
