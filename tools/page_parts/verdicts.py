"""Holds the findings against the bars: aim, must or short, by the worst shape that a bar selects.

A bar "at least" is missed only if the upper end of the interval is below it, a bar "at most" only
if the lower end is above it: what noise explains is no failure. What a wide interval hides is no
success either, which is why the page shows the interval.
"""
from collections import Counter
from dataclasses import dataclass, field

AIM, MUST, SHORT = "aim", "must", "short"
NO_VERDICT, NOT_MEASURED = "no verdict", "not measured"
NOT_HELD = (SHORT, NO_VERDICT, NOT_MEASURED)
ALL = (AIM, MUST, *NOT_HELD)


@dataclass
class Row:
    bar: object
    verdict: str
    worst: object = None  # a Finding
    short: list = field(default_factory=list)  # Findings
    below_aim: int = 0
    judged: int = 0
    left_out: Counter = field(default_factory=Counter)  # reason: how many
    missing: list = field(default_factory=list)  # of the places that are expected


def meets(ratio, bar, at_most):
    return ratio.low <= bar if at_most else ratio.high >= bar


def verdict_of(finding, bar):
    if not meets(finding.ratio, bar.must, bar.at_most):
        return SHORT
    return AIM if meets(finding.ratio, bar.aim, bar.at_most) else MUST


def judge(bar, results):
    """The Row of a bar."""
    findings = [finding for scene in results.scenes if bar.selects(scene)
                for finding in bar.compare(scene, results.most_threads)]
    known = {finding.where for finding in findings}
    missing = [where for where in bar.expected if where not in known]
    judged = [(verdict_of(finding, bar), finding) for finding in findings if finding.ratio]
    left_out = Counter(finding.reason or "without rounds in common"
                       for finding in findings if not finding.ratio)
    if not judged:
        verdict = NO_VERDICT if left_out else NOT_MEASURED
        return Row(bar, verdict, left_out=left_out, missing=missing)

    def badness(pair):
        median = pair[1].ratio.median
        return (SHORT, MUST, AIM).index(pair[0]), -median if bar.at_most else median

    verdict, worst = min(judged, key=badness)
    if missing and verdict != SHORT:
        verdict = NOT_MEASURED
    return Row(bar, verdict, worst, [f for v, f in judged if v == SHORT],
               sum(v != AIM for v, _ in judged), len(judged), left_out, missing)


def judge_all(bars, results):
    return [judge(bar, results) for bar in bars]
