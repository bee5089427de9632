"""One deployment as CodeDeploy tells of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from rehearsal.world.inside.clock import Signal

HOOKS = ("BeforeAllowTraffic", "AfterAllowTraffic")
EVENTS = ("BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic")
OVER = frozenset({"Succeeded", "Failed", "Stopped"})


@dataclass(frozen=True, kw_only=True)
class Shift:
    """What an AppSpec for Lambda asks for.

    Attributes:
        function: whose alias moves.
        alias: the alias.
        current: the version that it is on.
        target: the version that it goes to.
        hooks: the function of each lifecycle event that has one.
    """

    function: str
    alias: str
    current: str
    target: str
    hooks: Mapping[str, str]

    def reversed(self) -> "Shift":
        """Back again, without hooks."""
        return replace(self, current=self.target, target=self.current, hooks={})


@dataclass(eq=False, kw_only=True)
class Deployment:
    """A deployment and its one target.

    Attributes:
        info: `DeploymentInfo`, but for what is set when it is read.
        shift: what it does.
        group: its deployment group as it was at the start.
        stop: given when it is to stop, by a request.
        ended: given when it and the rollback that it may need are over.
        events: its lifecycle events by name.
        weight: how much goes to the target version, from 0 to 1.
        rollback_asked: whether who stopped it wants it rolled back.
        hook: the hook that is waited for: its execution's id, what is told, and its status.
    """

    info: dict[str, Any]
    shift: Shift
    group: Mapping[str, Any]
    stop: Signal
    ended: Signal
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    weight: float = 0.0
    rollback_asked: bool | None = None
    hook: tuple[str, Signal] | None = None
    hook_status: str = ""
    hooks_done: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for name in EVENTS:
            absent = name in HOOKS and name not in self.shift.hooks
            self.events[name] = {
                "lifecycleEventName": name,
                "status": "Skipped" if absent else "Pending",
            }

    @property
    def over(self) -> bool:
        """Whether it has come to an end."""
        return self.info["status"] in OVER

    @property
    def target_id(self) -> str:
        """The id of its one target."""
        return f"{self.shift.function}:{self.shift.alias}"

    def begin(self, event: str, now: float) -> None:
        """A lifecycle event begins."""
        self.events[event].update(status="InProgress", startTime=now)

    def end(self, event: str, status: str, now: float) -> None:
        """A lifecycle event ends."""
        self.events[event].update(status=status, endTime=now)

    def target(self, now: float) -> dict[str, Any]:
        """`LambdaTarget`."""
        return {
            "deploymentId": self.info["deploymentId"],
            "targetId": self.target_id,
            "status": "Succeeded" if self.info["status"] == "Succeeded" else self._unfinished(),
            "lastUpdatedAt": now,
            "lifecycleEvents": [dict(event) for event in self.events.values()],
            "lambdaFunctionInfo": {
                "functionName": self.shift.function,
                "functionAlias": self.shift.alias,
                "currentVersion": self.shift.current,
                "targetVersion": self.shift.target,
                "targetVersionWeight": self.weight,
            },
        }

    def _unfinished(self) -> str:
        return "Failed" if self.over else "InProgress"


def read_app_spec(content: str) -> Shift:
    """What an AppSpec asks for, in YAML or JSON.

    Raises:
        ValueError: it is no AppSpec for one Lambda function.
    """
    try:
        spec = yaml.safe_load(content)
        (resource,) = (each for entry in spec["Resources"] for each in entry.values())
        properties = resource["Properties"]
        entries = spec.get("Hooks") or ()
        hooks = {name: function for entry in entries for name, function in entry.items()}
        return Shift(
            function=properties["Name"],
            alias=properties["Alias"],
            current=str(properties["CurrentVersion"]),
            target=str(properties["TargetVersion"]),
            hooks=hooks,
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no AppSpec for Lambda: {json.dumps(content)[:200]}") from error
