"""The checks that both hooks are made of, the judge's apart."""

import json
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import asking
import clients
import contract
import log
import retry
from deadline import Deadline
from decision import Decision, Outcome
from deployment import Deployment, UnexpectedDeploymentError

CONTRACT: Final = Path(__file__).with_name("contract.json")
ATTEMPTS: Final = 4
_WATCHES_ALREADY: Final = "ExecutionAlreadyExists"


def contract_holds(decision: Decision, deadline: Deadline) -> list[str]:
    """Put every request of the contract to the target version.

    Raises:
        OSError, ContractError: there is no contract, or not a usable one.
    """
    deployment = decision.deployment
    cases = contract.parse(CONTRACT.read_text(encoding="utf-8"))
    found = {}
    for at, case in enumerate(cases):
        if not deadline.covers(clients.ANSWER_SECONDS):
            return [f"out of time: {len(cases) - at} of {len(cases)} cases did not run"]
        request_id = f"{deployment.deployment_id}/{case.name}"
        try:
            problems = asking.problems(
                case, deployment, deployment.target_version, deadline, request_id=request_id
            )
        except asking.NotAskedError as error:
            problems = [str(error)]
        log.step("case", name=case.name, version=deployment.target_version, problems=problems)
        found[case.name] = problems
    decision.sections["contract"] = found
    return [f"{name}: {problem}" for name, problems in found.items() for problem in problems]


def alias_serves_current(decision: Decision, deadline: Deadline) -> list[str]:
    """See that the alias is where CodeDeploy believes it to be: nobody has moved it by hand.

    Raises:
        BotoCoreError, ClientError, OutOfTimeError: Lambda could not be asked.
    """
    deployment = decision.deployment
    return _alias_problems(deployment, deployment.current_version, deadline)


def alias_serves_target(decision: Decision, deadline: Deadline) -> list[str]:
    """See that the alias sends all of its traffic to the target version.

    Raises:
        BotoCoreError, ClientError, OutOfTimeError: Lambda could not be asked.
    """
    deployment = decision.deployment
    return _alias_problems(deployment, deployment.target_version, deadline)


def watch_starts(decision: Decision, deadline: Deadline) -> list[str]:
    """Start the watch, once for each deployment however often this runs.

    Raises:
        UnexpectedDeploymentError: the environment variable ``WATCH`` is not set.
        BotoCoreError, ClientError, OutOfTimeError: the watch could not be started.
    """
    watch = os.environ.get("WATCH")
    if not watch:
        raise UnexpectedDeploymentError("the environment variable WATCH is not set")
    deployment_id = decision.deployment.deployment_id
    start = partial(
        clients.executions().start_execution,
        stateMachineArn=watch,
        name=deployment_id,
        input=json.dumps({"deployment_id": deployment_id}),
    )
    deadline.require(clients.CALL_SECONDS, "starting the watch")
    try:
        retry.call(start, deadline=deadline, seconds=clients.CALL_SECONDS, attempts=ATTEMPTS)
    except clients.FAILURES as error:
        if clients.error_code(error) != _WATCHES_ALREADY:
            raise
    log.step("watched", deployment=deployment_id)
    decision.outcome = Outcome.SHIFTING
    decision.reason = "The target version keeps its contract; the watch has started."
    return []


def _alias_problems(deployment: Deployment, expected: str, deadline: Deadline) -> list[str]:
    alias = _alias(deployment, deadline)
    live = alias.get("FunctionVersion")
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
    found = []
    if live != expected:
        found.append(f"the alias serves version {live}, not {expected}")
    if weights:
        found.append(f"the alias shares its traffic: {weights}")
    return found


def _alias(deployment: Deployment, deadline: Deadline) -> Mapping[str, Any]:
    deadline.require(clients.ANSWER_SECONDS, "reading the alias")
    return retry.call(
        partial(
            clients.functions().get_alias,
            FunctionName=deployment.function_name,
            Name=deployment.alias,
        ),
        deadline=deadline,
        seconds=clients.ANSWER_SECONDS,
        attempts=ATTEMPTS,
    )
