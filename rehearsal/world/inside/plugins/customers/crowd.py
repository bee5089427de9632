"""One crowd of customers: from its start, once the alias is there, until it is told to stop."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from rehearsal.world.inside.clock import Party
from rehearsal.world.inside.plugins.customers.arrivals import Arrival, Kind, Spread, arrivals
from rehearsal.world.inside.plugins.customers.background import Background
from rehearsal.world.inside.plugins.customers.bursts import Burst
from rehearsal.world.inside.plugins.customers.counts import Counts, failure
from rehearsal.world.inside.setting import Setting

# How often it is looked whether the alias is there.
LOOK_SECONDS = 5.0
# More than any function here has environments at a time.
MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What customers are to do.

    Attributes:
        function: its name and alias, as `orders:live`.
        account: whose function it is.
        region: where it is.
        per_second: how many requests; none at all where zero.
        spread: see `arrivals`.
        slow_ms: how long a customer waits before calling it slow.
        kinds: what they ask for.
        bursts: when they ask for something else.
    """

    function: str
    account: str
    region: str
    per_second: float
    spread: Spread
    slow_ms: float
    kinds: list[Kind]
    bursts: list[Burst]


class Crowd:
    """Customers of one function."""

    def __init__(
        self,
        world: Setting,
        background: Background,
        name: str,
        wanted: Wanted,
        on_begin: Callable[[], object],
    ) -> None:
        self.counts = Counts(wanted.slow_ms)
        # What went wrong with the customers themselves: then their counts are worth nothing.
        self.broken = ""
        self.began: float | None = None
        self._world, self._background, self._name, self._wanted = world, background, name, wanted
        self._on_begin = on_begin
        self._stopped = False
        self._pool = ThreadPoolExecutor(MOST_AT_ONCE, f"customer {name}", initializer=self._here)

    def start(self) -> None:
        """Customers come from now on, whenever time passes."""
        if self._wanted.per_second > 0:
            self._world.parties.start(f"customers {self._name}", self._guarded)

    def stop(self) -> None:
        """No more customers come; who has come is still answered."""
        self._stopped = True

    def _here(self) -> None:
        get = self._world.seams.get
        get("responses.set_request_account_id")(self._wanted.account)
        get("responses.set_request_region")(self._wanted.region)

    def _guarded(self) -> None:
        try:
            self._here()
            self._come()
        except Exception as error:  # noqa: BLE001 - told to whoever asks for the counts
            self._break(error)
        finally:
            self._pool.shutdown(wait=False)

    def _break(self, error: Exception) -> None:
        self.broken = self.broken or f"{type(error).__name__}: {error}"
        self._stopped = True
        logging.getLogger(__name__).exception("the customers %s are broken", self._name)

    def _come(self) -> None:
        wanted, clock, me = self._wanted, self._world.clock, self._world.parties.current()
        chance = self._world.chance(f"customers/{self._name}")
        coming = arrivals(wanted.kinds, wanted.per_second, wanted.spread, chance, wanted.bursts)
        while not self._stopped:
            if not self._is_there():
                clock.sleep(LOOK_SECONDS, me, background=True)
                continue
            if self.began is None:
                self.began = clock.now()
                self._on_begin()
            arrival = next(coming)
            clock.sleep(arrival.gap, me, background=True)
            if not self._stopped and self._is_there():
                self._send(arrival)

    def _is_there(self) -> bool:
        name, _, alias = self._wanted.function.partition(":")
        function = self._world.seams.get("lambda_svc._functions").get(name)
        return bool(function) and alias in (function.get("aliases") or {})

    def _send(self, arrival: Arrival) -> None:
        # Entered before this thread sleeps again, so that time waits for the request.
        party = self._background.enter(f"customer {self._name}")
        self._pool.submit(self._served, party, arrival)

    def _served(self, party: Party, arrival: Arrival) -> None:
        with self._world.parties.on_this_thread(party):
            try:
                self._serve(arrival)
            except Exception as error:  # noqa: BLE001 - told to whoever asks for the counts
                self._break(error)

    def _serve(self, arrival: Arrival) -> None:
        get, came = self._world.seams.get, self._world.clock.now()
        record, config, _ = get("lambda_svc._get_func_record_for_ref")(self._wanted.function)
        if record is None:
            # It went away between the look and the call: nobody was there to be counted by.
            return
        invoked = {**record, "config": config}
        result: dict[str, Any] = get("lambda_svc._execute_function")(invoked, arrival.event)
        self.counts.add(
            came=came,
            version=str(config.get("Version")),
            kind=arrival.kind.name,
            failed=failure(result, arrival.kind.expect_status),
            latency_ms=(self._world.clock.now() - came) * 1000,
        )
