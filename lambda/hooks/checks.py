"""What a release must pass. A check takes the deployment and the deadline, and returns problems."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import clients
import contract
import log
import retry
from deadline import Deadline
from deployment import Deployment

CONTRACT: Final = Path(__file__).with_name("contract.json")
ATTEMPTS: Final = 4

Check = Callable[[Deployment, Deadline], Sequence[str]]


def contract_holds(deployment: Deployment, deadline: Deadline) -> list[str]:
    """Put every request of the contract to the target version.

    Raises:
        OSError, ContractError: there is no contract, or not a usable one.
    """
    cases = contract.parse(CONTRACT.read_text(encoding="utf-8"))
    found = []
    for at, case in enumerate(cases):
        if not deadline.covers(clients.ANSWER_SECONDS):
            found.append(f"out of time: {len(cases) - at} of {len(cases)} cases did not run")
            break
        problems = _case_problems(case, deployment, deadline)
        log.step("case", name=case.name, version=deployment.target_version, problems=problems)
        found += [f"{case.name}: {problem}" for problem in problems]
    return found


def alias_serves_target(deployment: Deployment, deadline: Deadline) -> list[str]:
    """See that the alias sends all of its traffic to the target version.

    Raises:
        BotoCoreError, ClientError, OutOfTimeError: Lambda could not be asked.
    """
    deadline.require(clients.ANSWER_SECONDS, "reading the alias")
    alias = retry.call(
        partial(
            clients.functions().get_alias,
            FunctionName=deployment.function_name,
            Name=deployment.alias,
        ),
        deadline=deadline,
        seconds=clients.ANSWER_SECONDS,
        attempts=ATTEMPTS,
    )
    live, target = alias.get("FunctionVersion"), deployment.target_version
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
    found = []
    if live != target:
        found.append(f"the alias serves version {live}, not {target}")
    if weights:
        found.append(f"the alias still shares its traffic: {weights}")
    return found


def _case_problems(case: contract.Case, deployment: Deployment, deadline: Deadline) -> list[str]:
    request_id = f"{deployment.deployment_id}/{case.name}"
    event = case.request.event(now=datetime.now(UTC), request_id=request_id)
    invoke = partial(
        clients.functions().invoke,
        FunctionName=deployment.function_name,
        Qualifier=deployment.target_version,
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
        return [f"could not be invoked: {clients.error_code(error)}"]
    return _call_problems(answer, payload, deployment) or case.expect.differences(payload)


def _was_not_invoked(error: BaseException) -> bool:
    return clients.is_transient(error) and not clients.was_not_answered_in_time(error)


def _call_problems(answer: dict[str, Any], payload: bytes, deployment: Deployment) -> list[str]:
    # Lambda answers 200 for a function that raised; only this field tells:
    # https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    if fault := answer.get("FunctionError"):
        return [f"the function failed: {fault} {_error_type(payload)}"]
    if answer.get("StatusCode") != 200:  # noqa: PLR2004 OK, says the same document
        return [f"Lambda answered {answer.get('StatusCode')}"]
    executed = answer.get("ExecutedVersion", deployment.target_version)
    if executed != deployment.target_version:
        return [f"version {executed} answered in place of {deployment.target_version}"]
    return []


def _error_type(payload: bytes) -> str:
    """Name the exception; its message is the function's own and may hold anything."""
    try:
        fault = json.loads(payload)
    except ValueError:
        return "of unknown type"
    return str(fault.get("errorType")) if isinstance(fault, dict) else "of unknown type"
