r"""E-processes: evidence that may be read after every minute without losing its meaning.

An e-process starts at 1 and, while its null hypothesis holds, has an expected value of at most 1
at every time that one may choose to stop. So the chance that it *ever* reaches 1/alpha is at most
alpha (Ville 1939, Étude critique de la notion de collectif; Robbins 1970, Statistical methods
related to the law of the iterated logarithm). A test read repeatedly without this property raises
false alarms without limit (Johari, Koomen, Pekelis, Walsh 2017, Peeking at A/B tests). Everything
here is a mixture of likelihood ratios (Wald 1945; Robbins 1970; Howard, Ramdas, McAuliffe, Sekhon
2021, Time-uniform, nonparametric, nonasymptotic confidence sequences) and is kept as logarithms.

Tempering: a likelihood ratio raised to the power 1/dispersion is still an e-process, because the
power is concave (Jensen). Where errors come in bursts it is what makes the evidence honest: a
burst of five counts as about one event.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

# Relative risks of the mixture, as multiples of the bound: 1.30, 1.68, 2.18 … 64.
STEPS_PER_OCTAVE: Final = 16
ALTERNATIVES: Final = tuple(range(6, 97, 6))
INTERVAL_OCTAVES: Final = 14
_MIDDLE: Final = INTERVAL_OCTAVES * STEPS_PER_OCTAVE + ALTERNATIVES[-1]
_LADDER: Final = tuple(2.0 ** (step / STEPS_PER_OCTAVE) for step in range(-_MIDDLE, _MIDDLE + 1))
_LOG_LADDER: Final = tuple(math.log(rung) for rung in _LADDER)

# The certificate's mixture: nearly all on "no failure at all", so that clean requests certify
# in the classical count, and a little on low rates, so that one failure does not end it.
CERTIFICATE: Final = ((0.0, 0.99), (1 / 8, 0.01 / 3), (1 / 4, 0.01 / 3), (1 / 2, 0.01 / 3))
GUARD_POINTS: Final = 8
GUARD_HIGHEST: Final = 0.9


def log_mean_exp(logs: list[float], weights: list[float] | None = None) -> float:
    """Give log(sum of weight * exp(log)), equal weights by default, without overflow.

    At least one term of positive weight has to be finite.
    """
    shares = weights or [1 / len(logs)] * len(logs)
    terms = [math.log(w) + x for w, x in zip(shares, logs, strict=True) if w > 0]
    highest = max(terms)
    return highest + math.log(sum(math.exp(term - highest) for term in terms))


class RelativeRisk:
    r"""Evidence that the canary's rate is more than ``bound`` times the baseline's.

    Given all E errors of a minute, the canary's part of them under relative risk r is compared by

        (r/bound)^e_c * ((n_c bound + n_b) / (n_c r + n_b))^E,

    the binomial likelihood ratio conditional on E: the common rate cancels, and with it an outage
    that both share, the time of day and the shape of the traffic (Przyborowski & Wilenski 1940;
    Lindon & Malek 2022, Anytime-valid inference for multinomial count data).

    Requests that fail one by one follow the hypergeometric, not the binomial law. The bound holds
    all the same: the expected factor is at most 1 for independent Bernoulli requests at any rate,
    as log(1+x) <= x gives in one line, and for the conditional law because it is smaller in convex
    order (Hoeffding 1963, Probability inequalities for sums of bounded random variables, section
    6). Requests that fail together are what ``dispersion`` is for.

    A canary that is worse by less than about 14 % is never found, however long one looks: the
    mixture begins at 30 %, and the truth has to be nearer to it than to the bound.
    """

    def __init__(self, bound: float, dispersion: float) -> None:
        self._power = 1 / dispersion
        self._risks = [bound * rung for rung in _LADDER]
        self._logs = [0.0] * len(_LADDER)
        self._excess = self._reference = 0.0

    def add(self, canary: tuple[int, int], baseline: tuple[int, int]) -> None:
        """Take in a minute's (requests, events) of both versions."""
        (n_c, e_c), (n_b, e_b) = canary, baseline
        events, total = e_c + e_b, n_c + n_b
        if n_c == 0 or n_b == 0:
            return
        self._excess += e_c * n_b / total
        self._reference += e_b * n_c / total
        if events:
            likelihoods = _log_likelihoods(canary, baseline, self._risks, _LOG_LADDER)
            self._logs = [
                log + self._power * likelihood
                for log, likelihood in zip(self._logs, likelihoods, strict=True)
            ]

    def estimate(self) -> float | None:
        """Give the relative risk (Mantel & Haenszel 1959); None before any event."""
        if self._reference > 0:
            return self._excess / self._reference
        return math.inf if self._excess > 0 else None

    def log_evidence(self) -> float:
        """Give the logarithm of the evidence against "no more than bound times"."""
        return self._log_against(_MIDDLE, 1)

    def interval(self, level: float) -> tuple[float, float]:
        """Give (low, high), each missing the relative risk with a chance of at most level, ever.

        A risk is outside when the same mixture, built on that risk as its bound, rejects it. The
        evidence is monotone in it, so bisection finds the edge, rounded outwards to the ladder
        (4.4 % a rung). No data gives (0, inf).
        """
        needed = math.log(1 / level)
        edge = ALTERNATIVES[-1]
        inner = range(edge, len(_LADDER) - edge)
        rejected_below = bisect_right(inner, -needed, key=lambda at: -self._log_against(at, 1))
        kept_above = bisect_left(inner, needed, key=lambda at: self._log_against(at, -1))
        low = self._risks[inner[rejected_below - 1]] if rejected_below else 0.0
        high = self._risks[inner[kept_above]] if kept_above < len(inner) else math.inf
        return low, high

    def _log_against(self, at: int, sign: int) -> float:
        here = self._logs[at]
        return log_mean_exp([self._logs[at + sign * step] - here for step in ALTERNATIVES])


