"""The conditions of a pipeline's stages: what lets a release in, and what takes it back.

From "Configure conditions for a stage" and the rule reference of the CodePipeline User Guide.
Written as the template has them: the CDK's own rules take no closed role.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lockgate.care import DeploymentWindow

Rule = Mapping[str, Any]
FAIL, ROLLBACK = "FAIL", "ROLLBACK"
# CodePipeline: one condition has one to five rules.
MOST_RULES = 5


def window_open(environment: str, window: DeploymentWindow) -> Rule:
    """Wait until the environment's window is open.

    Never in one condition with an alarm: CodePipeline would look at the alarm while it still
    waits for the window, and not again.
    """
    return _rule(
        f"{environment}-window",
        "DeploymentWindow",
        {"Cron": window.cron, "TimeZone": window.time_zone},
    )


def healthy(environment: str, alarm: str, *, role_arn: str, region: str | None) -> Rule:
    """The environment's aggregate alarm is not red now."""
    return _alarm(f"{environment}-health", alarm, {}, role_arn=role_arn, region=region)


def stays_healthy(
    environment: str, alarm: str, *, minutes: int, role_arn: str, region: str | None
) -> Rule:
    """The environment's aggregate alarm does not turn red for so many minutes."""
    wait = {"WaitTime": str(minutes)}
    return _alarm(f"{environment}-bake", alarm, wait, role_arn=role_arn, region=region)


def all_of(rules: Sequence[Rule], *, otherwise: str) -> Mapping[str, Any]:
    """The conditions that hold when every rule does; `otherwise` is done when one does not.

    Raises:
        ValueError: there are none, or more than CodePipeline takes.
    """
    if not 1 <= len(rules) <= MOST_RULES:
        raise ValueError(f"a condition has 1 to {MOST_RULES} rules, not {len(rules)}")
    return {"Conditions": [{"Result": otherwise, "Rules": list(rules)}]}


def _alarm(
    name: str, alarm: str, wait: Mapping[str, str], *, role_arn: str, region: str | None
) -> Rule:
    return _rule(
        name,
        "CloudWatchAlarm",
        # Without data nothing is known: an alarm over alarms is never without for long.
        {"AlarmName": alarm, "AlarmStates": "ALARM,INSUFFICIENT_DATA", **wait},
        role_arn=role_arn,
        region=region,
    )


def _rule(
    name: str,
    provider: str,
    configuration: Mapping[str, str],
    *,
    role_arn: str | None = None,
    region: str | None = None,
) -> Rule:
    return {
        "Name": name,
        "RuleTypeId": {"Category": "Rule", "Owner": "AWS", "Provider": provider, "Version": "1"},
        "Configuration": dict(configuration),
        **({"RoleArn": role_arn} if role_arn else {}),
        **({"Region": region} if region else {}),
    }
