"""A statement of a policy, and what became of releases without it."""

from pathlib import Path

from rehearsal.assembly import Stack
from rehearsal.permissions.played import Outcome, Played
from rehearsal.permissions.statements import Refused, Statement, key_of
from rehearsal.permissions.verdict import Fate, Tried

BUCKET = "arn:aws:s3:::store"
READ: dict[str, object] = {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": f"{BUCKET}/source/*",
}
LOG: dict[str, object] = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": "*",
}
POLICY: dict[str, object] = {"Version": "2012-10-17", "Statement": [READ, LOG]}
ASKED = Refused(role="build-1A2B", action="s3:GetObject", resource=f"{BUCKET}/source/x")


def statement(content: dict[str, object], number: int = 0) -> Statement:
    return Statement(
        stack="orders-pipeline",
        label="VerifyJobRole",
        role="build-1A2B",
        resource="VerifyJobPolicy1234ABCD",
        policy="arn:aws:iam::111122223333:policy/build",
        number=number,
        key=key_of(content),
        content=content,
    )


def played(
    status: str = "Succeeded",
    place: str = "",
    told: str = "",
    refused: tuple[Refused, ...] = (),
    what: str = "release",
) -> Played:
    return Played(
        what=what,
        outcome=Outcome(status=status, place=place),
        told=frozenset(told.split()),
        refused=refused,
        used={},
    )


def tried(fate: Fate, content: dict[str, object] = READ) -> Tried:
    return Tried(statement=statement(content), course="good", fate=fate, became="?", first=ASKED)


def stack(name: str = "orders") -> Stack:
    template: dict[str, dict[str, object]] = {"Resources": {name: {}}}
    return Stack(
        name=name, account=None, region=None, protected=False, file=Path(name), template=template
    )