def log_relative_evidence(
    canary: tuple[int, int], baseline: tuple[int, int], bound: float
) -> float:
    """Give the logarithm of a RelativeRisk's evidence after a single minute, untempered."""
    if canary[0] == 0 or baseline[0] == 0:
        return 0.0
    rungs = [_MIDDLE, *(_MIDDLE + step for step in ALTERNATIVES)]
    risks, log_rungs = [bound * _LADDER[at] for at in rungs], [_LOG_LADDER[at] for at in rungs]
    here, *others = _log_likelihoods(canary, baseline, risks, log_rungs)
    return log_mean_exp([other - here for other in others])


def _log_likelihoods(
    canary: tuple[int, int],
    baseline: tuple[int, int],
    risks: Sequence[float],
    log_rungs: Sequence[float],
) -> list[float]:
    """Give each relative risk's log likelihood of a minute, but for what all have in common."""
    (n_c, e_c), (n_b, e_b) = canary, baseline
    events, total = e_c + e_b, n_c + n_b
    return [
        e_c * log_rung - events * math.log((n_c * risk + n_b) / total)
        for log_rung, risk in zip(log_rungs, risks, strict=True)
    ]


class Rate:
    """Evidence about one version's rate of failure against a fixed objective, by binomial law.

    Wald's likelihood ratio of several rates against the objective: lower ones in a certificate
    (evidence that the rate is below it), higher ones in a guard (evidence that it is above).
    """

    def __init__(
        self, objective: float, rates: list[float], weights: list[float], dispersion: float
    ) -> None:
        self._weights, self._power = weights, 1 / dispersion
        self._bad = [math.log(rate / objective) if rate else -math.inf for rate in rates]
        self._good = [math.log1p(-rate) - math.log1p(-objective) for rate in rates]
        self._logs = [0.0] * len(rates)

    def add(self, requests: int, failures: int) -> None:
        """Take in a minute's requests, of which some failed."""
        self._logs = [
            log
            + self._power * ((failures * bad if failures else 0.0) + (requests - failures) * good)
            for log, bad, good in zip(self._logs, self._bad, self._good, strict=True)
        ]

    def log_evidence(self, more_clean: int = 0) -> float:
        """Give the logarithm of the evidence, had there been ``more_clean`` clean requests more."""
        ahead = [
            log + self._power * more_clean * good
            for log, good in zip(self._logs, self._good, strict=True)
        ]
        return log_mean_exp(ahead, self._weights)

    def clean_needed(self, beta: float) -> int:
        """Give how many more clean requests bring a certificate to 1/beta."""
        needed = math.log(1 / beta)
        most = 1
        while self.log_evidence(most) < needed:
            most *= 2
        return bisect_left(range(most), needed, key=self.log_evidence)


def certificate(objective: float, dispersion: float) -> Rate:
    """Make the evidence that a rate is below the objective: 299 clean requests give 1 % at 95 %."""
    rates = [part * objective for part, _ in CERTIFICATE]
    return Rate(objective, rates, [weight for _, weight in CERTIFICATE], dispersion)


def guard(objective: float, dispersion: float) -> Rate:
    """Make the evidence that a rate is above the objective, spread evenly up to 90 % failing."""
    span = GUARD_HIGHEST / objective
    rates = [objective * span ** (k / GUARD_POINTS) for k in range(1, GUARD_POINTS + 1)]
    return Rate(objective, rates, [1 / GUARD_POINTS] * GUARD_POINTS, dispersion)


def log_share_evidence(requests: tuple[int, int], share: float, tolerance: float) -> float:
    """Give log evidence that the canary's share of requests is off by more than the tolerance.

    A Beta(1, 1) mixture over all shares against the likeliest tolerated share: the numerator does
    not know the truth and the denominator is at least it, so this is an e-process for every share
    inside (Wasserman, Ramdas, Balakrishnan 2020, Universal inference).
    """
    canary, baseline = requests
    total = canary + baseline
    if total == 0:
        return 0.0
    low, high = share * (1 - tolerance), share * (1 + tolerance)
    tolerated = min(max(canary / total, low), high)
    mixture = math.lgamma(canary + 1) + math.lgamma(baseline + 1) - math.lgamma(total + 2)
    return mixture - canary * math.log(tolerated) - baseline * math.log1p(-tolerated)
