"""What a delivery would deploy: the facts that `make demo` shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rehearsal.assembly import Assembly, Stack
from rehearsal.costs import Cost, idle

ALARM = "AWS::CloudWatch::Alarm"
GROUP = "AWS::CodeDeploy::DeploymentGroup"
# CodeDeploy's events, in our words.
ROLLBACKS = {
    "DEPLOYMENT_FAILURE": "failure",
    "DEPLOYMENT_STOP_ON_ALARM": "alarm",
    "DEPLOYMENT_STOP_ON_REQUEST": "stop",
}
PIPELINE = "AWS::CodePipeline::Pipeline"
ROLE = "AWS::IAM::Role"
SHIFT = "AWS::CodeDeploy::DeploymentConfig"


@dataclass(frozen=True, kw_only=True)
class StackFacts:
    """One line of the table of stacks."""

    name: str
    purpose: str
    place: str
    resources: int
    roles: int
    acknowledged: int
    protected: bool
    idle: Cost


@dataclass(frozen=True, kw_only=True)
class PipelineFacts:
    """A pipeline: its stages in order, each a name and its actions by run order."""

    name: str
    stages: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]


@dataclass(frozen=True, kw_only=True)
class EnvironmentFacts:
    """How a service's releases meet traffic in one environment."""

    service: str
    environment: str
    percent: int
    minutes: int
    alarms: int
    hooks: tuple[str, ...]
    rolls_back_on: tuple[str, ...]
    idle: Cost


@dataclass(frozen=True, kw_only=True)
class PackFacts:
    """What a rule pack said: findings that fail the synth, and those acknowledged."""

    name: str
    findings: int
    acknowledged: int


@dataclass(frozen=True, kw_only=True)
class Overview:
    """All of it."""

    stacks: tuple[StackFacts, ...]
    pipelines: tuple[PipelineFacts, ...]
    environments: tuple[EnvironmentFacts, ...]
    packs: tuple[PackFacts, ...]

    @property
    def idle(self) -> Cost:
        """What everything costs a month when idle."""
        unknown = {kind for stack in self.stacks for kind in stack.idle.unknown}
        return Cost(
            usd=round(sum(stack.idle.usd for stack in self.stacks), 2),
            unknown=tuple(sorted(unknown)),
        )


def overview(assembly: Assembly) -> Overview:
    """Read the facts out of an assembly."""
    acknowledged = [path for path, _ in _findings(assembly.report, "suppressedViolations")]
    return Overview(
        stacks=tuple(_stack(stack, acknowledged) for stack in assembly.stacks),
        pipelines=tuple(
            _pipeline(stack.name, properties)
            for stack in assembly.stacks
            for properties in stack.of_type(PIPELINE)
        ),
        environments=tuple(
            _environment(stack) for stack in assembly.stacks if stack.of_type(GROUP)
        ),
        packs=tuple(_pack(pack) for pack in assembly.report.get("pluginReports", [])),
    )


def _stack(stack: Stack, acknowledged: list[str]) -> StackFacts:
    place = f"{stack.account or 'your account'} / {stack.region or 'your Region'}"
    return StackFacts(
        name=stack.name,
        purpose=stack.template.get("Description", ""),
        place=place,
        resources=len(stack.template["Resources"]),
        roles=len(stack.of_type(ROLE)),
        acknowledged=sum(path.split("/")[0] == stack.name for path in acknowledged),
        protected=stack.protected,
        idle=idle(stack.template),
    )


def _pipeline(stack: str, properties: Mapping[str, Any]) -> PipelineFacts:
    return PipelineFacts(
        name=properties.get("Name", stack),
        stages=tuple((stage["Name"], _steps(stage["Actions"])) for stage in properties["Stages"]),
    )


def _steps(actions: list[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    ordered = sorted(actions, key=_run_order)
    return tuple(
        tuple(action["Name"] for action in together)
        for _, together in groupby(ordered, key=_run_order)
    )


def _run_order(action: Mapping[str, Any]) -> int:
    return int(action.get("RunOrder", 1))


def _environment(stack: Stack) -> EnvironmentFacts:
    said = stack.template.get("Metadata", {}).get("Lockgate", {})
    [group] = stack.of_type(GROUP)
    [shift] = stack.of_type(SHIFT)
    canary = shift["TrafficRoutingConfig"]["TimeBasedCanary"]
    updates = [
        resource["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        for resource in stack.template["Resources"].values()
        if "CodeDeployLambdaAliasUpdate" in resource.get("UpdatePolicy", {})
    ]
    hooks = {"BeforeAllowTrafficHook": "before", "AfterAllowTrafficHook": "after"}
    events = group["AutoRollbackConfiguration"]["Events"]
    return EnvironmentFacts(
        service=said.get("Service", stack.name),
        environment=said.get("Environment", ""),
        percent=canary["CanaryPercentage"],
        minutes=canary["CanaryInterval"],
        alarms=len(group["AlarmConfiguration"]["Alarms"]),
        hooks=tuple(word for key, word in hooks.items() if all(key in u for u in updates)),
        rolls_back_on=tuple(ROLLBACKS[event] for event in ROLLBACKS if event in events),
        idle=idle(stack.template),
    )


def _pack(pack: Mapping[str, Any]) -> PackFacts:
    report = {"pluginReports": [pack]}
    return PackFacts(
        name=pack["pluginName"],
        findings=len(list(_findings(report, "violations"))),
        acknowledged=len(list(_findings(report, "suppressedViolations"))),
    )


def _findings(report: Mapping[str, Any], kind: str) -> Iterator[tuple[str, str]]:
    """Each finding of a kind: the construct's path and the rule."""
    for pack in report.get("pluginReports", []):
        for violation in pack.get(kind, []):
            for construct in violation["violatingConstructs"]:
                yield construct["constructPath"], violation["ruleName"]
