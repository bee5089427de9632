"""The guard around both hooks: begin at Failed, let the examination earn Succeeded, report once."""

import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import log
import report
from deadline import Context, Deadline
from report import Execution, Status

if TYPE_CHECKING:
    from examination import Check

SHOWN_FRAMES: Final = 4


def run(
    event: object,
    context: Context,
    *,
    by: str,
    load_checks: Callable[[], Sequence["Check"]],
) -> dict[str, str]:
    """Judge the release that the event speaks of, and tell CodeDeploy.

    Args:
        event: What CodeDeploy sends to a hook: DeploymentId and LifecycleEventHookExecutionId.
        context: Lambda's context object.
        by: The hook's name, for the record.
        load_checks: Gives the checks. It is called inside the guard, so that a check that
            cannot even be imported fails the release at once, not after CodeDeploy's hour.

    Raises:
        MalformedEventError: there is nowhere to report to.
        ReportNotDeliveredError: CodeDeploy has not taken the status.
    """
    execution = Execution.of(event)
    deadline = Deadline(context)
    status = Status.FAILED
    try:
        from examination import passes  # noqa: PLC0415 what fails to load must be reported

        if passes(execution.deployment_id, deadline, by=by, load_checks=load_checks):
            status = Status.SUCCEEDED
    except BaseException as fault:  # noqa: BLE001 SystemExit and MemoryError must be reported too
        said = "".join(traceback.format_exception_only(fault)).strip()
        trace = traceback.format_tb(fault.__traceback__, limit=-SHOWN_FRAMES)
        log.step("fault", deployment=execution.deployment_id, fault=said, trace=trace)
    finally:
        report.deliver(execution, status, deadline)
    return {"status": status.value}
