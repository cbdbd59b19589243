"""Ratios of times that were taken in turn: the median over the rounds and an interval for it.

The interval is between two order statistics, the k-th smallest and the k-th largest, and so
supposes nothing of the distribution: the true median is outside it only if fewer than k of n fair
coins fall on one side. k is the largest that leaves a coverage of at least 95 %; with fewer than 6
rounds there is none, and the interval is from the smallest to the largest, which covers less.
"""
import math
from dataclasses import dataclass
from statistics import median

WANTED = 0.95


@dataclass(frozen=True)
class Ratio:
    low: float
    median: float
    high: float
    rounds: int

    @property
    def coverage(self):
        return coverage(self.rounds, order(self.rounds))


def coverage(n, k):
    """The probability that the median is between the k-th smallest and the k-th largest of n."""
    return 1 - 2 * sum(math.comb(n, i) for i in range(k)) / 2 ** n


def order(n):
    """The k of the interval, counted from 1."""
    return max((k for k in range(1, n // 2 + 1) if coverage(n, k) >= WANTED), default=1)


def ratio(values):
    """The Ratio of one value a round; None if there is no round."""
    if not values:
        return None
    ordered, k = sorted(values), order(len(values))
    return Ratio(ordered[k - 1], median(ordered), ordered[-k], len(ordered))


def paired(compute, *cases):
    """The Ratio of compute(times...) over the rounds that all of the cases have."""
    common = sorted(set.intersection(*(set(case.rounds) for case in cases)))
    return ratio([compute(*(case.rounds[r] for case in cases)) for r in common])


def quotient(a, b):
    """How many times b's time a's is."""
    return paired(lambda x, y: x / y, a, b)
