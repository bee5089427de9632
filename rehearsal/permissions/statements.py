"""The statements of a delivery's own roles, as IAM has them and as the templates say."""

import fnmatch
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Document = Mapping[str, Any]
# What the CDK puts behind a construct's path, so that a logical id is nobody else's.
HASH = re.compile(r"[0-9A-F]{8}$")
# Each version has a verdict's alarm of its own: that of a release has another name than the one
# before, which the statement names as long as it is there.
OF_A_VERSION = re.compile(r"(?<=Verdict)[0-9A-Fa-f]{16}-[0-9A-Z]+$")
# What everybody may do, whatever their policies say.
NOTHING = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Something that IAM did not let a role do.

    Attributes:
        role: the role's name.
        action: such as `s3:PutObject`.
        resource: the ARN of what it was to be done to, or `*`.
    """

    role: str
    action: str
    resource: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of one role's policy.

    Attributes:
        stack: the stack's name.
        label: what the stack's template calls the role, but for what tells it from others.
        role: the role's name.
        resource: what the template calls the policy; what it calls the role for an inline one.
        policy: the managed policy's ARN, or the inline one's name.
        number: its place in the policy, from zero.
        key: what tells it from the role's others: its Sid, or its actions.
        content: what it says.
    """

    stack: str
    label: str
    role: str
    resource: str
    policy: str
    number: int
    key: str
    content: Document = field(hash=False)

    @property
    def actions(self) -> tuple[str, ...]:
        """What it allows."""
        return tuple(listed(self.content["Action"]))

    @property
    def origin(self) -> tuple[str, int]:
        """How the record of calls names it."""
        return self.policy, self.number

    def concerns(self, refused: Refused) -> bool:
        """Whether it would have allowed that, but for its conditions."""
        return (
            refused.role == self.role
            and any(like(refused.action, each) for each in self.actions)
            and any(
                fnmatch.fnmatchcase(refused.resource, OF_A_VERSION.sub("*", str(each)))
                for each in listed(self.content["Resource"])
            )
        )


def told_apart(statements: Iterable[Statement]) -> list[Statement]:
    """The statements, those of a role with the same key numbered from 1."""
    every = list(statements)
    many = Counter((each.role, each.key) for each in every)
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for each in every:
        seen[each.role, each.key] += 1
        number = seen[each.role, each.key]
        key = f"{each.key} ({number})" if many[each.role, each.key] > 1 else each.key
        found.append(replace(each, key=key))
    return found


def key_of(content: Document) -> str:
    """What names a statement within its role: its Sid, or its actions."""
    return str(content.get("Sid") or ", ".join(listed(content["Action"])))


def without(document: Document, number: int) -> dict[str, Any]:
    """The policy with a statement that allows nothing in place of one: the rest keep their places.

    Raises:
        IndexError: it has no such statement.
    """
    statements = [dict(each) for each in listed(document["Statement"])]
    statements[number] = dict(NOTHING)
    return {**document, "Statement": statements}


def same(said: object, live: object) -> bool:
    """Whether what a template says may be what IAM has: what a function gives may be anything."""
    if isinstance(said, Mapping):
        if len(said) == 1 and str(next(iter(said))).startswith(("Fn::", "Ref")):
            return True
        return (
            isinstance(live, Mapping)
            and set(said) == set(live)
            and all(same(value, live[name]) for name, value in said.items())
        )
    if isinstance(said, list):
        return isinstance(live, list) and len(said) == len(live) and all(map(same, said, live))
    return said == live


def like(action: str, pattern: str) -> bool:
    """Whether a pattern, as a policy has it, means an action."""
    return fnmatch.fnmatchcase(action.lower(), pattern.lower())


def listed(value: Any) -> Sequence[Any]:  # noqa: ANN401 - a policy has one of something, or several
    """What a policy has one or several of, as several."""
    return value if isinstance(value, list) else [value]
