"""CloudWatch alarms on one-minute periods, evaluated every minute.

Rates need requests: a period without any is missing data, which breaches nothing.
"""

import numpy as np

from tests.bench_canary.judges.lockgate import first
from tests.bench_canary.world import Counts, Flags, Reals, World


def shown(world: World) -> tuple[Counts, Counts]:
    """Give the errors that an alarm sees when it evaluates a minute, which it does once."""
    return world.known[0] if world.known else (world.e_c, world.e_b)


def out_of(breaching: Flags, needed: int, periods: int) -> Reals:
    """Give the first minute in which ``needed`` of the last ``periods`` are breaching."""
    total = np.cumsum(breaching, axis=1)
    before = np.zeros_like(total)
    before[:, periods:] = total[:, :-periods]
    return first(np.asarray(total - before >= needed))


def sam_documentation(world: World) -> Reals:
    """Errors > 0 in 2 of 2 minutes on the executed version: the example of the SAM guide."""
    return out_of(shown(world)[0] > 0, 2, 2)


def rate_over_alias(world: World) -> Reals:
    """More than 1 % of the alias's requests fail in 3 of 5 minutes."""
    errors, requests = sum(shown(world)), world.n_c + world.n_b
    return out_of(errors > 0.01 * requests, 3, 5)


def rate_per_version(world: World) -> Reals:
    """More than 1 % of the canary's requests fail in 3 of 5 minutes."""
    return out_of(shown(world)[0] > 0.01 * world.n_c, 3, 5)
