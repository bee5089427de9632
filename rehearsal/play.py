"""A scenario played in a world of its own: what came of it, and what is not as expected."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rehearsal import access, collect
from rehearsal.adapted import adapt
from rehearsal.collect import Pushed
from rehearsal.expectations import Served as ServedBy
from rehearsal.expectations import outcome, unmet
from rehearsal.faithful import REAL, STOOD_IN
from rehearsal.faults import Faults
from rehearsal.follow import Way, follow
from rehearsal.pipeline import Execution
from rehearsal.pipeline_change import changed
from rehearsal.report.model import Release, Report, Served
from rehearsal.scenario import Scenario
from rehearsal.scenarios import model
from rehearsal.set_up import SetUp, set_up
from rehearsal.snapshot import Audience
from rehearsal.snapshot import Served as Seen
from rehearsal.traffic import Customers

# So that there is a baseline's history, and its functions are warm.
BEFORE_SECONDS = 180.0
# So that one sees who serves the customers when all is over.
AFTER_SECONDS = 180.0
WEEK = timedelta(weeks=1)


class FirstReleaseError(Exception):
    """The checkout itself cannot be released, so nothing can be rehearsed on top of it."""


@dataclass(frozen=True, kw_only=True)
class Orders:
    """How to play.

    Attributes:
        delivery_file: the delivery.
        service: whose pipeline the releases go through.
        seed: what chance is derived from.
        folder: where the world keeps everything; nothing is kept where none is given.
        scratch: a folder for files of our own.
        command: what repeats the run.
    """

    delivery_file: Path
    service: str
    seed: int
    folder: Path | None
    scratch: Path
    command: str


def play(scenario: Scenario, orders: Orders, audience: Audience) -> Report:
    """Set the delivery up, release it, and then what the scenario has.

    Raises:
        FirstReleaseError: the checkout as it stands does not get through its own pipeline.
        DeliveryError, WarmError, WorldError, SourceError, SynthError, CdkError, StuckError,
        FileError, TrafficError: as the parts say.
    """
    began, told = time.monotonic(), scenario.told
    delivery_file = adapt(orders.delivery_file, told.delivery, orders.scratch / "delivery.toml")
    with set_up(delivery_file, audience, seed=orders.seed, folder=orders.folder) as made:
        stage = _Stage(scenario, orders, made, audience)
        stage.first()
        releases = tuple(stage.release(number, each) for number, each in enumerate(told.releases))
        return Report(
            delivery=made.delivery.name,
            made=datetime.now(UTC).replace(microsecond=0),
            seconds=round(time.monotonic() - began, 1),
            seed=orders.seed,
            scenarios=(scenario.name,),
            command=orders.command,
            real=REAL,
            stood_in=STOOD_IN,
            releases=releases,
            denied=tuple(access.denied(made.world)),
            unused=tuple(access.unused(made.world)),
        )


class _Stage:
    """A delivery in its world, with customers."""

    def __init__(self, scenario: Scenario, orders: Orders, made: SetUp, audience: Audience) -> None:
        self._scenario, self._made, self._audience = scenario, made, audience
        self._service = orders.service
        self._pipeline = made.pipelines[orders.service]
        self._traffic = made.traffic[orders.service]
        self._customers = Customers(made.world)
        self._met: set[str] = set()
        # How much later than the scenario says it all happens: whole weeks.
        self._later = timedelta()

    def first(self) -> None:
        """Release the checkout as it stands, change the pipeline, and let customers come."""
        self._audience.step("git push of the checkout as it stands: the first release")
        way = Way(
            title="The first release",
            pipeline=self._pipeline,
            traffic=self._traffic,
            served=self._seen,
        )
        commit = self._push()
        done = follow(self._made.world, way, commit, self._audience)
        if done.status != "Succeeded":
            raise FirstReleaseError(f"the checkout itself is not released: {self._why(done)}")
        self._audience.note("The checkout is released; customers come from now on")
        self._pipeline.change(lambda now: changed(now, self._scenario.told.pipeline))
        for place in self._traffic:
            profile = self._scenario.traffic.get(place.environment)
            if profile is not None:
                self._customers.start(
                    name=place.environment, function=place.target, profile=profile
                )
                self._met.add(place.environment)
        self._wait_for_start()
        self._made.world.clock.sleep(BEFORE_SECONDS)

    def _wait_for_start(self) -> None:
        """Let time pass until it is the scenario's day of the week and time of day.

        The CDK CLI asks AWS by this machine's clock, and takes minutes where that is far off: so
        a world begins now, whenever its scenario does.
        """
        start, clock = self._scenario.told.start, self._made.world.clock
        if start is None:
            return
        wanted = start.astimezone(UTC) - timedelta(seconds=BEFORE_SECONDS)
        now = clock.now()
        clock.sleep((wanted - now).total_seconds() % WEEK.total_seconds())
        self._later = clock.now() - wanted

    def release(self, number: int, told: model.Release) -> Release:
        """Push a release, follow it, and look who serves the customers afterwards."""
        world, name = self._made.world, f"release {number + 1}: {told.name}"
        faults = Faults(world, self._traffic, told.faults)
        before = {place.environment: _whole(place.weights()) for place in self._traffic}
        self._change(told)
        self._audience.step(f"git push of {name}")
        for done in faults.before():
            self._audience.note(done)
        began = world.clock.now()
        commit = self._push(told.message)
        way = Way(
            title=name[0].upper() + name[1:],
            pipeline=self._pipeline,
            traffic=self._traffic,
            served=lambda environment: self._seen(environment, began),
            faults=faults,
            approvals=told.approvals,
        )
        execution = follow(world, way, commit, self._audience)
        world.clock.sleep(AFTER_SECONDS)
        found = collect.release(
            world,
            Pushed(
                name=name,
                commit=commit,
                subject=told.message.splitlines()[0],
                expected=outcome(told.expect),
                began=began,
                execution=execution.id,
            ),
            self._pipeline,
            self._traffic,
            self._counts(),
        )
        serving = {
            place.environment: ServedBy(before=before[place.environment], after=place.weights())
            for place in self._traffic
        }
        expected = told.expect
        if expected.not_before is not None:
            later = expected.not_before + self._later
            expected = expected.model_copy(update={"not_before": later})
        wrong = tuple(unmet(expected, found, execution.status, serving))
        self._audience.note(f"{way.title} {found.outcome}: {found.why}")
        return found.model_copy(update={"unmet": wrong})

    def _change(self, told: model.Release) -> None:
        source = self._made.source
        if told.commit is not None:
            source.overlay(self._scenario.folder / told.commit)
        else:
            source.apply(self._scenario.patch(told), self._scenario.folder / str(told.patch))

    def _push(self, message: str = "") -> str:
        source = self._made.source
        commit = source.commit(message) if message else source.head
        source.push(self._made.repository(self._service))
        return commit

    def _why(self, execution: Execution) -> str:
        failed = [run for run in self._pipeline.actions(execution.id) if run.status == "Failed"]
        told = [f"{run.stage}/{run.action}: {run.message}" for run in failed]
        return "\n".join(told) or execution.message

    def _counts(self) -> Iterator[tuple[str, tuple[Served, ...]]]:
        for environment in sorted(self._met):
            requests: Counter[tuple[datetime, str]] = Counter()
            failed: Counter[tuple[datetime, str]] = Counter()
            for minute in self._customers.counts(environment):
                requests[minute.start, minute.version] += minute.requests
                failed[minute.start, minute.version] += minute.failures
            yield (
                environment,
                tuple(
                    Served(at=at, version=version, requests=count, failed=failed[at, version])
                    for (at, version), count in sorted(requests.items())
                ),
            )

    def _seen(self, environment: str, since: datetime | None = None) -> Mapping[str, Seen]:
        requests: Counter[str] = Counter()
        failed: Counter[str] = Counter()
        for minute in self._customers.counts(environment) if environment in self._met else ():
            if since is None or minute.start >= since.replace(second=0, microsecond=0):
                requests[minute.version] += minute.requests
                failed[minute.version] += minute.failures
        return {
            version: Seen(requests=count, failed=failed[version])
            for version, count in requests.items()
        }


def _whole(weights: Mapping[str, float]) -> str:
    """The version with all or most of the traffic."""
    return max(weights, key=lambda version: weights[version])
