"""What the customers of each environment met, by their own count."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from rehearsal.deployments import Traffic
from rehearsal.report.model import Served
from rehearsal.snapshot import Served as Seen
from rehearsal.traffic import Customers, Minute, TrafficProfile
from rehearsal.world.world import World


class Met:
    """The customers of a service, in the environments that have some."""

    def __init__(self, world: World) -> None:
        """Nobody comes yet."""
        self._customers = Customers(world)
        self._where: set[str] = set()

    def begin(self, place: Traffic, profile: TrafficProfile) -> None:
        """Let customers come to an environment from now on."""
        self._customers.start(name=place.environment, function=place.target, profile=profile)
        self._where.add(place.environment)

    @contextmanager
    def meanwhile(
        self, targets: Mapping[str, str], profiles: Mapping[str, TrafficProfile]
    ) -> Iterator[None]:
        """Let customers come inside, as soon as there is what they call, and count none of them."""
        coming = {name: f"first-{name}" for name in targets if name in profiles}
        for environment, name in coming.items():
            self._customers.start(
                name=name, function=targets[environment], profile=profiles[environment]
            )
        yield
        for name in coming.values():
            self._customers.stop(name)

    def all(self, environment: str) -> list[Minute]:
        """All that they met, in order of time."""
        return self._customers.counts(environment) if environment in self._where else []

    def served(self) -> Iterator[tuple[str, tuple[Served, ...]]]:
        """Each environment's count, by minute and version, as the report has it."""
        for environment in sorted(self._where):
            requests: Counter[tuple[datetime, str]] = Counter()
            failed: Counter[tuple[datetime, str]] = Counter()
            for minute in self.all(environment):
                requests[minute.start, minute.version] += minute.requests
                failed[minute.start, minute.version] += minute.failures
            counts = (
                Served(at=at, version=version, requests=count, failed=failed[at, version])
                for (at, version), count in sorted(requests.items())
            )
            yield environment, tuple(counts)

    def seen(self, environment: str, since: datetime | None = None) -> Mapping[str, Seen]:
        """What each version has served, from the minute of a moment on."""
        requests: Counter[str] = Counter()
        failed: Counter[str] = Counter()
        for minute in self.all(environment):
            if since is None or minute.start >= since.replace(second=0, microsecond=0):
                requests[minute.version] += minute.requests
                failed[minute.version] += minute.failures
        return {
            version: Seen(requests=count, failed=failed[version])
            for version, count in requests.items()
        }
