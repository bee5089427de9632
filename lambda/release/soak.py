"""The soak gate: a release goes on only once customers have used it.

Customers are requests to the alias; what goes past it to a version does not count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, Self

import clients
import clock
import log
import parameters
import reach
import turn
from deadline import Context, Deadline, OutOfTimeError
from invocations import UnreadableError, invocations
from job import Job
from outcome import Done, Later
from served import Wait, WaitError
from turn import RefusedError

# CodePipeline ends an action that goes on later after a day; the last minutes settle before.
MOST_MINUTES: Final = 23 * 60
MOST_REQUESTS: Final = 10**9
NAME: Final = r"[A-Za-z0-9_-]{1,64}"
PIPELINE: Final = r"[A-Za-z0-9.@_-]{1,100}"
EXECUTION: Final = r"[0-9a-f-]{36}"
NEEDED: Final = ("function", "alias", "requests", "minutes", "region", "pipeline", "execution")


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What the action asks for; in words, the alias."""

    function: str
    alias: str
    requests: int
    minutes: int
    region: str
    pipeline: str
    execution: str
    role: str

    def __str__(self) -> str:
        return f"{self.function}:{self.alias}"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        parameters.names(given, needed=NEEDED, optional=["role"])
        return cls(
            function=parameters.text(given, "function", NAME),
            alias=parameters.text(given, "alias", NAME),
            requests=parameters.whole(given, "requests", 1, MOST_REQUESTS),
            minutes=parameters.whole(given, "minutes", 1, MOST_MINUTES),
            region=parameters.text(given, "region", reach.REGION),
            pipeline=parameters.text(given, "pipeline", PIPELINE),
            execution=parameters.text(given, "execution", EXECUTION),
            role=parameters.text(given, "role", reach.ROLE),
        )


def handle(event: object, context: Context) -> dict[str, str]:
    """Let a release go on once its alias has served enough requests."""
    return turn.run(event, context, decide)


def decide(job: Job, deadline: Deadline) -> Done | Later:
    """Look once, and open, go on later or stay closed.

    Raises:
        RefusedError: the time is over without enough requests, or nobody can count them.
        ParametersError: the action does not say what to count, or for how long.
    """
    asked, now = _Asked.of(job.parameters), clock.now()
    try:
        wait = Wait.of(job.token, now, minutes=asked.minutes, requests=asked.requests)
    except WaitError as error:
        raise RefusedError(str(error)) from error
    if _is_rollback(asked, deadline):
        return Done(summary="A rollback waits for no customers")
    try:
        count = _count(asked, wait, now, deadline)
    except (*clients.FAILURES, UnreadableError, OutOfTimeError) as error:
        if wait.is_over(now) or not _may_pass(error):
            raise RefusedError(f"The requests to {asked} cannot be counted: {error}") from error
        log.step("no look", error=str(error))
        return Later(summary=f"The requests to {asked} cannot be counted yet", token=wait.token)
    said = f"{asked} has served {count} of {wait.requests} requests since {wait.start.isoformat()}"
    log.step("look", alias=asked, requests=count, since=wait.start)
    if count >= wait.requests:
        return Done(summary=said)
    if not wait.is_over(now):
        return Later(summary=said, token=wait.token)
    raise RefusedError(
        f"{said}, in {wait.minutes} minutes: too few to say that it works. Send it requests, or "
        "ask for fewer or for longer, then retry the stage."
    )


def _is_rollback(asked: _Asked, deadline: Deadline) -> bool:
    """Say whether the execution is a rollback; not where that cannot be known."""
    execution = partial(
        reach.pipelines().get_pipeline_execution,
        pipelineName=asked.pipeline,
        pipelineExecutionId=asked.execution,
    )
    try:
        found = reach.ask(execution, deadline, "asking for the execution")["pipelineExecution"]
    except clients.FAILURES as error:
        log.step("no execution", error=str(error))
        return False
    return bool(found.get("executionType") == "ROLLBACK")


def _count(asked: _Asked, wait: Wait, now: datetime, deadline: Deadline) -> int:
    """Count the requests of all whole minutes, as far as CloudWatch knows them by now."""
    if wait.until(now) <= wait.start:
        return 0
    return invocations(
        reach.metrics(asked.region, asked.role, deadline),
        function=asked.function,
        alias=asked.alias,
        start=wait.start,
        end=wait.until(now),
        deadline=deadline,
    )


def _may_pass(error: BaseException) -> bool:
    return not isinstance(error, clients.FAILURES) or clients.is_transient(error)
