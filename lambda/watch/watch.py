"""The watch: one look at a canary, each minute while it is live.

CodeDeploy runs no hook between the first traffic and the last. A Step Functions loop calls this
function in between, and it stops the deployment when the new version is worse than the old. It
never acts for lack of data. What it cannot do it raises: the loop tries again, and at last fails
in view of an alarm.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

import clients
import decision
import deployment
import log
import notice
import retry
import trial
from deadline import Context, Deadline
from decision import Decision, Outcome
from deployment import Standing
from judge import Verdict
from plan import Plan
from traffic import NAMESPACE
from trial import Trial

BY: Final = "watch"
ATTEMPTS: Final = 4
METRIC: Final = "Degraded"
# Nothing is reported at the end, so that little has to be kept back.
RESERVE_SECONDS: Final = 2.0
_OVER_ALREADY: Final = "DeploymentAlreadyCompletedException"


class MalformedTurnError(ValueError):
    """The state machine's input does not say which deployment is watched, or when."""


class WatchError(Exception):
    """The canary is degraded, and not all of what follows could be done."""


def handle(event: object, context: Context) -> dict[str, Any]:
    """Look once, and act on *degraded*.

    The watch goes on until the deployment is over, behind the shift as well: a hook may die, and
    an alarm may stop what a hook has passed.

    Args:
        event: deployment_id, and now: the time of this turn, the same when it is tried again.
        context: Lambda's context object.

    Returns:
        Whether the watch is over, and what was seen.

    Raises:
        MalformedTurnError: the event says neither.
        WatchError: a degraded canary was not stopped, recorded and told of.
        Exception: whatever else kept it from looking.
    """
    deployment_id, now = _turn(event)
    deadline = Deadline(context, reserve_seconds=RESERVE_SECONDS)
    standing = deployment.standing(deployment_id, deadline)
    if standing.status == "Succeeded":
        return _seen(standing)
    under_test, plan = deployment.under_test(deployment_id, deadline), Plan.of_environment()
    decided = Decision(deployment=under_test, plan=plan, by=BY, turn=now.isoformat())
    known = _look(decided, plan, now, deadline, must=not standing.is_over)
    if standing.is_over:
        _close(decided, standing, deadline)
    elif known is not None and known.verdict is Verdict.DEGRADED:
        _stop(decided, deadline)
    return _seen(standing, known)


def _look(
    decided: Decision, plan: Plan, now: datetime, deadline: Deadline, *, must: bool
) -> Trial | None:
    """Judge what has settled; nothing before the shift, or where the end is to be recorded anyway.

    Raises:
        Exception: whatever kept it from judging, where it must.
    """
    if decided.deployment.shift_began is None:
        return None
    try:
        known = trial.look(decided.deployment, plan, now=now, deadline=deadline)
    except Exception as error:
        if must:
            raise
        log.step("no look", error=str(error))
        return None
    decided.verdict, decided.reason = known.verdict.value, known.reason
    decided.sections["canary"] = known.as_record()
    log.step("look", verdict=known.verdict, reason=known.reason, unsettled=known.unsettled)
    return known


def _turn(event: object) -> tuple[str, datetime]:
    match event:
        case {"deployment_id": str(deployment_id), "now": str(now)} if deployment_id:
            try:
                moment = datetime.fromisoformat(now)
            except ValueError:
                raise MalformedTurnError(f"now is {now!r}, which is no time") from None
            if moment.tzinfo is not None:
                return deployment_id, moment
            raise MalformedTurnError(f"now is {now!r}, which has no zone")
    raise MalformedTurnError("a turn must hold deployment_id and now as text")


def _stop(decided: Decision, deadline: Deadline) -> None:
    """Stop the deployment, raise the alarm, record, tell: each whether or not the others can."""
    decided.outcome = Outcome.STOPPED
    failed = []
    for act in (_stop_deployment, _raise_metric, decision.save, notice.tell):
        try:
            act(decided, deadline)
        except Exception as error:  # noqa: BLE001 the next act must be tried as well
            log.step("fault", act=act.__name__, error=str(error))
            failed.append(f"{act.__name__}: {clients.error_code(error)}")
    if failed:
        raise WatchError(f"degraded, but not done: {'; '.join(failed)}")


def _stop_deployment(decided: Decision, deadline: Deadline) -> None:
    stop = partial(
        clients.codedeploy().stop_deployment,
        deploymentId=decided.deployment.deployment_id,
        autoRollbackEnabled=True,
    )
    try:
        _ask(stop, deadline)
    except clients.FAILURES as error:
        if clients.error_code(error) != _OVER_ALREADY:
            raise
    log.step("stopped", deployment=decided.deployment.deployment_id)


def _raise_metric(decided: Decision, deadline: Deadline) -> None:
    dimensions = {
        "FunctionName": decided.deployment.function_name,
        "ExecutedVersion": decided.deployment.target_version,
    }
    datum = {
        "MetricName": METRIC,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "Value": 1,
        "Unit": "Count",
    }
    put = partial(clients.metrics().put_metric_data, Namespace=NAMESPACE, MetricData=[datum])
    _ask(put, deadline)


def _close(decided: Decision, standing: Standing, deadline: Deadline) -> None:
    """Record and tell how a deployment ended that did not succeed, unless that is done.

    Where this turn has recorded the end before, it is being tried again, because something else
    that belongs to it could not be done: all of that is done once more.
    """
    record = decision.read(decided.deployment, deadline)
    if Outcome(record.get("outcome", Outcome.SHIFTING)).is_end:
        if record.get("decided", {}).get("turn") != decided.turn:
            return
        decided.outcome, decided.verdict = Outcome(record["outcome"]), record["verdict"]
        decided.reason = record["reason"]
        if decided.verdict == Verdict.DEGRADED:
            _raise_metric(decided, deadline)
    else:
        decided.outcome = Outcome.STOPPED
        ended = f"CodeDeploy: {standing.status} ({standing.error})."
        decided.reason = f"{ended} {decided.reason}".strip()
        decision.save(decided, deadline)
    notice.tell(decided, deadline)


def _ask(call: Callable[[], dict[str, Any]], deadline: Deadline) -> None:
    deadline.require(clients.CALL_SECONDS, "acting on the verdict")
    retry.call(call, deadline=deadline, seconds=clients.CALL_SECONDS, attempts=ATTEMPTS)


def _seen(standing: Standing, known: Trial | None = None) -> dict[str, Any]:
    seen: dict[str, Any] = {"over": standing.is_over, "status": standing.status}
    if known is not None:
        seen |= {"verdict": known.verdict.value, "evidence": known.judgement.evidence}
    return seen
