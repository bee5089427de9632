"""What a delivery would deploy: the facts that `make overview` shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rehearsal.assembly import Assembly, Stack, shape
from rehearsal.costs import SOURCE, Cost, idle

CONFIG = "AWS::CodeDeploy::DeploymentConfig"
GROUP = "AWS::CodeDeploy::DeploymentGroup"
PIPELINE = "AWS::CodePipeline::Pipeline"
ROLE = "AWS::IAM::Role"
UPDATE = "CodeDeployLambdaAliasUpdate"
HOOKS = {"BeforeAllowTrafficHook": "before", "AfterAllowTrafficHook": "after"}
# CodeDeploy's events, in our words.
ROLLBACKS = {
    "DEPLOYMENT_FAILURE": "failure",
    "DEPLOYMENT_STOP_ON_ALARM": "alarm",
    "DEPLOYMENT_STOP_ON_REQUEST": "stop",
}


@dataclass(frozen=True, kw_only=True)
class StackFacts:
    """One stack: what for, where (None: as the credentials say), how much of it, its idle cost."""

    name: str
    purpose: str
    account: str | None
    region: str | None
    resources: int
    roles: int
    acknowledged: int
    protected: bool
    idle: Cost


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage: its steps in order, each the actions that run side by side."""

    name: str
    steps: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class PipelineFacts:
    """A pipeline and its stages in order."""

    name: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, kw_only=True)
class SightFacts:
    """What a canary can see, as synth has reckoned it.

    Attributes:
        requests: how many the new version can expect on trial.
        synthetic: how many go to each version before.
        certifying: how many without a failure certify the objective.
        stopped_from: by how much the current version fails, in percent, from how many percent on
            a new one is stopped nine times of ten; None where it never is.
    """

    requests: int
    synthetic: int
    certifying: int
    stopped_from: tuple[tuple[float, float | None], ...]


@dataclass(frozen=True, kw_only=True)
class EnvironmentFacts:
    """How a service's releases meet traffic in one environment.

    Attributes:
        service: the service.
        environment: the environment.
        percent: of the traffic that the canary gets, None where it is no canary.
        minutes: that the canary lasts, None likewise.
        alarms: how many alarms roll it back.
        hooks: when a hook runs: before the traffic, after it.
        rolls_back_on: what makes it roll back: failure, alarm, stop.
        sees: what the canary can see, None where the template does not say.
    """

    service: str
    environment: str
    percent: int | None
    minutes: int | None
    alarms: int
    hooks: tuple[str, ...]
    rolls_back_on: tuple[str, ...]
    sees: SightFacts | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A rule that a construct breaks."""

    rule: str
    construct: str


@dataclass(frozen=True, kw_only=True)
class PackFacts:
    """What a rule pack said: findings, which fail a synth, and how many are acknowledged."""

    name: str
    findings: tuple[Finding, ...]
    acknowledged: int


@dataclass(frozen=True, kw_only=True)
class Overview:
    """All of it, with the idle cost of all stacks in sum and where the prices are from."""

    stacks: tuple[StackFacts, ...]
    pipelines: tuple[PipelineFacts, ...]
    environments: tuple[EnvironmentFacts, ...]
    packs: tuple[PackFacts, ...]
    idle: Cost
    prices: str = SOURCE

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of every pack; with one, nothing may be deployed."""
        return tuple(finding for pack in self.packs for finding in pack.findings)


def overview(assembly: Assembly) -> Overview:
    """Read the facts out of an assembly.

    Raises:
        AssemblyError: a template or the report has not the shape that a synth writes.
    """
    with shape(assembly.report_file):
        packs = [_pack(pack) for pack in assembly.report["pluginReports"]]
        acknowledged = [
            finding.construct.split("/")[0]
            for pack in assembly.report["pluginReports"]
            for finding in _findings(pack.get("suppressedViolations", []))
        ]
    stacks, pipelines, environments = [], [], []
    for stack in assembly.stacks:
        with shape(stack.file):
            stacks.append(_stack(stack, acknowledged.count(stack.name)))
            pipelines += [_pipeline(stack.name, each) for each in stack.of_type(PIPELINE).values()]
            environments += [
                _environment(stack, logical_id, group)
                for logical_id, group in stack.of_type(GROUP).items()
            ]
    return Overview(
        stacks=tuple(stacks),
        pipelines=tuple(pipelines),
        environments=tuple(environments),
        packs=tuple(packs),
        idle=idle(stack.template for stack in assembly.stacks),
    )


