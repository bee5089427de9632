"""The alias that a deployment moves, by calls of the group's service role."""

from typing import Any

from botocore.exceptions import ClientError

from rehearsal.world.inside.plugins.codedeploy.deployment import Shift
from rehearsal.world.inside.plugins.codedeploy.ended import failed, failed_call


def check(client: Any, shift: Shift) -> None:
    """See that the alias is where the AppSpec says, and on nothing else.

    Raises:
        EndedError: it is not, or that cannot be seen.
    """
    try:
        found = client.get_alias(FunctionName=shift.function, Name=shift.alias)
    except ClientError as error:
        raise failed_call(error) from error
    version = found["FunctionVersion"]
    weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
    if version != shift.current or weights:
        raise failed(
            "INVALID_LAMBDA_CONFIGURATION",
            "The Lambda function alias version does not match the current version in the AppSpec"
            f" file: {version} {weights or ''}, not {shift.current}",
        )
    if shift.current == shift.target:
        why = f"The target version is the current one: {shift.target}"
        raise failed("INVALID_LAMBDA_CONFIGURATION", why)


def move(client: Any, shift: Shift, weight: float) -> None:
    """Give the target so much of the traffic, from 0 to 1.

    Raises:
        EndedError: it cannot be done.
    """
    whole = weight >= 1
    try:
        client.update_alias(
            FunctionName=shift.function,
            Name=shift.alias,
            FunctionVersion=shift.target if whole else shift.current,
            RoutingConfig={"AdditionalVersionWeights": {} if whole else {shift.target: weight}},
        )
    except ClientError as error:
        raise failed_call(error) from error
