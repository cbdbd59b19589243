"""The page's tables in Markdown: the bars with their verdicts, peer by peer, and the limits."""
from page_parts import scenes
from page_parts.statistics import WANTED
from page_parts.units import duration, error, figure, measured

PEERS = ("openblas_2pass", "openblas_blocked", "onedal_shape", "eigen", "torch_lecture", "torch_mv",
         "systemds_shape", "row_at_a_time")


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def remarks(row):
    """What stands behind the figure of a row: where, of how many, and what is left out."""
    parts = []
    if row.bar.several and row.worst:
        parts = [f"at {row.worst.where}", f"worst of {row.judged}",
                 f"{len(row.short)} short of the must, {row.below_aim} of the aim"]
    parts += [f"{reason}: {count}" for reason, count in sorted(row.left_out.items())]
    if row.worst and row.missing:
        parts.append(f"{len(row.missing)} not measured, {row.missing[0]} the first")
    return "; ".join(parts)


def bar_rows(rows):
    for row in rows:
        sign = "<=" if row.bar.at_most else ">="
        verdict = f"**{row.verdict}**" if row.verdict not in ("aim", "must") else row.verdict
        value = measured(row.worst.ratio, WANTED) if row.worst else "–"
        notes = remarks(row)
        yield [row.bar.where, row.bar.what, f"{sign} {row.bar.must:g}", f"{sign} {row.bar.aim:g}",
               f"{value}; {notes}" if notes else value, verdict]


def bars(rows):
    """A table for each section, under its name."""
    sections = dict.fromkeys(row.bar.section for row in rows)
    header = ["shape", "what is compared", "must", "aim", "measured", "verdict"]
    of = {section: [row for row in rows if row.bar.section == section] for section in sections}
    return "\n\n".join(f"### {section}\n\n" + table(header, bar_rows(of[section]))
                       for section in sections)


def name(scene):
    return f"{scene.rows}x{scene.cols}"


def places(results):
    """(scene, threads) of everything but the D sweep, which has a picture."""
    return [(scene, threads) for scene in results.scenes if not scenes.is_sweep(scene)
            for threads in scene.threads()]


def bracketed_error(case):
    value = case.fields.get("error_of_bound")
    return f" ({error(value)})" if value is not None else ""


def fraction(case):
    value = case.fields.get("limit_fraction")
    return f"{value:.2f}" if value is not None else "–"


def peer_cell(peer, auto, best):
    if not peer:
        return "–"
    text = figure(peer.time / auto.time)
    return (f"**{text}**" if peer is best else text) + bracketed_error(peer)


def peer_row(scene, threads, columns):
    auto, best = scene.find("auto", threads), scenes.best_peer(scene, threads)
    cells = [peer_cell(scene.find(body, threads, quantity="peer"), auto, best) for body in columns]
    return [name(scene), scene.dtype, str(threads), duration(auto.time) + bracketed_error(auto),
            "/".join(auto.picked.split("/")[:2]), fraction(auto), *cells]


def peers(results):
    found = {case.body for case in results.cases if case.quantity == "peer"}
    columns = [*(p for p in PEERS if p in found), *sorted(found - set(PEERS))]
    rows = [peer_row(scene, threads, columns) for scene, threads in places(results)
            if scenes.best_peer(scene, threads)]
    return table(["shape", "type", "threads", "`auto`", "it picked", "of limit",
                  *(f"`{p}`" for p in columns)], rows) if rows else ""


def rate(case):
    value = case and case.fields.get("bytes_per_second")
    return figure(value / 1e9) if value else "–"


def limits(results):
    rows = []
    for scene, threads in places(results):
        best = scenes.best_read(scene, threads)
        arithmetic = scenes.arithmetic(scene, threads)
        auto = scene.find("auto", threads)
        if best or arithmetic:
            rows.append([name(scene), scene.dtype, str(threads),
                         rate(scene.find("read_1", threads, quantity="limit")), rate(best),
                         f"`{best.body}`" if best else "–", rate(arithmetic), rate(auto),
                         fraction(auto)])
    return table(["shape", "type", "threads", "linear read", "best read", "which", "arithmetic",
                  "`auto`", "of limit"], rows) if rows else ""
