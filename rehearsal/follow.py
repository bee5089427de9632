"""A release followed from its push to its end, in the world's time."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from rehearsal.deployments import Traffic
from rehearsal.faults import SHIFT, Faults
from rehearsal.live_evidence import evidence
from rehearsal.pipeline import Execution, Pipeline
from rehearsal.scenarios.model import Approval
from rehearsal.snapshot import Audience, Served, Snapshot, TrafficView
from rehearsal.traffic import Minute
from rehearsal.world.world import World

# In the world, where time stands still while anything is done.
LOOK_SECONDS = 20.0
# The same where nothing is to be done to the release: each look is a call.
SELDOM_SECONDS = 60.0
LONGEST = timedelta(days=8)
# A push has started the pipeline by then, or never will.
STARTED_WITHIN = timedelta(minutes=10)
BOTH = 2
# Where a scenario says nothing of an approval, somebody gives it.
GIVEN = "The scenario says nothing of it."
# So many times as long as a look takes, nobody looks again.
WATCHED = 15


class StuckError(Exception):
    """A release never started or does not end; the message says where it stands."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """What there is to see of a release, and what is done to it.

    Attributes:
        title: which release.
        pipeline: on whose way it is.
        traffic: the service in each environment, in the order of promotion.
        served: each version's requests so far in an environment, by the customers' count.
        met: all that the customers of an environment met.
        faults: what happens to it.
        approvals: what is answered where the pipeline asks; what is not named here is approved.
    """

    title: str
    pipeline: Pipeline
    traffic: tuple[Traffic, ...]
    served: Callable[[str], Mapping[str, Served]]
    met: Callable[[str], list[Minute]]
    faults: Faults | None = None
    approvals: list[Approval] = field(default_factory=list)


def follow(world: World, way: Way, commit: str, audience: Audience) -> Execution:
    """Let the world's time pass until the release has ended; how it did.

    Raises:
        StuckError: it did not start within ten minutes, or has not ended after eight days.
    """
    with _viewed(world, way, commit, audience), world.clock.busy():
        began = world.clock.now()
        asked: dict[str, float] = {}
        asks = way.pipeline.asks
        while True:
            execution = way.pipeline.execution_of(commit)
            # What the pipeline's own update has cancelled begins again by itself.
            if execution is not None and not execution.running and not execution.cancelled:
                return execution
            late = world.clock.now() - began
            if late > LONGEST or (execution is None and late > STARTED_WITHIN):
                where = execution.status if execution else "never started"
                raise StuckError(f"{way.title}: {way.pipeline.name} is {where} after {late}")
            for done in way.faults.due() if way.faults else ():
                audience.note(done)
            if asks:
                _answer(world, way, asked, audience)
            world.clock.sleep(_until_next(world, way, asks=asks))


def _until_next(world: World, way: Way, *, asks: bool) -> float:
    """How long to look away; while a release waits for a window, until that opens."""
    if asks or (way.faults is not None and way.faults.any_left):
        return LOOK_SECONDS
    return max(SELDOM_SECONDS, world.clock.idle())


def _answer(world: World, way: Way, asked: dict[str, float], audience: Audience) -> None:
    """Approve or reject what has waited for as long as the scenario says."""
    now = world.clock.now().timestamp()
    for stage, action, token in way.pipeline.approvals():
        since = asked.setdefault(token, now)
        answers = (each for each in way.approvals if (each.stage, each.action) == (stage, action))
        given = Approval(stage=stage, action=action, answer="Approved", comment=GIVEN)
        answer = next(answers, given)
        if now - since >= 60 * answer.after_minutes:
            way.pipeline.decide(stage, action, token, answer.answer, answer.comment)
            audience.note(f"{stage}/{action}: {answer.answer}: {answer.comment}")


@contextmanager
def _viewed(world: World, way: Way, commit: str, audience: Audience) -> Iterator[None]:
    """Show how it stands, again and again, beside whatever happens."""
    over = threading.Event()

    def view() -> None:
        pause = audience.every
        while not over.wait(pause):
            began = time.monotonic()
            audience.look(_snapshot(world, way, way.pipeline.execution_of(commit)))
            # Whoever watches must not be what takes the time.
            pause = max(audience.every, WATCHED * (time.monotonic() - began))

    viewer = threading.Thread(target=view, daemon=True) if audience.every else None
    if viewer is not None:
        viewer.start()
    try:
        yield
    finally:
        over.set()
        if viewer is not None:
            viewer.join()


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
        traffic=tuple(_view(world, way, place) for place in way.traffic if place.there),
    )


def _view(world: World, way: Way, place: Traffic) -> TrafficView:
    newest, weights = place.newest(), place.weights()
    event = verdict = ""
    against = None
    if newest is not None:
        running = [each for each in newest.lifecycle if each.status == "InProgress"]
        event = running[0].name if running else newest.status
        verdict = str((newest.record or {}).get("verdict") or "")
        if event == SHIFT and len(weights) == BOTH and running[0].started is not None:
            old, new = sorted(weights, key=int)
            met, since = way.met(place.environment), running[0].started
            against = evidence(met, (new, old), since, world.clock.now()) if met else None
    return TrafficView(
        environment=place.environment,
        weights=weights,
        event=event,
        served=dict(way.served(place.environment)),
        evidence=against,
        verdict=verdict,
    )
