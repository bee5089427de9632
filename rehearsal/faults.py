"""What happens to a release from outside, at its moment in the world."""

import json
from collections.abc import Iterator
from datetime import datetime

from rehearsal.deployments import Traffic
from rehearsal.scenarios.model import AlarmRed, Fault, Freeze, HookCrash
from rehearsal.world.world import World

SHIFT = "AllowTraffic"


class Faults:
    """The faults of one release, each done once."""

    def __init__(
        self, world: World, delivery: str, traffic: tuple[Traffic, ...], faults: list[Fault]
    ) -> None:
        """Do these to a release of the delivery, where their time has come."""
        self._world, self._delivery = world, delivery
        self._places = {place.environment: place for place in traffic}
        self._left = list(faults)

    def before(self) -> Iterator[str]:
        """Do what is done before the push; what was done."""
        for fault in [each for each in self._left if not isinstance(each, AlarmRed)]:
            self._left.remove(fault)
            yield self._freeze(fault) if isinstance(fault, Freeze) else self._crash(fault)

    def _crash(self, fault: HookCrash) -> str:
        function = f"{self._places[fault.environment].function}-{fault.hook}"
        self._world.client("lambda").update_function_configuration(
            FunctionName=function, Handler="no_such_module.handle"
        )
        return f"{function} ends before its first line from now on"

    def _freeze(self, fault: Freeze) -> str:
        """What `make freeze` writes."""
        since = self._world.clock.now().isoformat(timespec="seconds")
        by = self._world.client("sts").get_caller_identity()["Arn"]
        said = {"frozen": True, "environments": [], "by": by, "since": since}
        self._world.client("ssm").put_parameter(
            Name=f"/{self._delivery}/freeze",
            Value=json.dumps({**said, "reason": fault.reason}),
            Overwrite=True,
        )
        return f"Releases are frozen: {fault.reason}"

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
