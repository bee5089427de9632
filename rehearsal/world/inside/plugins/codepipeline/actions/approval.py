"""The manual approval: somebody is told, and decides within seven days."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job, Outcome
from rehearsal.world.inside.plugins.codepipeline.actions.approvals import (
    Approval,
    Approvals,
    approvals_of,
)
from rehearsal.world.inside.plugins.codepipeline.actions.configuration import only
from rehearsal.world.inside.plugins.codepipeline.actions.waiting import given

__all__ = ["Approval", "Approvals", "approvals_of", "perform"]

KNOWN = {"NotificationArn", "CustomData", "ExternalEntityLink"}
TIMEOUT_SECONDS = 7 * 24 * 3600.0


def perform(job: Job) -> Outcome:
    """Tell who is to be told, as the action's role, and wait for a decision.

    Raises:
        ActionFailedError: it was rejected, or not decided in time.
    """
    only(job, KNOWN)
    # Other than the action execution's id: that one may be known by anybody who reads.
    bits = job.world.chance(f"approval/{job.action_execution_id}").getrandbits(128)
    token = str(uuid.UUID(int=bits, version=4))
    approvals = approvals_of(job.world)
    place = (job.account, job.session.region, job.pipeline, job.stage, job.action)
    approval = approvals.open(place, token)
    try:
        if topic := job.configuration.get("NotificationArn", ""):
            _notify(job, topic, token)
        job.show(token=token)
        given(job, approval.decided, TIMEOUT_SECONDS)
    finally:
        decided = approvals.close(approval)
    if not decided:
        raise ActionFailedError("Expired", "the approval was not decided within seven days")
    if approval.status != "Approved":
        raise ActionFailedError("Rejected", f"Rejected: {approval.summary}")
    return Outcome(summary=approval.summary)


def _notify(job: Job, topic: str, token: str) -> None:
    place, region = job.configuration, job.session.region
    expires = datetime.fromtimestamp(job.world.clock.now() + TIMEOUT_SECONDS, UTC)
    console = f"https://console.aws.amazon.com/codepipeline/home?region={region}#/view"
    console = f"{console}/{job.pipeline}"
    approval: dict[str, Any] = {
        "pipelineName": job.pipeline,
        "stageName": job.stage,
        "actionName": job.action,
        "token": token,
        "expires": f"{expires:%Y-%m-%dT%H:%MZ}",
        "externalEntityLink": place.get("ExternalEntityLink") or None,
        "approvalReviewLink": f"{console}/{job.stage}/{job.action}/approve/{token}",
        "customData": place.get("CustomData") or None,
    }
    message = {"region": region, "consoleLink": console, "approval": approval}
    subject = f"APPROVAL NEEDED: AWS CodePipeline {job.pipeline} for action {job.action}"
    # SNS takes a subject of less than a hundred characters.
    job.session.client("sns").publish(
        TopicArn=topic, Subject=subject[:99], Message=json.dumps(message)
    )
