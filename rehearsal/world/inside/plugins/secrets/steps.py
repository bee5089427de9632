"""One rotation: the function's four steps, and what is told of them."""

import logging
from typing import Any

from rehearsal.world.inside.events import emit
from rehearsal.world.inside.setting import Setting

SERVICE = "secretsmanager.amazonaws.com"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
Data = dict[str, Any]


class RotationFailedError(RuntimeError):
    """The function failed, or did not do what a step is for."""


def run(world: Setting, secret: Data, token: str) -> None:
    """Rotate the secret; the log and an event say how that went.

    Args:
        world: where.
        secret: ministack's record of it.
        token: the id of the version that is to become the current one.
    """
    _tell(world, "RotationStarted", secret, token)
    try:
        for step in STEPS:
            _step(world, secret, token, step)
        _check(secret, token)
    except Exception as error:
        logging.getLogger(__name__).exception("the rotation of %s failed", secret["Name"])
        _tell(world, "RotationFailed", secret, token, str(error))
        return
    secret["LastRotatedDate"] = world.clock.now()
    _tell(world, "RotationSucceeded", secret, token)


def _check(secret: Data, token: str) -> None:
    if "AWSCURRENT" not in secret["Versions"][token]["Stages"]:
        raise RotationFailedError("finishSecret left the version without AWSCURRENT")


def _step(world: Setting, secret: Data, token: str, step: str) -> None:
    get = world.seams.get
    record, config, _ = get("lambda_svc._get_func_record_for_ref")(secret["RotationLambdaARN"])
    if record is None:
        raise RotationFailedError(f"{step}: the function is gone")
    asked = {"SecretId": secret["ARN"], "ClientRequestToken": token, "Step": step}
    runnable = get("lambda_svc._execution_record_for_config")(record, config)
    result = get("lambda_svc._execute_function_with_config_scope")(runnable, asked)
    if result.get("error"):
        raise RotationFailedError(f"{step}: {result.get('body')}")


def _tell(world: Setting, name: str, secret: Data, token: str, why: str = "") -> None:
    detail = {
        "eventSource": SERVICE,
        "eventName": name,
        "eventType": "AwsServiceEvent",
        "additionalEventData": {"SecretId": secret["ARN"], "ClientRequestToken": token},
        **({"errorMessage": why} if why else {}),
    }
    kind = "AWS Service Event via CloudTrail"
    emit(world, "aws.secretsmanager", kind, detail, [secret["ARN"]])
