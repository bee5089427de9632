"""A delivery in its world, with customers, on which releases are played."""

from collections.abc import Mapping
from datetime import UTC, timedelta

from rehearsal import collect
from rehearsal.collect import Pushed
from rehearsal.expectations import Served, outcome, unmet
from rehearsal.faults import Faults
from rehearsal.follow import Way, follow
from rehearsal.met import Met
from rehearsal.pipeline import Execution
from rehearsal.report.model import Release
from rehearsal.scenario import Scenario
from rehearsal.scenarios import model
from rehearsal.set_up import SetUp
from rehearsal.snapshot import Audience

# So that there is a baseline's history, and its functions are warm.
BEFORE_SECONDS = 180.0
# So that one sees who serves the customers when all is over.
AFTER_SECONDS = 180.0
WEEK = timedelta(weeks=1)


class FirstReleaseError(Exception):
    """The checkout itself cannot be released, so nothing can be rehearsed on top of it."""


class Stage:
    """A delivery in its world, with customers."""

    def __init__(self, scenario: Scenario, service: str, made: SetUp, audience: Audience) -> None:
        self._scenario, self._made, self._audience = scenario, made, audience
        self._service = service
        self._pipeline, self._traffic = made.pipelines[service], made.traffic[service]
        self._met = Met(made.world)
        # How much later than the scenario says it all happens: whole weeks.
        self._later = timedelta()

    def first(self) -> None:
        """Release the checkout as it stands.

        It needs customers as well, or it never bakes.

        Raises:
            FirstReleaseError: it does not get through its own pipeline.
        """
        self._audience.step("git push of the checkout as it stands: the first release")
        way = Way(
            title="The first release",
            pipeline=self._pipeline,
            traffic=self._traffic,
            served=self._met.seen,
            met=self._met.all,
        )
        assembly = self._made.assembly
        targets = {each.environment: assembly.target(each.stack) for each in self._traffic}
        with self._met.meanwhile(targets, self._scenario.traffic):
            done = follow(self._made.world, way, self._push(), self._audience)
        if done.status != "Succeeded":
            raise FirstReleaseError(f"the checkout itself is not released: {self._why(done)}")

    def open(self) -> None:
        """Let the scenario's customers come, from its time of day on."""
        self._audience.note("The checkout is released; the scenario's customers come from now on")
        self._wait_for_start()
        for place in self._traffic:
            profile = self._scenario.traffic.get(place.environment)
            if profile is not None:
                self._met.begin(place, profile)
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
        faults = Faults(world, self._made.delivery.name, self._traffic, told.faults)
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
            served=lambda environment: self._met.seen(environment, began),
            met=self._met.all,
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
            self._met.served(),
        )
        serving = {
            place.environment: Served(before=before[place.environment], after=place.weights())
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


def _whole(weights: Mapping[str, float]) -> str:
    """The version with all or most of the traffic."""
    return max(weights, key=lambda version: weights[version])
