"""The judge: is the new version worse than the old one, on the traffic that both serve?

A pure function of counts. It may be asked after every minute: the chance that a release which is
no worse is *ever* called degraded is at most alpha (see evidence.py for why and for the sources).

How alpha is spent: one e-process decides, (1 - g) R + g G, and *degraded* is when it reaches
1/alpha. R is the average, by weight, of the metrics' evidence against the baseline; e-values may
be averaged whatever their dependence (Vovk & Wang 2021). G is the evidence that failures exceed
the objective, and g its weight. By default G counts only minutes in which the baseline served
nothing, as in the bake after the shift. Where both versions serve and both break the objective,
no count can tell an outage from a canary that harms its neighbour: the judge then withholds
*healthy*, says so, and leaves the stop to the environment's policy for *inconclusive*.
"""

from collections.abc import Iterator, Sequence

from case import Case
from counts import METRICS, Counts, JudgeError, Minute, given_metrics
from dispersion import dispersion
from judgement import Judgement, MetricEvidence, Verdict
from settings import Settings

__all__ = [
    "METRICS",
    "Counts",
    "JudgeError",
    "Judgement",
    "MetricEvidence",
    "Minute",
    "Settings",
    "Verdict",
    "dispersion",
    "follow",
    "judge",
]


def judge(minutes: Sequence[Minute], settings: Settings | None = None) -> Judgement:
    """Judge all settled minutes of a canary. No minute yet is inconclusive.

    Raises:
        JudgeError: a count or a minute that cannot be.
    """
    case = Case(given_metrics(minutes), settings or Settings())
    for each in minutes:
        case.add(each)
    return case.judgement()


def follow(minutes: Sequence[Minute], settings: Settings | None = None) -> Iterator[Judgement]:
    """Judge after each minute in turn: what ``judge`` said, or would have said, at that time.

    Raises:
        JudgeError: a count or a minute that cannot be; before the first judgement.
    """
    case = Case(given_metrics(minutes), settings or Settings())

    def each_turn() -> Iterator[Judgement]:
        for each in minutes:
            case.add(each)
            yield case.judgement()

    return each_turn()
