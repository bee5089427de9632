"""The answer to CodeDeploy: one terminal status for each hook execution, delivered or raised.

Without an answer CodeDeploy waits an hour and then fails the deployment:
https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final, Self

import clients
import log
import retry
from deadline import Deadline

# A report that Lambda cuts off counts as not delivered either way, so little has to be left.
ATTEMPT_SECONDS: Final = 1.0
_ALREADY_COMPLETED: Final = "LifecycleEventAlreadyCompletedException"


class Status(StrEnum):
    """The two statuses that CodeDeploy accepts from a hook."""

    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


class MalformedEventError(ValueError):
    """The event does not say which hook execution it is, so there is nowhere to report to."""


class ReportNotDeliveredError(Exception):
    """CodeDeploy has not taken the status. Lambda's retry and dead letters must see this."""


@dataclass(frozen=True, kw_only=True)
class Execution:
    """One run of a hook within a deployment."""

    deployment_id: str
    execution_id: str

    @classmethod
    def of(cls, event: object) -> Self:
        """Read the two ids that are all of a hook's event.

        Raises:
            MalformedEventError: an id is missing, empty or not text.
        """
        fields = event if isinstance(event, dict) else {}
        ids = [fields.get(name) for name in ("DeploymentId", "LifecycleEventHookExecutionId")]
        match ids:
            case [str(deployment_id), str(execution_id)] if deployment_id and execution_id:
                return cls(deployment_id=deployment_id, execution_id=execution_id)
        raise MalformedEventError(
            "the event must hold DeploymentId and LifecycleEventHookExecutionId as text: "
            "nothing can be reported without them"
        )


def deliver(execution: Execution, status: Status, deadline: Deadline) -> None:
    """Report the status, trying until CodeDeploy has it or the time is over.

    An execution that is completed already counts as reported: this report arrived although its
    answer was lost, or Lambda has handed the same event out twice.

    Raises:
        ReportNotDeliveredError: CodeDeploy refused the status or could not be reached.
    """
    send = partial(
        clients.codedeploy().put_lifecycle_event_hook_execution_status,
        deploymentId=execution.deployment_id,
        lifecycleEventHookExecutionId=execution.execution_id,
        status=status.value,
    )
    try:
        retry.call(send, deadline=deadline.for_the_report(), seconds=ATTEMPT_SECONDS, attempts=None)
    except clients.FAILURES as error:
        if clients.error_code(error) != _ALREADY_COMPLETED:
            raise ReportNotDeliveredError(f"{status} not delivered: {error}") from error
        log.step("already completed", status=status)
    else:
        log.step("reported", status=status)
