"""What stops a deployment from outside: its group's alarms, seen with the service role's eyes."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

TYPES = ["MetricAlarm", "CompositeAlarm"]


class UnreadableError(Exception):
    """The state of an alarm cannot be had."""


def red(group: Mapping[str, Any], cloudwatch: Any) -> list[str]:
    """The group's alarms that are in ALARM now.

    Raises:
        UnreadableError: one is not there or may not be read, and the group does not ignore that.
    """
    configured = group.get("alarmConfiguration") or {}
    if not configured.get("enabled"):
        return []
    names = [alarm["name"] for alarm in configured.get("alarms") or ()]
    try:
        states = {name: _state(cloudwatch, name) for name in names}
    except UnreadableError:
        if not configured.get("ignorePollAlarmFailure"):
            raise
        states = dict(_readable(cloudwatch, names))
    return [name for name, state in states.items() if state == "ALARM"]


def _readable(cloudwatch: Any, names: list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        try:
            yield name, _state(cloudwatch, name)
        except UnreadableError:
            continue


def _state(cloudwatch: Any, name: str) -> str:
    # One by one: so IAM decides on each alarm's own ARN.
    try:
        found = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=TYPES)
    except (BotoCoreError, ClientError) as error:
        raise UnreadableError(f"the state of alarm {name} cannot be read: {error}") from error
    for alarm in [*found["MetricAlarms"], *found["CompositeAlarms"]]:
        return str(alarm["StateValue"])
    raise UnreadableError(f"there is no alarm {name}")
