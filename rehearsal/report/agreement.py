"""Whether the customers and the gate counted the same, and whether all went as it should."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from rehearsal.report.canary import Record
from rehearsal.report.model import Environment, Release, Report

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One version in the minutes that a deployment was judged by, counted twice.

    Attributes:
        environment: where.
        deployment: the deployment's id.
        version: the version.
        requests: by the customers' count, and by the record's.
        failed: by the customers' count, and the record's least and most. A request that raises may
            be an error and an HTTP 5xx as well, so that its two counts are bounds of one number.
    """

    environment: str
    deployment: str
    version: str
    requests: tuple[int, int]
    failed: tuple[int, int, int]

    @property
    def agrees(self) -> bool:
        """Whether both counted the same."""
        customers, least, most = self.failed
        return self.requests[0] == self.requests[1] and least <= customers <= most


def compare(environment: Environment) -> Iterator[Compared]:
    """Hold the customers' count against each record's, in the minutes that the record has."""
    for deployment in environment.deployments:
        record = Record.of(deployment)
        if record is None or record.canary is None:
            continue
        canary = record.canary
        minutes = {canary.start + each.minute * MINUTE for each in canary.minutes}
        own = _customers(environment, minutes)
        for part, version in sorted(record.versions.items()):
            counts = [each.canary if part == "canary" else each.baseline for each in canary.minutes]
            errors = [(each.errors, each.http_5xx or 0) for each in counts]
            yield Compared(
                environment=environment.name,
                deployment=deployment.id,
                version=version,
                requests=(own["requests", version], sum(each.requests for each in counts)),
                failed=(
                    own["failed", version],
                    sum(max(both) for both in errors),
                    sum(sum(both) for both in errors),
                ),
            )


def _customers(environment: Environment, minutes: set[datetime]) -> Counter[tuple[str, str]]:
    own: Counter[tuple[str, str]] = Counter()
    for served in environment.customers:
        if served.at.replace(second=0, microsecond=0) in minutes:
            own["requests", served.version] += served.requests
            own["failed", served.version] += served.failed
    return own


def failed(release: Release) -> int:
    """How many customer requests failed during a release."""
    return sum(each.failed for where in release.environments for each in where.customers)


def findings(report: Report) -> list[str]:
    """What was not as it should be, each in one sentence; nothing where all was."""
    found = []
    for release in report.releases:
        name, outcome = release.name, release.outcome
        if outcome is not release.expected:
            found.append(f"{name}: it {words(outcome)}; expected: {release.expected}.")
        found += [f"{name}: {each}." for each in release.unmet]
        found += [
            f"{name}: the customers and the gate counted differently in {where.name}."
            for where in release.environments
            if not all(row.agrees for row in compare(where))
        ]
    if report.denied:
        calls = "1 call was" if len(report.denied) == 1 else f"{len(report.denied)} calls were"
        found.append(f"{calls} denied; none should be.")
    if not report.releases:
        found.append("No release was made.")
    return found


def words(outcome: str) -> str:
    """How a release ended, as a verb."""
    return "was stopped" if outcome == "stopped" else outcome
