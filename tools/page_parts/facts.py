"""What was run and where, from the result's context: the head of the page."""
import os

from page_parts.units import size_text


def facts(results, directory):
    """Lines; the result is linked from the page's directory."""
    value = results.value
    link = os.path.relpath(results.path, directory)
    caches = ", ".join(f"{level.upper()} {size_text(value(level + '_bytes'))}"
                       for level in ("l1d", "l2", "l3"))
    notes = [key for key in results.context if key.startswith("logigrad_note_")]
    return [
        f"Machine: {value('cpu_model')}, {value('logical_cpus')} logical CPUs; {caches}; "
        f"hypervisor: {value('hypervisor')}; governor: {value('governor')}",
        f"Date: {results.context.get('date', 'unknown')}; command: `./tools/bench.sh --full`; "
        f"result: [`{link}`]({link})",
        f"Built from {value('revision')} by {value('compiler')}; ISAs: {value('isas')}",
        f"OpenMP: {value('openmp')}", *peer_facts(results),
        *(f"Note: {results.context[key]}" for key in sorted(notes, key=lambda k: (len(k), k)))]


def peer_facts(results):
    """Which library is behind which peers, and which are not there."""
    libraries = {}
    for case in results.cases:
        _, comma, library = case.fields.get("label", "").partition(", ")
        if case.quantity == "peer" and comma:
            libraries.setdefault(library, {})[f"`{case.body}`"] = None
    lines = [f"{library}: {', '.join(bodies)}" for library, bodies in libraries.items()]
    absent = results.absent_libraries()
    if absent:
        lines.append(f"No peers of {', '.join(absent)}: without them there is no verdict on the "
                     "best peer")
    return lines
