"""Who is under test: asked of CodeDeploy, never guessed.

A hook's event holds two ids and no version. The version is in the deployment's target:
https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_LambdaFunctionInfo.html
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import clients
import retry
from deadline import Deadline

READ_ATTEMPTS: Final = 10
# CodeDeploy's own, and the one with which CloudFormation takes a stack back.
ROLLBACK_CREATORS: Final = frozenset({"codeDeployRollback", "CloudFormationRollback"})
_NOT_STARTED: Final = "DeploymentNotStartedException"
_PUBLISHED: Final = re.compile(r"[1-9][0-9]*")


class UnexpectedDeploymentError(Exception):
    """This deployment is not one that this hook may let pass."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A shift of one alias from the current version to the target version."""

    deployment_id: str
    function_name: str
    alias: str
    current_version: str
    target_version: str


def is_rollback(deployment_id: str, deadline: Deadline) -> bool:
    """Say whether this deployment restores the release before.

    Raises:
        BotoCoreError, ClientError, OutOfTimeError: CodeDeploy could not be asked.
    """
    answer = _ask(clients.codedeploy().get_deployment, deadline, deploymentId=deployment_id)
    return bool(answer["deploymentInfo"].get("creator") in ROLLBACK_CREATORS)


def under_test(deployment_id: str, deadline: Deadline) -> Deployment:
    """Find the versions of the deployment, and see that they are this hook's to judge.

    The hook's own function and alias come from the environment variables ``FUNCTION_NAME`` and
    ``ALIAS``.

    Raises:
        UnexpectedDeploymentError: another function or alias, or versions that cannot be shifted.
        BotoCoreError, ClientError, OutOfTimeError: CodeDeploy could not be asked.
    """
    expected = _setting("FUNCTION_NAME"), _setting("ALIAS")
    info = _function_info(deployment_id, deadline)
    found = info.get("functionName"), info.get("functionAlias")
    if found != expected:
        raise UnexpectedDeploymentError(
            f"the deployment is of {found[0]}:{found[1]}, this hook is for {':'.join(expected)}"
        )
    current, target = info.get("currentVersion"), info.get("targetVersion")
    for role, version in (("current", current), ("target", target)):
        if not isinstance(version, str) or not _PUBLISHED.fullmatch(version):
            raise UnexpectedDeploymentError(f"the {role} version is not a number: {version}")
    if current == target:
        raise UnexpectedDeploymentError(f"version {target} is both current and target")
    return Deployment(
        deployment_id=deployment_id,
        function_name=expected[0],
        alias=expected[1],
        current_version=str(current),
        target_version=str(target),
    )


def _function_info(deployment_id: str, deadline: Deadline) -> Mapping[str, Any]:
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
    target = answer.get("deploymentTarget", {}).get("lambdaTarget", {})
    info: Mapping[str, Any] = target.get("lambdaFunctionInfo", {})
    return info


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
