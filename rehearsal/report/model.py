"""The report: all that a rehearsal found out, as plain facts.

`Report.model_dump_json` is the report as JSON, and `Report.model_validate_json` reads it again.
The same facts make the same bytes. What a reader can derive, such as sums, is left to the page.
"""

import json
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    NonNegativeInt,
)

SCHEMA_VERSION: Final = 1


def _canonical(record: dict[str, JsonValue]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = json.loads(json.dumps(record, sort_keys=True, allow_nan=False))
    return found


# A decision record as the gate wrote it, its keys in order.
DecisionRecord = Annotated[dict[str, JsonValue], AfterValidator(_canonical)]


class Facts(BaseModel):
    """Facts that do not change; a name that is not theirs is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Outcome(StrEnum):
    """How a release ended, or should."""

    SUCCEEDED = "succeeded"
    STOPPED = "stopped"
    FAILED = "failed"


class Part(Facts):
    """A part of the rehearsal.

    Attributes:
        what: the part, in a few words.
        why: why it counts as real, or why and by what it was stood in for.
    """

    what: str
    why: str


class Span(Facts):
    """Something that took time in the world.

    Attributes:
        name: what.
        status: as the service has it: Succeeded, Failed, InProgress, Stopped, Skipped, …
        began: when it began; None where it never did.
        ended: when it ended; None where it had not.
        message: what was said of it, or nothing.
    """

    name: str
    status: str
    began: AwareDatetime | None = None
    ended: AwareDatetime | None = None
    message: str = ""


class Stage(Facts):
    """A stage of the pipeline, and its actions in the order in which they were to run."""

    name: str
    actions: tuple[Span, ...]


class Alarm(Facts):
    """An alarm that went off.

    Attributes:
        name: its name.
        at: when.
        until: when it was OK again; None where it was not.
        reason: as CloudWatch says it.
    """

    name: str
    at: AwareDatetime
    until: AwareDatetime | None = None
    reason: str = ""


class Look(Facts):
    """What the judge says once a minute of the canary has settled; `looks.looks` gives them.

    Attributes:
        minute: the minute, from the canary's start.
        verdict: healthy, degraded or inconclusive.
        log10_evidence: the logarithm of the evidence against the release; None where unknown.
        reason: one sentence.
    """

    minute: NonNegativeInt
    verdict: str
    log10_evidence: float | None
    reason: str


class Deployment(Facts):
    """One deployment of CodeDeploy.

    Attributes:
        id: its id.
        status: as CodeDeploy has it.
        began: when it was made.
        ended: when it was over; None where it was not.
        message: what CodeDeploy says of its failure, or nothing.
        rollback_of: the deployment that it undoes, or nothing.
        lifecycle: its lifecycle events, in order.
        record: the gate's decision record, where there is one.
        looks: what the judge said minute by minute, where the record has minutes.
    """

    id: str
    status: str
    began: AwareDatetime
    ended: AwareDatetime | None = None
    message: str = ""
    rollback_of: str = ""
    lifecycle: tuple[Span, ...] = ()
    record: DecisionRecord | None = None
    looks: tuple[Look, ...] = ()


class Served(Facts):
    """What a version served in one minute, by the customers' own count.

    Attributes:
        at: the minute in which the requests began.
        version: the version that answered.
        requests: how many requests.
        failed: how many of them failed: an error of the function, a time-out or an HTTP 5xx.
    """

    at: AwareDatetime
    version: str
    requests: NonNegativeInt
    failed: NonNegativeInt


class Environment(Facts):
    """What a release did in an environment.

    Attributes:
        name: the environment, which is the stage's name as well.
        deployments: of this release, rollbacks included, the oldest first.
        customers: all that customers counted during the release.
        alarms: those that went off during the release.
    """

    name: str
    deployments: tuple[Deployment, ...] = ()
    customers: tuple[Served, ...] = ()
    alarms: tuple[Alarm, ...] = ()


class Release(Facts):
    """A commit's way through the pipeline.

    Attributes:
        name: such as "release 2: one request in ten fails".
        commit: the commit's id.
        subject: the commit message's first line.
        expected: how it was to end.
        outcome: how it did.
        why: one sentence; `why.of` gives one where a record tells.
        began: when it was pushed, in the world.
        ended: when it was over, in the world.
        stages: the pipeline's.
        environments: in the order of the promotion.
        unmet: what else was not as the scenario expects, each in a sentence.
    """

    name: str
    commit: str
    subject: str
    expected: Outcome
    outcome: Outcome
    why: str
    began: AwareDatetime
    ended: AwareDatetime
    stages: tuple[Stage, ...] = ()
    environments: tuple[Environment, ...] = ()
    unmet: tuple[str, ...] = ()


class Denied(Facts):
    """A call that IAM denied."""

    at: AwareDatetime
    role: str
    action: str
    resource: str
    message: str


class Unused(Facts):
    """A permission that no call needed; the attributes are those of `world.calls.Unused`.

    Attributes:
        role: the role's ARN.
        policy: the inline policy's name, or the managed policy's ARN.
        statement: the statement's number in it, from zero.
        action: the action, as the statement has it.
    """

    role: str
    policy: str
    statement: NonNegativeInt
    action: str


def _by_time(calls: tuple[Denied, ...]) -> tuple[Denied, ...]:
    return tuple(sorted(calls, key=lambda each: (each.at, each.role, each.action, each.resource)))


def _by_role(unused: tuple[Unused, ...]) -> tuple[Unused, ...]:
    return tuple(
        sorted(unused, key=lambda each: (each.role, each.policy, each.statement, each.action))
    )


class Report(Facts):
    """A rehearsal.

    Attributes:
        schema_version: of this report's JSON; it grows where a name changes its meaning or goes.
        delivery: the delivery's name.
        made: when, by this machine's clock.
        seconds: how long it took on this machine; None where that was not measured.
        seed: the seed; the same seed makes the same run.
        scenarios: the names of those that were played.
        command: what repeats the run.
        real: what was real.
        stood_in: what was stood in for.
        releases: in the order in which they were pushed.
        denied: every call that was denied.
        unused: every permission that was granted and never used.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    delivery: str
    made: AwareDatetime
    seconds: Annotated[float, Field(ge=0)] | None = None
    seed: int
    scenarios: tuple[str, ...]
    command: str
    real: tuple[Part, ...]
    stood_in: tuple[Part, ...]
    releases: tuple[Release, ...]
    denied: Annotated[tuple[Denied, ...], AfterValidator(_by_time)] = ()
    unused: Annotated[tuple[Unused, ...], AfterValidator(_by_role)] = ()
