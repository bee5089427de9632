"""The final verdict: all minutes of the canary, and those after it in which all is new.

The shift has ended, so the baseline serves nobody any more: the first minutes in which the target
version serves everybody are held against the objective alone.
"""

import math
from typing import Final

import clients
import clock
import decision
import log
import trial
from deadline import Deadline
from decision import Decision, Outcome
from deployment import Deployment
from judge import Verdict
from plan import Plan
from synthetic import is_certified
from traffic import UnreadableError
from trial import Trial

LOOK_EVERY_SECONDS: Final = 60.0
# Two readings of CloudWatch, each tried four times.
LOOK_SECONDS: Final = 60.0


def verdict_stands(decided: Decision, deadline: Deadline) -> list[str]:
    """Wait for the last minutes to settle, stop early on *degraded*, and judge.

    Raises:
        UnexpectedDeploymentError: CodeDeploy does not say when the shift began.
        UnreadableError: CloudWatch's answer is incomplete or holds what is no count.
        BotoCoreError, ClientError, OutOfTimeError: AWS could not be asked.
        RecordError: the record of the pre-traffic hook cannot be read.
    """
    plan = Plan.of_environment()
    record = decision.read(decided.deployment, deadline)
    known = _settled(decided.deployment, plan, deadline)
    decided.verdict, decided.reason = known.verdict.value, known.reason
    decided.sections["canary"] = known.as_record()
    decided.outcome = Outcome.PASSED
    if known.verdict is Verdict.DEGRADED:
        return [f"degraded: {known.reason}"]
    if known.verdict is Verdict.INCONCLUSIVE:
        certified = is_certified(record.get("synthetic"))
        return _inconclusive(decided, known, plan, certified=certified)
    return []


def _settled(deployment: Deployment, plan: Plan, deadline: Deadline) -> Trial:
    """Look each minute until all minutes have settled, the time is out, or the case is clear."""
    while True:
        deadline.require(LOOK_SECONDS, "judging the canary")
        another = deadline.covers(LOOK_EVERY_SECONDS + 2 * LOOK_SECONDS)
        known = _look(deployment, plan, deadline, must=not another)
        if known is not None:
            log.step("look", verdict=known.verdict, reason=known.reason, unsettled=known.unsettled)
            clear = known.verdict is Verdict.DEGRADED or not known.unsettled
            if clear or not another:
                return known
        deadline.pause(LOOK_EVERY_SECONDS)


def _look(deployment: Deployment, plan: Plan, deadline: Deadline, *, must: bool) -> Trial | None:
    """Look once. What may pass, passes until the next look, unless this one must succeed."""
    try:
        return trial.look(deployment, plan, now=clock.now(), deadline=deadline)
    except (UnreadableError, *clients.FAILURES) as error:
        passing = isinstance(error, UnreadableError) or clients.is_transient(error)
        if must or not passing:
            raise
        log.step("no look", error=str(error))
        return None


def _inconclusive(decided: Decision, known: Trial, plan: Plan, *, certified: bool) -> list[str]:
    """Apply the environment's policy; what speaks against the release is no mere lack of data."""
    against = _against(known, plan)
    if plan.inconclusive == "warn":
        decided.outcome = Outcome.WARNED
        return []
    if certified and not against:
        decided.reason += " The synthetic requests certify the objective."
        return []
    why = against or "and no synthetic requests certify the objective"
    return [f"inconclusive, {why}: {known.reason}"]


def _against(known: Trial, plan: Plan) -> str:
    judgement = known.judgement
    doubts = (
        (bool(known.gaps), "as counts are missing"),
        (
            judgement.evidence >= math.sqrt(judgement.threshold),
            "and the evidence against the release is not settled",
        ),
        (
            judgement.objective_evidence >= judgement.threshold,
            f"and it breaks the objective of {plan.errors_percent:g} %",
        ),
        (
            judgement.share_evidence >= judgement.threshold,
            f"and its share of the traffic was not {plan.percent} %",
        ),
    )
    return next((words for holds, words in doubts if holds), "")
