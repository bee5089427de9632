"""How many synthetic requests a service's hook sends before there is any traffic."""

import math
from functools import cache

from delivery.canary import MOST_SYNTHETIC, Canary, Objectives
from delivery.rules import Conflict
from delivery.runtime import load_judge

# A canary that sees fewer tells an outage from none, and little else.
FEWEST_REQUESTS = 30
# What the hook has for them: so many at a time, for so long.
WORKERS = 4
SECONDS = 300
VERSIONS = 2


def planned(canary: Canary, objectives: Objectives) -> int:
    """How many go to each version: as the file says, else as many as certify the objective."""
    if canary.synthetic_requests is not None:
        return canary.synthetic_requests
    clean = clean_requests(objectives.errors_percent / 100)
    return min(max(clean, FEWEST_REQUESTS), fitting(objectives), MOST_SYNTHETIC)


@cache
def clean_requests(objective: float) -> int:
    """How many requests without a failure certify an objective to the judge: 299 for 1 %."""
    found: int = load_judge("power").clean_requests(objective)
    return found


def fitting(objectives: Objectives) -> int:
    """How many fit into the hook's time if each takes as long as the objective allows."""
    return WORKERS * SECONDS * 1000 // (VERSIONS * objectives.latency_ms)


def conflicts(canary: Canary, objectives: Objectives) -> list[Conflict]:
    """Say what keeps a canary from seeing enough, or its synthetic requests from being sent."""
    found = []
    count, fits = planned(canary, objectives), fitting(objectives)
    if count > fits:
        found.append(
            Conflict(
                at=("canary", "synthetic_requests"),
                allowed=f"at most {fits}, with requests that may take {objectives.latency_ms} ms",
                fix=f"send fewer, or give a smaller objectives.latency_ms: {WORKERS} at a time "
                f"for {SECONDS} seconds is what the hook can send",
            )
        )
    expected = math.floor(canary.expected_requests)
    if expected + count < FEWEST_REQUESTS:
        missing = FEWEST_REQUESTS - expected
        more = (
            f"set synthetic_requests to {missing} or more"
            if missing <= fits
            else "give a smaller objectives.latency_ms, with which more synthetic requests fit "
            "into the hook's time"
        )
        found.append(
            Conflict(
                at=("canary", "requests_per_second"),
                allowed=f"a canary that sees at least {FEWEST_REQUESTS} requests; this one can "
                f"expect {expected}, and {count} synthetic ones",
                fix=f"give it more percent or more minutes, or {more}: a canary with fewer sees "
                "nothing short of an outage",
            )
        )
    return found
