"""Put one request of the contract to one version, and say what is wrong with the answer."""

import json
from functools import partial
from typing import Any, Final

import clients
import clock
import retry
from contract import Case
from deadline import Deadline
from deployment import Deployment

ATTEMPTS: Final = 4
NO_ANSWER: Final = "no answer"


class NotAskedError(Exception):
    """The request did not reach the version, so that nothing is known of it."""


def problems(
    case: Case, deployment: Deployment, version: str, deadline: Deadline, *, request_id: str
) -> list[str]:
    """Ask a version, and compare its answer with what the contract expects.

    Args:
        case: the request and what is expected.
        deployment: names the function.
        version: the version that is asked, past any alias.
        deadline: the end of the invocation.
        request_id: names the request in the function's own log.

    Raises:
        NotAskedError: Lambda could not be reached, or would not run the version.
    """
    event = case.request.event(now=clock.now(), request_id=request_id)
    invoke = partial(
        clients.functions().invoke,
        FunctionName=deployment.function_name,
        Qualifier=version,
        InvocationType="RequestResponse",
        Payload=json.dumps(event).encode(),
    )
    try:
        answer = retry.call(
            invoke,
            deadline=deadline,
            seconds=clients.ANSWER_SECONDS,
            attempts=ATTEMPTS,
            retryable=_was_not_invoked,
        )
        payload = answer["Payload"].read()
    except clients.FAILURES as error:
        if clients.was_not_answered_in_time(error):
            return [f"{NO_ANSWER}: {clients.error_code(error)}"]
        raise NotAskedError(f"could not be invoked: {clients.error_code(error)}") from error
    return _call_problems(answer, payload, version) or case.expect.differences(payload)


def _was_not_invoked(error: BaseException) -> bool:
    return clients.is_transient(error) and not clients.was_not_answered_in_time(error)


def _call_problems(answer: dict[str, Any], payload: bytes, version: str) -> list[str]:
    # Lambda answers 200 for a function that raised; only this field tells:
    # https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    if fault := answer.get("FunctionError"):
        return [f"the function failed: {fault} {_error_type(payload)}"]
    if answer.get("StatusCode") != 200:  # noqa: PLR2004 OK, says the same document
        return [f"Lambda answered {answer.get('StatusCode')}"]
    executed = answer.get("ExecutedVersion", version)
    if executed != version:
        return [f"version {executed} answered in place of {version}"]
    return []


def _error_type(payload: bytes) -> str:
    """Name the exception; its message is the function's own and may hold anything."""
    try:
        fault = json.loads(payload)
    except ValueError:
        return "of unknown type"
    return str(fault.get("errorType")) if isinstance(fault, dict) else "of unknown type"
