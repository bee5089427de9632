"""The record of a deployment's decision: one JSON document in the artifact store.

The pre-traffic hook begins it, the watch or the post-traffic hook ends it. Events may be delivered
twice and two writers may meet, so that nothing is ever written over what was not read: S3 takes a
write only onto the version that it was made from.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, Final, TypeVar

import clients
import clock
import log
import retry
from deadline import Deadline
from deployment import Deployment
from plan import Plan

FOLDER: Final = "decisions"
SCHEMA: Final = 1
# Who begins the record: there is none to read yet, and S3 would answer AccessDenied, which the
# trail's alarm would take for a break-in.
FIRST: Final = "pre_traffic"
ATTEMPTS: Final = 4
MOST_MEETINGS: Final = 5
# S3 answers AccessDenied for a missing object to whoever may not list the bucket.
_ABSENT: Final = frozenset({"NoSuchKey", "AccessDenied"})
_MET_ANOTHER: Final = "PreconditionFailed"

Document = dict[str, Any]
_Answer = TypeVar("_Answer")


class Outcome(StrEnum):
    """What was decided: the release may shift, has passed, or has not."""

    SHIFTING = "shifting"
    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def is_end(self) -> bool:
        """Whether the release is taken back: nothing that is found out later changes that."""
        return self in {Outcome.FAILED, Outcome.STOPPED}


class RecordError(Exception):
    """The record cannot be kept; a decision that is not recorded is not taken."""


@dataclass(kw_only=True)
class Decision:
    """What one function has found out about a deployment, and decided.

    Attributes:
        deployment: what is under test.
        plan: how carefully.
        by: the function: pre_traffic, watch or post_traffic.
        outcome: what was decided.
        verdict: the judge's, where it was asked.
        reason: why, in one sentence.
        sections: what it rests on, by name.
        problems: what is wrong with the release; nothing where it may go on.
        turn: which turn of the watch this is; the same when it is tried again.
    """

    deployment: Deployment
    plan: Plan | None
    by: str
    outcome: Outcome = Outcome.FAILED
    verdict: str | None = None
    reason: str = ""
    sections: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    turn: str | None = None

    def as_entry(self) -> dict[str, Any]:
        """Give the decision as an entry of the timeline, now."""
        return {
            "at": clock.now().isoformat(),
            "by": self.by,
            "outcome": self.outcome.value,
            "verdict": self.verdict,
            "reason": self.reason,
            "problems": self.problems,
            "turn": self.turn,
        }

    def enter(self, document: Document, entry: Mapping[str, Any]) -> Document:
        """Return the document with this decision in it.

        What others wrote stays. So does what the same function decided before, as CodeDeploy
        takes only the first status of a hook, however often its event is delivered; and so does
        that a release was taken back.
        """
        entered = {"timeline": [*document.get("timeline", []), entry]}
        if _standing_for(document, self.by) is not None:
            return document | entered
        head = {
            "outcome": self.outcome.value,
            "verdict": self.verdict,
            "reason": self.reason,
            "decided": {"by": self.by, "at": entry["at"], "turn": self.turn},
        }
        known = document | self._about() if self.is_identified else self._about() | document
        return known | head | self.sections | entered

    @property
    def is_identified(self) -> bool:
        """Whether it is known what is under test, and by which plan."""
        return self.plan is not None

    def _about(self) -> Document:
        deployment = self.deployment
        return {
            "schema": SCHEMA,
            "deployment": deployment.deployment_id,
            "function": deployment.function_name,
            "alias": deployment.alias,
            "current_version": deployment.current_version,
            "target_version": deployment.target_version,
            "plan": None if self.plan is None else self.plan.as_record(),
        }


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What stands on record once a decision is entered.

    Attributes:
        outcome: what the function has decided, now or at its first delivery; or the end that
            another put to the release before.
        is_new: whether it is the decision that was entered.
    """

    outcome: Outcome
    is_new: bool


