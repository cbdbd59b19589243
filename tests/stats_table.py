#!/usr/bin/env python3
"""Makes tests/data/statistics.json, what scipy says of made-up samples; stats_test reads it.

    tests/stats_table.py > tests/data/statistics.json
    tests/stats_table.py --check      # that the file is what this scipy says, to 1e-12; 77: no scipy

For samples with ties scipy's exact Mann-Whitney is wrong by its own documentation, and so is its
signed-rank test, so there the permutation distribution is walked through, choice by choice. The
interval of a shift is not in scipy: it is found by moving one sample along until the exact test
rejects, which is what it means.
"""
import itertools
import json
import pathlib
import random
import sys

try:
    import numpy
    from scipy import stats
except ImportError as missing:
    print(f"skipped: for want of python3-scipy ({missing})")
    sys.exit(77)

TABLE = pathlib.Path(__file__).parent / "data" / "statistics.json"
ALPHAS = (0.5, 0.05, 0.01)


def statistic(x, y):
    """Pairs with y > x, and half of those with y = x."""
    y_less_x = numpy.subtract.outer(numpy.asarray(y), numpy.asarray(x))
    return float((y_less_x > 0).sum() + 0.5 * (y_less_x == 0).sum())


def by_permutation(x, y):
    """P(U <= u) and P(U >= u) over every choice of which pooled values are y."""
    pooled, u = x + y, statistic(x, y)
    found = []
    for choice in itertools.combinations(range(len(pooled)), len(y)):
        chosen = set(choice)
        found.append(statistic([v for i, v in enumerate(pooled) if i not in chosen],
                               [pooled[i] for i in choice]))
    found = numpy.array(found)
    return float((found <= u).mean()), float((found >= u).mean())


def by_scipy(x, y, method):
    # scipy's U counts pairs with its first argument greater.
    return tuple(float(stats.mannwhitneyu(y, x, alternative=which, method=method).pvalue)
                 for which in ("less", "greater"))


def kept_shifts(places, p_of_shift, alpha):
    """The shifts that the two-sided test at alpha does not reject; None without an end. The test
    changes its mind only at the places, so it is asked between them."""
    places = sorted(places)
    edges = [places[0] - 2, *places, places[-1] + 2]
    kept = [i for i, shift in enumerate((a + b) / 2 for a, b in zip(edges, edges[1:]))
            if p_of_shift(shift) > alpha]
    return [edges[kept[0]] if kept[0] > 0 else None,
            edges[kept[-1] + 1] if kept[-1] + 2 < len(edges) else None]


def interval(x, y, alpha):
    """Where a moved value of y passes one of x: at their difference."""
    def p_of_shift(shift):
        return stats.mannwhitneyu([v - shift for v in y], x, method="exact").pvalue

    return kept_shifts([b - a for a in x for b in y], p_of_shift, alpha)


def case(kind, x, y, tails, alphas=()):
    return {"kind": kind, "x": x, "y": y, "less": tails[0], "greater": tails[1],
            "estimate": float(numpy.median([b - a for a in x for b in y])),
            "intervals": [[alpha, *interval(x, y, alpha)] for alpha in alphas]}


def samples(rng, m, n, shift, digits):
    return ([round(rng.lognormvariate(0, 0.5), digits) for _ in range(m)],
            [round(rng.lognormvariate(0, 0.5) + shift, digits) for _ in range(n)])


def rank_cases(rng):
    for m, n in ((1, 1), (1, 4), (3, 3), (5, 4), (9, 9), (9, 21), (21, 21), (28, 28)):
        for shift in (0, 0.4, -1.1):
            x, y = samples(rng, m, n, shift, 12)
            yield case("exact", x, y, by_scipy(x, y, "exact"), ALPHAS if m * n <= 200 else ())
    for m, n in ((1, 2), (3, 3), (4, 6), (7, 6), (8, 8)):
        for shift in (0, 0.3, -0.6):
            x, y = samples(rng, m, n, shift, 0 if m < 7 else 1)
            yield case("ties", x, y, by_permutation(x, y))
    yield case("ties", [2, 2, 2], [2, 2, 2, 2], by_permutation([2, 2, 2], [2, 2, 2, 2]))
    for m, n in ((28, 29), (50, 7), (200, 300)):
        for digits in (12, 1):
            x, y = samples(rng, m, n, 0.1, digits)
            yield case("approximate", x, y, by_scipy(x, y, "asymptotic"))


def walsh_averages(values):
    return [0.5 * a + 0.5 * b for a, b in itertools.combinations_with_replacement(values, 2)]


