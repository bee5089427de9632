"""How long a release is watched in an environment before it goes on to the next wave.

The longer times early are from the Amazon Builders' Library ("Automating safe, hands-off
deployments"): at least one hour after the first small step, at least twelve after the first wave.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from delivery.environment import Environment

FIRST_MINUTES, SECOND_MINUTES, LATER_MINUTES = 60, 720, 240
REQUESTS = 100


@dataclass(frozen=True, kw_only=True)
class Bake:
    """What a release has to pass in an environment.

    Attributes:
        minutes: how long no alarm may go off, from 0.
        requests: how many requests the release must have answered by then, from 0.
    """

    minutes: int
    requests: int


def bake_in(
    environment: Environment, waves: Sequence[Collection[str]], production: Collection[str]
) -> Bake:
    """Tell how a release bakes: as the environment says, else by its wave.

    Args:
        environment: one of the waves'.
        waves: all that the release passes, by the environments' names.
        production: the names of the environments that customers use.
    """
    minutes, requests = environment.bake_minutes, environment.bake_requests
    if minutes is None:
        minutes = _minutes(environment, waves, production) if environment.production else 0
    if requests is None:
        requests = REQUESTS if environment.production else 0
    return Bake(minutes=minutes, requests=requests)


def _minutes(
    environment: Environment, waves: Sequence[Collection[str]], production: Collection[str]
) -> int:
    with_customers = [wave for wave in waves if not set(production).isdisjoint(wave)]
    position = next(place for place, wave in enumerate(with_customers) if environment.name in wave)
    return (FIRST_MINUTES, SECOND_MINUTES, LATER_MINUTES)[min(position, 2)]
