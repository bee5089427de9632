"""Who is under test and how far the shift is: asked of CodeDeploy, never guessed.

A hook's event holds two ids and no version. The versions, and when traffic began to shift, are in
the deployment's target:
https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_LambdaTarget.html
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import clients
import retry
from deadline import Deadline

READ_ATTEMPTS: Final = 10
# CodeDeploy's own, and the one with which CloudFormation takes a stack back.
ROLLBACK_CREATORS: Final = frozenset({"codeDeployRollback", "CloudFormationRollback"})
UNKNOWN: Final = "unknown"
OVER: Final = frozenset({"Succeeded", "Failed", "Stopped"})
_SHIFT: Final = "AllowTraffic"
_NOT_STARTED: Final = "DeploymentNotStartedException"
_PUBLISHED: Final = re.compile(r"[1-9][0-9]*")


class UnexpectedDeploymentError(Exception):
    """This deployment is not one that may be judged here."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What CodeDeploy says of a deployment as a whole.

    Attributes:
        status: as CodeDeploy names it: InProgress, Stopped, …
        creator: who made the deployment.
        error: why it failed, by CodeDeploy's code; None where it did not.
    """

    status: str
    creator: str
    error: str | None

    @property
    def is_rollback(self) -> bool:
        """Whether this deployment restores the release before."""
        return self.creator in ROLLBACK_CREATORS

    @property
    def is_over(self) -> bool:
        """Whether nothing can be stopped any more."""
        return self.status in OVER


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A shift of one alias from the current version to the target version.

    Attributes:
        deployment_id: CodeDeploy's id of it.
        function_name: the function.
        alias: its alias.
        current_version: what served all traffic before.
        target_version: what is under test.
        shift_began: when the target version got its first traffic; None before.
        shift_ended: when it got all of it, or the shift was given up; None before.
    """

    deployment_id: str
    function_name: str
    alias: str
    current_version: str
    target_version: str
    shift_began: datetime | None = None
    shift_ended: datetime | None = None


def unknown(deployment_id: str) -> Deployment:
    """Give what is known of a deployment before CodeDeploy is asked: whose it should be."""
    return Deployment(
        deployment_id=deployment_id,
        function_name=os.environ.get("FUNCTION_NAME") or UNKNOWN,
        alias=os.environ.get("ALIAS") or UNKNOWN,
        current_version=UNKNOWN,
        target_version=UNKNOWN,
    )


def standing(deployment_id: str, deadline: Deadline) -> Standing:
    """Ask how the deployment stands.

    Raises:
        BotoCoreError, ClientError, OutOfTimeError: CodeDeploy could not be asked.
    """
    answer = _ask(clients.codedeploy().get_deployment, deadline, deploymentId=deployment_id)
    info = answer["deploymentInfo"]
    return Standing(
        status=info.get("status", ""),
        creator=info.get("creator", ""),
        error=(info.get("errorInformation") or {}).get("code"),
    )


def under_test(deployment_id: str, deadline: Deadline) -> Deployment:
    """Find the versions of the deployment, and see that they are ours to judge.

    Our function and alias come from the environment variables ``FUNCTION_NAME`` and
    ``ALIAS``.

    Raises:
        UnexpectedDeploymentError: another function or alias, or versions that cannot be shifted.
        BotoCoreError, ClientError, OutOfTimeError: CodeDeploy could not be asked.
    """
    expected = _setting("FUNCTION_NAME"), _setting("ALIAS")
    target = _target(deployment_id, deadline)
    info = target.get("lambdaFunctionInfo", {})
    found = info.get("functionName"), info.get("functionAlias")
    if found != expected:
        raise UnexpectedDeploymentError(
            f"the deployment is of {found[0]}:{found[1]}, not of {':'.join(expected)}"
        )
    current, new = info.get("currentVersion"), info.get("targetVersion")
    for role, version in (("current", current), ("target", new)):
        if not isinstance(version, str) or not _PUBLISHED.fullmatch(version):
            raise UnexpectedDeploymentError(f"the {role} version is not a number: {version}")
    if current == new:
        raise UnexpectedDeploymentError(f"version {new} is both current and target")
    began, ended = _shift(target)
    return Deployment(
        deployment_id=deployment_id,
        function_name=expected[0],
        alias=expected[1],
        current_version=str(current),
        target_version=str(new),
        shift_began=began,
        shift_ended=ended,
    )


def _target(deployment_id: str, deadline: Deadline) -> Mapping[str, Any]:
    codedeploy = clients.codedeploy()
    listed = _ask(codedeploy.list_deployment_targets, deadline, deploymentId=deployment_id)
    target_ids = listed.get("targetIds", [])
    if len(target_ids) != 1 or listed.get("nextToken"):
        raise UnexpectedDeploymentError(
            f"a Lambda deployment has one target, this one has {len(target_ids)} or more"
        )
    answer = _ask(
        codedeploy.get_deployment_target,
        deadline,
        deploymentId=deployment_id,
        targetId=target_ids[0],
    )
    target: Mapping[str, Any] = answer.get("deploymentTarget", {}).get("lambdaTarget", {})
    return target


def _shift(target: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    for event in target.get("lifecycleEvents", []):
        if event.get("lifecycleEventName") == _SHIFT:
            return event.get("startTime"), event.get("endTime")
    return None, None


def _ask(
    operation: Callable[..., dict[str, Any]], deadline: Deadline, **request: str
) -> dict[str, Any]:
    deadline.require(clients.CALL_SECONDS, "asking CodeDeploy")
    return retry.call(
        partial(operation, **request),
        deadline=deadline,
        seconds=clients.CALL_SECONDS,
        attempts=READ_ATTEMPTS,
        retryable=lambda error: (
            clients.is_transient(error) or clients.error_code(error) == _NOT_STARTED
        ),
    )


def _setting(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise UnexpectedDeploymentError(f"the environment variable {name} is not set")
    return value