def _stack(stack: Stack, acknowledged: int) -> StackFacts:
    return StackFacts(
        name=stack.name,
        purpose=stack.template.get("Description", ""),
        account=stack.account,
        region=stack.region,
        resources=len(stack.template["Resources"]),
        roles=len(stack.of_type(ROLE)),
        acknowledged=acknowledged,
        protected=stack.protected,
        idle=idle([stack.template]),
    )


def _pipeline(stack: str, properties: Mapping[str, Any]) -> PipelineFacts:
    return PipelineFacts(
        name=properties.get("Name", stack),
        stages=tuple(
            Stage(name=stage["Name"], steps=_steps(stage["Actions"]))
            for stage in properties["Stages"]
        ),
    )


def _steps(actions: list[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    ordered = sorted(actions, key=_run_order)
    return tuple(
        tuple(action["Name"] for action in together)
        for _, together in groupby(ordered, key=_run_order)
    )


def _run_order(action: Mapping[str, Any]) -> int:
    return int(action.get("RunOrder", 1))


def _environment(stack: Stack, logical_id: str, group: Mapping[str, Any]) -> EnvironmentFacts:
    said = stack.template.get("Metadata", {}).get("Lockgate", {})
    canary = _canary(stack, group)
    updates = [
        resource["UpdatePolicy"][UPDATE]
        for resource in stack.template["Resources"].values()
        if UPDATE in resource.get("UpdatePolicy", {})
    ]
    hooked = [each for each in updates if each["DeploymentGroupName"] == {"Ref": logical_id}]
    rollback = group.get("AutoRollbackConfiguration", {})
    alarms = group.get("AlarmConfiguration", {})
    return EnvironmentFacts(
        service=said.get("Service", stack.name),
        environment=said.get("Environment", ""),
        percent=canary.get("CanaryPercentage"),
        minutes=canary.get("CanaryInterval"),
        alarms=len(alarms.get("Alarms", [])) if alarms.get("Enabled") else 0,
        hooks=tuple(
            word for key, word in HOOKS.items() if hooked and all(key in each for each in hooked)
        ),
        rolls_back_on=tuple(
            word
            for event, word in ROLLBACKS.items()
            if rollback.get("Enabled") and event in rollback.get("Events", [])
        ),
        sees=_sight(said["Canary"]) if "Canary" in said else None,
    )


def _sight(seen: Mapping[str, Any]) -> SightFacts:
    return SightFacts(
        requests=seen["ExpectedRequests"],
        synthetic=seen["SyntheticRequests"],
        certifying=seen["CleanRequests"],
        stopped_from=tuple(
            (float(each["CurrentPercent"]), _percent(each.get("StoppedPercent")))
            for each in seen["Regressions"]
        ),
    )


def _percent(text: str | None) -> float | None:
    return None if text is None else float(text)


def _canary(stack: Stack, group: Mapping[str, Any]) -> Mapping[str, Any]:
    """The canary that a group's deployments follow, empty where the template has none."""
    match group.get("DeploymentConfigName"):
        case {"Ref": name}:
            config = stack.of_type(CONFIG)[name]
            return dict(config["TrafficRoutingConfig"].get("TimeBasedCanary", {}))
        case _:
            return {}


def _pack(pack: Mapping[str, Any]) -> PackFacts:
    return PackFacts(
        name=pack["pluginName"],
        findings=tuple(_findings(pack.get("violations", []))),
        acknowledged=len(list(_findings(pack.get("suppressedViolations", [])))),
    )


def _findings(violations: list[Mapping[str, Any]]) -> Iterator[Finding]:
    for violation in violations:
        for construct in violation["violatingConstructs"]:
            yield Finding(rule=violation["ruleName"], construct=construct["constructPath"])
