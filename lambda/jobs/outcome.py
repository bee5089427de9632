"""How a turn ends, as CodePipeline is told: done, later or refused; delivered or raised.

Without a report CodePipeline waits 20 minutes and fails the action (CodePipeline User Guide,
"Quotas": AWS Lambda action time-out).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import clients
import log
import reach
import retry
from deadline import Deadline

# A report that Lambda cuts off counts as not delivered either way, so little has to be left.
ATTEMPT_SECONDS: Final = 1.0
# The most that the API takes, in characters.
MESSAGE, SUMMARY = 5000, 2048
_OVER: Final = "InvalidJobStateException"


@dataclass(frozen=True, kw_only=True)
class Done:
    """The gate opens; the variables are the action's output."""

    summary: str
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Later:
    """Not yet: CodePipeline is to call again, with this token."""

    summary: str
    token: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The gate stays closed; the message is what people read in the pipeline."""

    message: str


Outcome = Done | Later | Refused


class NotReportedError(Exception):
    """CodePipeline has not taken the report. Lambda's retry must see this."""


def deliver(job_id: str, told: Outcome, deadline: Deadline) -> None:
    """Report on the job, trying until CodePipeline has it or the time is over.

    A job that is over counts as reported: this report arrived although its answer was lost, or
    Lambda has handed the same event out twice. Without a job there is nothing to report to.

    Raises:
        NotReportedError: CodePipeline refused the report or could not be reached.
    """
    kind, words = type(told).__name__, told.message if isinstance(told, Refused) else told.summary
    if not job_id:
        log.step("no job", outcome=kind, words=words)
        return
    try:
        retry.call(
            _report(job_id, told),
            deadline=deadline.for_the_report(),
            seconds=ATTEMPT_SECONDS,
            attempts=None,
        )
    except clients.FAILURES as error:
        if clients.error_code(error) != _OVER:
            raise NotReportedError(f"{kind} not delivered: {error}") from error
        log.step("already over", job=job_id, outcome=kind, words=words)
    else:
        log.step("reported", job=job_id, outcome=kind, words=words)


def _report(job_id: str, told: Outcome) -> Callable[[], dict[str, Any]]:
    pipelines = reach.pipelines()
    if isinstance(told, Refused):
        details = {"type": "JobFailed", "message": told.message[:MESSAGE]}
        return partial(pipelines.put_job_failure_result, jobId=job_id, failureDetails=details)
    details = {"summary": told.summary[:SUMMARY]}
    put = partial(pipelines.put_job_success_result, jobId=job_id, executionDetails=details)
    if isinstance(told, Later):
        return partial(put, continuationToken=json.dumps(told.token))
    return partial(put, outputVariables=dict(told.variables)) if told.variables else put
