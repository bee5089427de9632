"""What was refused in a world, and what has died there, from some moment on."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rehearsal.permissions.mailbox import alarm_name
from rehearsal.permissions.statements import Refused
from rehearsal.world.calls import FILE, Decision
from rehearsal.world.world import World

# In the words of AWS, wherever they stand: in the world's log, in why an execution failed.
SAID = re.compile(r"User: (\S+) is not authorized to perform: (\S+) on resource: (\S+)")
FAILURES = "AWS/States"


class Since:
    """What has happened in a world since this was made."""

    def __init__(self, world: World) -> None:
        """From now on."""
        self._world, self._began = world, world.clock.now()
        self._calls = (world.folder / FILE).stat().st_size
        self._log = world.log.stat().st_size

    @property
    def began(self) -> datetime:
        """When, by the world's clock."""
        return self._began

    def decisions(self) -> Iterator[Decision]:
        """What IAM decided, in the order in which calls were answered."""
        with (self._world.folder / FILE).open(encoding="utf-8") as lines:
            lines.seek(self._calls)
            for line in lines:
                for each in json.loads(line)["decisions"]:
                    yield Decision(**{**each, "statements": tuple(map(tuple, each["statements"]))})

    def refused(self) -> Iterator[Refused]:
        """What IAM did not allow: in calls, and between services, of which there is no record."""
        for each in self.decisions():
            if not each.allowed:
                yield Refused(
                    role=role_of(each.principal), action=each.action, resource=each.resource
                )
        with self._world.log.open(encoding="utf-8", errors="replace") as log:
            log.seek(self._log)
            yield from told_in(log.read())
        for execution in self.failed_executions():
            yield from told_in(json.dumps(execution, default=str))

    def failed_executions(self) -> list[dict[str, Any]]:
        """The histories of the state machines' executions that failed."""
        client = self._world.client("stepfunctions")
        return [
            client.get_execution_history(executionArn=each["executionArn"], maxResults=1000)[
                "events"
            ]
            for machine in client.list_state_machines()["stateMachines"]
            for each in client.list_executions(
                stateMachineArn=machine["stateMachineArn"], statusFilter="FAILED"
            )["executions"]
            if each["startDate"] >= self._began
        ]

    def dead(self) -> set[str]:
        """The alarms on executions that failed: the world has no metrics of Step Functions."""
        return set(_on_executions(self._world)) if self.failed_executions() else set()


def told_in(text: str) -> Iterator[Refused]:
    """What a text says was refused."""
    for who, action, resource in SAID.findall(text):
        yield Refused(role=role_of(who), action=action, resource=resource.rstrip('".,\\'))


def role_of(principal: str) -> str:
    """The role's name in the ARN of a session, or nothing."""
    kind, _, rest = principal.rpartition(":")[2].partition("/")
    return rest.partition("/")[0] if kind == "assumed-role" else ""


def _on_executions(world: World) -> Iterator[str]:
    for page in world.client("cloudwatch").get_paginator("describe_alarms").paginate():
        for alarm in page["MetricAlarms"]:
            metrics = [each.get("MetricStat", {}) for each in alarm.get("Metrics") or ()]
            if FAILURES in [each.get("Metric", {}).get("Namespace") for each in metrics]:
                yield alarm_name(alarm["AlarmName"])