def address(deployment: Deployment) -> str:
    """Say where the record is, as an S3 address."""
    return f"s3://{_bucket()}/{_key(deployment)}"


def read(deployment: Deployment, deadline: Deadline) -> Document:
    """Read the record; an empty one where there is none.

    Raises:
        RecordError: what is there is no record.
        BotoCoreError, ClientError, OutOfTimeError: S3 could not be asked.
    """
    return _read(deployment, deadline)[0]


def save(decision: Decision, deadline: Deadline) -> Standing:
    """Enter the decision into the deployment's record, and say what stands there now.

    Raises:
        RecordError: others kept writing in between, or what is there is no record.
        BotoCoreError, ClientError, OutOfTimeError: S3 could not be asked.
    """
    deployment, entry = decision.deployment, decision.as_entry()
    document, version = ({}, None) if decision.by == FIRST else _read(deployment, deadline)
    for _ in range(MOST_MEETINGS):
        before = _standing_for(document, decision.by)
        # It is there already where only the answer to our own write was lost.
        if entry in document.get("timeline", []):
            is_new = document["decided"]["at"] == entry["at"]
            return Standing(outcome=before or decision.outcome, is_new=is_new)
        if _write(deployment, decision.enter(document, entry), version, deadline):
            log.step("recorded", record=address(deployment), outcome=decision.outcome)
            return Standing(outcome=before or decision.outcome, is_new=before is None)
        document, version = _read(deployment, deadline)
    raise RecordError(f"{address(deployment)}: others kept writing it")


def _standing_for(document: Mapping[str, Any], by: str) -> Outcome | None:
    """Give what a function is bound to: an end, or its own first decision; None if nothing."""
    outcome = document.get("outcome")
    if outcome is not None and Outcome(outcome).is_end:
        return Outcome(outcome)
    for entry in document.get("timeline", []):
        if entry["by"] == by:
            return Outcome(entry["outcome"])
    return None


def _read(deployment: Deployment, deadline: Deadline) -> tuple[Document, str | None]:
    get = partial(clients.storage().get_object, Bucket=_bucket(), Key=_key(deployment))

    def read_whole() -> tuple[bytes, str]:
        answer = get()
        return answer["Body"].read(), answer["ETag"]

    try:
        content, version = _ask(read_whole, deadline)
    except clients.FAILURES as error:
        if clients.error_code(error) not in _ABSENT:
            raise
        log.step("no record", error=clients.error_code(error))
        return {}, None
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise RecordError(f"{address(deployment)} holds no JSON object")
    return document, version


def _write(
    deployment: Deployment,
    document: Mapping[str, Any],
    version: str | None,
    deadline: Deadline,
) -> bool:
    """Write onto the version that was read, and say whether it still was the newest."""
    condition = {"IfNoneMatch": "*"} if version is None else {"IfMatch": version}
    body = json.dumps(document, indent=1, sort_keys=True, allow_nan=False).encode()
    put = partial(
        clients.storage().put_object,
        Bucket=_bucket(),
        Key=_key(deployment),
        Body=body,
        ContentType="application/json",
        **condition,
    )
    try:
        _ask(put, deadline)
    except clients.FAILURES as error:
        if clients.error_code(error) != _MET_ANOTHER:
            raise
        log.step("record met another writer")
        return False
    return True


def _ask(call: Callable[[], _Answer], deadline: Deadline) -> _Answer:
    deadline.require(clients.CALL_SECONDS, "keeping the record")
    return retry.call(call, deadline=deadline, seconds=clients.CALL_SECONDS, attempts=ATTEMPTS)


def _bucket() -> str:
    bucket = os.environ.get("RECORDS")
    if not bucket:
        raise RecordError("the environment variable RECORDS is not set")
    return bucket


def _key(deployment: Deployment) -> str:
    return f"{FOLDER}/{deployment.function_name}/{deployment.deployment_id}.json"
