"""A release followed from its push to its end."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rehearsal.deployments import Traffic
from rehearsal.pipeline import Execution, Pipeline
from rehearsal.snapshot import Audience, Served, Snapshot, TrafficView
from rehearsal.world.world import World

LOOK_SECONDS = 0.4
# Of our time. Time stands still in the world while nothing is due there: then nothing will come.
STILL_LOOKS = 25
MOST_SECONDS = 900


class StuckError(Exception):
    """A release neither ends nor goes on; the message says where it stands."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """What there is to see of a release.

    Attributes:
        title: which release.
        pipeline: on whose way it is.
        traffic: the service in each environment, in the order of promotion.
        served: each version's requests so far in an environment, by the customers' count.
        approve: what is decided where the pipeline asks; None leaves it waiting.
    """

    title: str
    pipeline: Pipeline
    traffic: tuple[Traffic, ...]
    served: Callable[[str], Mapping[str, Served]]
    approve: bool | None


def follow(world: World, way: Way, commit: str, audience: Audience) -> Execution:
    """Look until the release has ended; how it did.

    Raises:
        StuckError: it never began, or nothing is due in the world and it has not ended.
    """
    began, still = time.monotonic(), 0
    execution: Execution | None = None
    while execution is None or execution.running:
        execution = way.pipeline.execution_of(commit)
        audience.look(_snapshot(world, way, execution))
        if way.approve is not None:
            for stage, action, token in way.pipeline.approvals():
                way.pipeline.decide(stage, action, token, approve=way.approve)
        still = still + 1 if _stands_still(world) else 0
        if still > STILL_LOOKS or time.monotonic() - began > MOST_SECONDS:
            where = execution.status if execution else "never started"
            raise StuckError(f"{way.title}: {way.pipeline.name} is {where} and does not go on")
        time.sleep(LOOK_SECONDS)
    audience.look(_snapshot(world, way, execution))
    return execution


def _stands_still(world: World) -> bool:
    state = world.clock.state()
    return not state["running"] and not state["due"]


def _snapshot(world: World, way: Way, execution: Execution | None) -> Snapshot:
    runs = way.pipeline.actions(execution.id) if execution else []
    status = {(run.stage, run.action): run.status for run in runs}
    return Snapshot(
        title=way.title,
        now=world.clock.now(),
        stages={
            stage: {action: status.get((stage, action), "") for action in actions}
            for stage, actions in way.pipeline.stages.items()
        },
        traffic=tuple(
            _view(place, way.served(place.environment)) for place in way.traffic if place.there
        ),
    )


def _view(place: Traffic, served: Mapping[str, Served]) -> TrafficView:
    newest = place.newest()
    event = verdict = ""
    if newest is not None:
        running = [each.name for each in newest.lifecycle if each.status == "InProgress"]
        event = running[0] if running else newest.status
        verdict = str((newest.record or {}).get("verdict") or "")
    return TrafficView(
        environment=place.environment,
        weights=place.weights(),
        event=event,
        served=dict(served),
        verdict=verdict,
    )
