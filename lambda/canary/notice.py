"""Tell of a verdict: an event on the account's bus, from which people are notified.

An event that cannot be sent changes no decision: the record holds it, and a deployment that fails
is told by the pipeline as well.
"""

import json
from functools import partial
from typing import Final

import clients
import decision
import log
import retry
from deadline import Deadline
from decision import Decision

SOURCE: Final = "lockgate"
DETAIL_TYPE: Final = "Canary Verdict"
ATTEMPTS: Final = 4


class NotToldError(Exception):
    """EventBridge has not taken the event."""


def tell(decided: Decision, deadline: Deadline) -> None:
    """Send the decision, with the address of its record.

    Raises:
        NotToldError: EventBridge refused the event.
        BotoCoreError, ClientError, OutOfTimeError: EventBridge could not be asked.
    """
    deployment = decided.deployment
    detail = {
        "deployment": deployment.deployment_id,
        "function": deployment.function_name,
        "alias": deployment.alias,
        "current_version": deployment.current_version,
        "target_version": deployment.target_version,
        "by": decided.by,
        "outcome": decided.outcome.value,
        "verdict": decided.verdict or "none",
        "reason": decided.reason,
        "record": decision.address(deployment),
        "judgement": decided.sections.get("canary", {}).get("judgement"),
    }
    entry = {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": json.dumps(detail)}
    deadline.require(clients.CALL_SECONDS, "telling of the verdict")
    answer = retry.call(
        partial(clients.events().put_events, Entries=[entry]),
        deadline=deadline,
        seconds=clients.CALL_SECONDS,
        attempts=ATTEMPTS,
    )
    if answer.get("FailedEntryCount"):
        code = answer.get("Entries", [{}])[0].get("ErrorCode")
        raise NotToldError(f"EventBridge refused the event: {code}")
    log.step("told", outcome=decided.outcome)
