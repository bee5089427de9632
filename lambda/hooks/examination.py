"""The examination of a release: who is under test, the checks in order, the record."""

import traceback
from collections.abc import Callable, Sequence
from typing import Final

import clients
import decision
import deployment
import log
import notice
from deadline import Deadline, OutOfTimeError
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

    Args:
        deployment_id: CodeDeploy's id of it.
        deadline: the end of the invocation.
        by: the hook's name, for the record.
        load_checks: gives the checks, which run in order until one finds a problem. The last
            of them has to decide the outcome: it begins as failed.

    Raises:
        BaseException: whatever broke a check, once it is recorded; or kept it from being.
    """
    if deployment.standing(deployment_id, deadline).is_rollback:
        log.step("rollback", deployment=deployment_id)
        return True
    under_test = deployment.under_test(deployment_id, deadline)
    log.step("under test", **vars(under_test))
    decided = Decision(deployment=under_test, plan=Plan.of_environment(), by=by)
    fault = _check(decided, deadline.less(RECORD_SECONDS), load_checks)
    log.step("judged", deployment=deployment_id, problems=decided.problems)
    if decided.problems:
        decided.outcome = Outcome.FAILED
        decided.reason = "; ".join(decided.problems)
    stands = decision.save(decided, deadline)
    if stands and decided.outcome is not Outcome.SHIFTING:
        _tell(decided, deadline)
    if fault is not None:
        raise fault
    return decided.outcome is not Outcome.FAILED


def _check(
    decided: Decision, deadline: Deadline, load_checks: Callable[[], Sequence[Check]]
) -> BaseException | None:
    """Run the checks until one finds a problem; return what broke them, if anything did."""
    try:
        for check in load_checks():
            decided.problems.extend(check(decided, deadline))
            if decided.problems:
                break
    except BaseException as fault:  # noqa: BLE001 whatever it was belongs into the record
        said = "".join(traceback.format_exception_only(fault)).strip()
        decided.problems.append(f"the hook broke: {said}")
        return fault
    return None


def _tell(decided: Decision, deadline: Deadline) -> None:
    try:
        notice.tell(decided, deadline)
    except (*clients.FAILURES, notice.NotToldError, OutOfTimeError) as error:
        log.step("not told", error=clients.error_code(error))
