"""Our judge, for many deployments at once: the arithmetic of lambda/judge in numpy.

A test compares both, deployment by deployment.
"""

from typing import Final

import numpy as np
from scipy.special import betaln, logsumexp

from tests.bench_canary.world import SHARE, Counts, Flags, Reals, World

RISKS: Final = 2.0 ** (6 * np.arange(1, 17) / 16)
CERTIFICATE: Final = ((0.0, 0.99), (1 / 8, 0.01 / 3), (1 / 4, 0.01 / 3), (1 / 2, 0.01 / 3))
ALPHA, BETA, OBJECTIVE, TOLERANCE, GUARD = 0.01, 0.05, 0.01, 0.25, 0.05


def dispersion(requests: Counts, events: Counts) -> Reals:
    """Estimate each row's index of dispersion as lambda/judge/dispersion.py does; 1 if unknown."""
    return np.maximum(_index(requests, events, 1), _index(requests, events, 5))


def _index(requests: Counts, events: Counts, size: int) -> Reals:
    shape = (len(requests), -1, size)
    n, e = requests.reshape(shape).sum(2), events.reshape(shape).sum(2)
    # A block without requests is passed over, as if its neighbours touched: rare, and only here.
    n_1, n_2, e_1, e_2 = n[:, :-1], n[:, 1:], e[:, :-1], e[:, 1:]
    product = np.maximum(n_1 * n_2, 1)
    squares, expected = (e_1 * n_2 - e_2 * n_1) ** 2 / product, e_1 + e_2
    pairs = squares.shape[1]
    kept = np.argsort(squares, axis=1)[:, : pairs - max(4, pairs // 100)]
    index = np.take_along_axis(squares, kept, 1).sum(1) / np.maximum(
        np.take_along_axis(expected, kept, 1).sum(1), 1
    )
    noise = np.sqrt(3 / n.shape[1])
    return np.where((index > 1 + 2 * noise) & (e.sum(1) >= 20), index, 1.0)


def log_evidence(
    canary: tuple[Counts, Counts],
    baseline: tuple[Counts, Counts],
    power: Reals,
    bound: float = 1.0,
    late: tuple[Counts, Counts] | None = None,
) -> Reals:
    """Give the log evidence of one metric after each minute.

    With late data the newest minute counts by what is known of it, and the older ones in full.
    """
    n_c, n_b = canary[0], baseline[0]
    per_risk = []
    for risk in RISKS * bound:
        full = _log_factor(canary, baseline, risk, bound)
        logs = np.cumsum(full, axis=1)
        if late is not None:
            logs += _log_factor((n_c, late[0]), (n_b, late[1]), risk, bound) - full
        per_risk.append(logs * power[:, None])
    return np.asarray(logsumexp(per_risk, axis=0) - np.log(len(RISKS)))


def _log_factor(
    canary: tuple[Counts, Counts], baseline: tuple[Counts, Counts], risk: float, bound: float
) -> Reals:
    (n_c, e_c), (n_b, e_b) = canary, baseline
    null, other = np.maximum(n_c * bound + n_b, 1), np.maximum(n_c * risk + n_b, 1)
    return np.asarray(e_c * np.log(risk / bound) + (e_c + e_b) * np.log(null / other))


def stops(world: World, *, tempered: bool = True) -> tuple[Reals, Flags]:
    """Give the minute in which each deployment is stopped (inf: never), and what is healthy.

    The second array tells for each minute whether the verdict would be healthy. Untempered, the
    judge has no history, and takes errors as independent.
    """
    index = dispersion(world.history_n, world.history_e)
    power = 1 / index if tempered else np.ones_like(index)
    late = world.known[1] if world.known else None
    relative = log_evidence((world.n_c, world.e_c), (world.n_b, world.e_b), power, late=late)
    evidence = np.logaddexp(np.log(1 - GUARD) + relative, np.log(GUARD) + _alone(world, power))
    stop = first(evidence >= np.log(1 / ALPHA))
    healthy = (
        (evidence < np.log(1 / ALPHA) / 2)
        & (_certified(world, power) >= np.log(1 / BETA))
        & (_guard(world, power, world.n_c >= 0) < np.log(1 / ALPHA))
        & (_off_share(world) < np.log(1 / ALPHA))
        & (np.cumsum(world.n_c, 1) > 0)
        & (np.cumsum(world.n_b, 1) > 0)
    )
    # The watch reads a minute once it has settled; with late data that is a minute later.
    return stop + (1 if world.known else 0), healthy


def first(hit: Flags) -> Reals:
    """Give the number of the first minute (1, 2, …) that is hit; inf if none is."""
    return np.where(hit.any(1), hit.argmax(1) + 1.0, np.inf)


def _alone(world: World, power: Reals) -> Reals:
    return _guard(world, power, world.n_b == 0)


def _guard(world: World, power: Reals, counted: Flags) -> Reals:
    rates = OBJECTIVE * (0.9 / OBJECTIVE) ** (np.arange(1, 9) / 8)
    return _rate(world, power, [(rate, 1 / 8) for rate in rates], counted)


def _certified(world: World, power: Reals) -> Reals:
    mixture = [(part * OBJECTIVE, weight) for part, weight in CERTIFICATE]
    return _rate(world, power, mixture, world.n_c >= 0)


def _rate(world: World, power: Reals, mixture: list[tuple[float, float]], counted: Flags) -> Reals:
    bad = np.cumsum(np.where(counted, world.e_c, 0), 1)
    good = np.cumsum(np.where(counted, world.n_c - world.e_c, 0), 1)
    logs = []
    for rate, weight in mixture:
        worse = np.log(rate / OBJECTIVE) if rate else -1e9
        better = np.log1p(-rate) - np.log1p(-OBJECTIVE)
        logs.append((bad * worse + good * better) * power[:, None] + np.log(weight))
    return np.asarray(logsumexp(logs, axis=0))


def _off_share(world: World) -> Reals:
    canary, baseline = np.cumsum(world.n_c, 1), np.cumsum(world.n_b, 1)
    share = canary / np.maximum(canary + baseline, 1)
    tolerated = np.clip(share, SHARE * (1 - TOLERANCE), SHARE * (1 + TOLERANCE))
    null = canary * np.log(tolerated) + baseline * np.log1p(-tolerated)
    return np.asarray(betaln(canary + 1, baseline + 1) - null)
