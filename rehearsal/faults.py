"""What happens to a release from outside, at its moment in the world."""

from collections.abc import Iterator
from datetime import datetime

from rehearsal.deployments import Traffic
from rehearsal.scenarios.model import AlarmRed, Fault, HookCrash
from rehearsal.world.world import World

SHIFT = "AllowTraffic"


class Faults:
    """The faults of one release, each done once."""

    def __init__(self, world: World, traffic: tuple[Traffic, ...], faults: list[Fault]) -> None:
        """Do these, where their time has come."""
        self._world = world
        self._places = {place.environment: place for place in traffic}
        self._left = list(faults)

    def before(self) -> Iterator[str]:
        """Do what is done before the push; what was done."""
        for fault in [each for each in self._left if isinstance(each, HookCrash)]:
            self._left.remove(fault)
            function = f"{self._places[fault.environment].function}-{fault.hook}"
            self._world.client("lambda").update_function_configuration(
                FunctionName=function, Handler="no_such_module.handle"
            )
            yield f"{function} ends before its first line from now on"

    @property
    def any_left(self) -> bool:
        """Whether one is still to come."""
        return bool(self._left)

    def due(self) -> Iterator[str]:
        """Do what is due now; what was done."""
        for fault in [each for each in self._left if isinstance(each, AlarmRed)]:
            began = self._shift_began(fault.environment)
            now = self._world.clock.now()
            if began is None or (now - began).total_seconds() < 60 * fault.after_minutes:
                continue
            self._left.remove(fault)
            [name] = self._alarms(fault)
            self._world.client("cloudwatch").set_alarm_state(
                AlarmName=name, StateValue="ALARM", StateReason="the scenario says so"
            )
            yield f"{name} goes red"

    def _shift_began(self, environment: str) -> datetime | None:
        place = self._places[environment]
        newest = place.newest() if place.there else None
        events = newest.lifecycle if newest else ()
        running = [each for each in events if each.name == SHIFT and each.status == "InProgress"]
        return running[0].started if running else None

    def _alarms(self, fault: AlarmRed) -> list[str]:
        """The deployment group's alarm of that kind."""
        place = self._places[fault.environment]
        return [name for name in place.alarms() if f"Alarms{fault.alarm.title()}" in name]
