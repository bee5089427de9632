"""The examination of a release: who is under test, the checks in order, the record."""

import traceback
from collections.abc import Callable, Sequence
from typing import Final

import clients
import decision
import deployment
import log
import notice
from deadline import Deadline
from decision import Decision, Outcome
from plan import Plan

# What the checks leave for the record and the notice.
RECORD_SECONDS: Final = 25.0

# A check looks at the release, leaves what it found in the decision, and returns problems.
Check = Callable[[Decision, Deadline], Sequence[str]]


def passes(
    deployment_id: str,
    deadline: Deadline,
    *,
    by: str,
    load_checks: Callable[[], Sequence[Check]],
) -> bool:
    """Examine a deployment, record what was decided, and say whether it may go on.

    What stands on record goes before what was found out now: this may be the second delivery of
    an event whose first was decided, and reported to nobody.

    Args:
        deployment_id: CodeDeploy's id of it.
        deadline: the end of the invocation.
        by: the hook's name, for the record.
        load_checks: gives the checks, which run in order until one finds a problem. The last
            of them has to decide the outcome: it begins as failed.

    Raises:
        BaseException: whatever broke a check, once it is recorded; or kept it from being.
    """
    decided = Decision(deployment=deployment.unknown(deployment_id), plan=None, by=by)
    fault = None
    try:
        if deployment.standing(deployment_id, deadline).is_rollback:
            log.step("rollback", deployment=deployment_id)
            return True
        _check(decided, deadline.less(RECORD_SECONDS), load_checks)
    except BaseException as error:  # noqa: BLE001 whatever it was belongs into the record
        said = "".join(traceback.format_exception_only(error)).strip()
        decided.problems.append(f"the hook broke: {said}")
        fault = error
    log.step("judged", deployment=deployment_id, problems=decided.problems)
    if decided.problems:
        decided.outcome = Outcome.FAILED
        decided.reason = "; ".join(decided.problems)
    standing = decision.save(decided, deadline)
    if standing.is_new and decided.outcome is not Outcome.SHIFTING:
        _tell(decided, deadline)
    if fault is not None and standing.is_new:
        raise fault
    return not standing.outcome.is_end


def _check(
    decided: Decision, deadline: Deadline, load_checks: Callable[[], Sequence[Check]]
) -> None:
    """Find out who is under test, and run the checks until one finds a problem."""
    deployment_id = decided.deployment.deployment_id
    decided.deployment = deployment.under_test(deployment_id, deadline)
    log.step("under test", **vars(decided.deployment))
    decided.plan = Plan.of_environment()
    for check in load_checks():
        decided.problems.extend(check(decided, deadline))
        if decided.problems:
            return
    standing = deployment.standing(deployment_id, deadline)
    if standing.is_over:
        decided.problems.append(f"CodeDeploy has ended the deployment: {standing.status}")


def _tell(decided: Decision, deadline: Deadline) -> None:
    """Tell, or say why not: what is on record stands whether or not anybody hears of it."""
    try:
        notice.tell(decided, deadline)
    except Exception as error:  # noqa: BLE001 nothing here may change what is on record
        log.step("not told", error=clients.error_code(error))
