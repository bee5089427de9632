"""The flow of both hooks: begin at Failed, let the checks earn Succeeded, report once."""

import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import deployment
import log
import report
from deadline import Context, Deadline
from report import Execution, Status

if TYPE_CHECKING:
    from checks import Check

SHOWN_FRAMES: Final = 4


def run(
    event: object, context: Context, load_checks: Callable[[], Sequence["Check"]]
) -> dict[str, str]:
    """Judge the release that the event speaks of, and tell CodeDeploy.

    Args:
        event: What CodeDeploy sends to a hook: DeploymentId and LifecycleEventHookExecutionId.
        context: Lambda's context object.
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
        problems = _problems(execution, deadline, load_checks)
        log.step("judged", deployment=execution.deployment_id, problems=problems)
        if not problems:
            status = Status.SUCCEEDED
    except BaseException as fault:  # noqa: BLE001 SystemExit and MemoryError must be reported too
        said = "".join(traceback.format_exception_only(fault)).strip()
        trace = traceback.format_tb(fault.__traceback__, limit=-SHOWN_FRAMES)
        log.step("fault", deployment=execution.deployment_id, fault=said, trace=trace)
    finally:
        report.deliver(execution, status, deadline)
    return {"status": status.value}


def _problems(
    execution: Execution, deadline: Deadline, load_checks: Callable[[], Sequence["Check"]]
) -> list[str]:
    if deployment.is_rollback(execution.deployment_id, deadline):
        log.step("rollback", deployment=execution.deployment_id)
        return []
    under_test = deployment.under_test(execution.deployment_id, deadline)
    log.step("under test", **vars(under_test))
    checks = load_checks()
    if not checks:
        return ["there is no check to pass"]
    return [problem for check in checks for problem in check(under_test, deadline)]