def by_signs(values):
    """P(T <= t) and P(T >= t) over every choice of signs of what is not 0."""
    values = [v for v in values if v != 0]
    ranks = stats.rankdata(numpy.abs(values))
    t = sum(rank for rank, v in zip(ranks, values) if v > 0)
    found = numpy.array([sum(itertools.compress(ranks, signs))
                         for signs in itertools.product((0, 1), repeat=len(ranks))])
    return float((found <= t).mean()), float((found >= t).mean())


def signed_by_scipy(values, method):
    return tuple(float(stats.wilcoxon(values, alternative=which, correction=True,
                                      method=method).pvalue) for which in ("less", "greater"))


def signed_case(kind, values, tails, alphas=()):
    def p_of_shift(shift):
        return stats.wilcoxon([v - shift for v in values], method="exact").pvalue

    averages = walsh_averages(values)
    return {"kind": kind, "values": values, "less": tails[0], "greater": tails[1],
            "estimate": float(numpy.median(averages)),
            "intervals": [[alpha, *kept_shifts(averages, p_of_shift, alpha)] for alpha in alphas]}


def signed_cases(rng):
    def values(n, shift, digits):
        return [round(rng.gauss(shift, 1) + rng.expovariate(2), digits) for _ in range(n)]

    for n in (1, 2, 5, 6, 9, 14, 25, 50):
        for shift in (0, 0.4, -1.1):
            drawn = values(n, shift, 12)
            yield signed_case("exact", drawn, signed_by_scipy(drawn, "exact"),
                              ALPHAS if n <= 14 else ())
    for n in (2, 4, 7, 10, 12):
        for shift in (0, 0.3, -0.6):
            drawn = values(n, shift, 0) if n < 12 else values(n, shift, 1)
            if any(drawn):
                yield signed_case("ties", drawn, by_signs(drawn))
    yield signed_case("ties", [2, 2, -2, 2, 0], by_signs([2, 2, -2, 2, 0]))
    for n, digits in ((54, 12), (60, 12), (64, 1), (80, 1), (200, 12), (200, 1)):
        drawn = values(n, 0.1, digits)
        yield signed_case("approximate", drawn, signed_by_scipy(drawn, "approx"))


def student(p, degrees):
    """scipy 1.10's quantile has 9 digits; a step of Newton's gives it all of them."""
    q = stats.t.isf(p, degrees)
    return float(q + (stats.t.sf(q, degrees) - p) / stats.t.pdf(q, degrees))


def size_bounds(rng):
    for n in (1, 2, 5, 50):
        values = [rng.gauss(0, 0.02) for _ in range(n)]
        spread = float(numpy.sqrt(numpy.mean(numpy.square(values))))
        yield {"values": values, "spread": spread,
               "bounds": [[alpha, student(alpha / 2, n) * spread] for alpha in (0.5, 0.05, 0.001)]}


def holm(p):
    """By its definition, apart from the C++: the largest of the steps up to each p-value."""
    ranked = stats.rankdata(p, method="ordinal")
    return [min(1.0, max((len(p) - ranked[j] + 1) * p[j] for j in range(len(p))
                         if ranked[j] <= ranked[i])) for i in range(len(p))]


def table():
    rng = random.Random(5)
    families = [[], [0.04], [0.01, 0.04, 0.03, 0.005], [0.5, 0.5, 0.9], [0.02] * 4]
    families.append([rng.random() ** 4 for _ in range(50)])
    values = [rng.lognormvariate(0, 1) for _ in range(9)]
    return {"ranks": list(rank_cases(rng)),
            "holm": [{"p": p, "adjusted": holm(p)} for p in families],
            "samples": [{"values": v, "median": float(numpy.median(v)), "geometric_mean": float(stats.gmean(v))}
                        for v in ([3.0], [2.0, 1.0], values, values[:8])],
            "signed": list(signed_cases(rng)), "spreads": list(size_bounds(rng))}


def differs(a, b):
    if isinstance(a, dict):
        return a.keys() != b.keys() or any(differs(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) != len(b) or any(map(differs, a, b))
    if isinstance(a, float) and isinstance(b, (float, int)):
        return not abs(a - b) <= 1e-12 * max(abs(a), abs(b))
    return a != b


def main():
    if sys.argv[1:] == ["--check"]:
        if differs(json.loads(json.dumps(table())), json.loads(TABLE.read_text())):
            sys.exit(f"{TABLE}: is not what this scipy says")
        print(f"{TABLE.name} is what this scipy says")
    else:
        made = table()
        lines = [f'"{key}": [\n' + ",\n".join(json.dumps(entry) for entry in made[key]) + "\n]" for key in made]
        print("{\n" + ",\n".join(lines) + "\n}")


if __name__ == "__main__":
    main()
