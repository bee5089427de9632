"""What was called in a world: who was denied what, and which permissions nobody needed.

The record is a file of the world's folder, so it is read inside the world's `with` block.

>>> with World() as world:
...     ...
...     for call in denied(calls(world.folder)):
...         print(call.who, call.name, call.error)
...     for each in unused(calls(world.folder), policies(world.client("iam"))):
...         print(each)
"""

import fnmatch
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FILE = "calls.jsonl"
Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What IAM was asked for a call, and what it said.

    Attributes:
        action: what was to be done, such as `s3:PutObject`.
        resource: the ARN of what it was to be done to, or `*`.
        principal: the ARN of who was to do it.
        allowed: whether they might.
        statements: the policy, number and Sid of each of their own policies' statements that
            allowed it.
    """

    action: str
    resource: str
    principal: str
    allowed: bool
    statements: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of an AWS service.

    Attributes:
        event: what CloudTrail has of it.
        decisions: what IAM decided for it.
    """

    event: Mapping[str, Any]
    decisions: tuple[Decision, ...]

    @property
    def name(self) -> str:
        """What was called, as `iam:CreateRole`."""
        return f"{self.event['eventSource'].partition('.')[0]}:{self.event['eventName']}"

    @property
    def who(self) -> str:
        """The ARN of who called, or the service that did."""
        identity = self.event["userIdentity"]
        return str(identity.get("arn") or identity.get("invokedBy") or identity["type"])

    @property
    def role(self) -> str:
        """The ARN of the role under which it was called; empty where it was none."""
        context = self.event["userIdentity"].get("sessionContext") or {}
        return str((context.get("sessionIssuer") or {}).get("arn", ""))

    @property
    def at(self) -> datetime:
        """When, by the world's clock."""
        return datetime.fromisoformat(self.event["eventTime"])

    @property
    def error(self) -> str:
        """The code of its error; empty where it went well."""
        return str(self.event.get("errorCode", ""))


@dataclass(frozen=True, kw_only=True, order=True)
class Unused:
    """A permission that no call needed.

    Attributes:
        role: the role's ARN.
        policy: the inline policy's name, or the managed policy's ARN.
        statement: the statement's number in it, from zero.
        action: the action, as the statement has it.
    """

    role: str
    policy: str
    statement: int
    action: str


def calls(folder: Path) -> Iterator[Call]:
    """All calls up to now, in the order in which they were answered."""
    with (folder / FILE).open(encoding="utf-8") as lines:
        for line in lines:
            content = json.loads(line)
            decisions = tuple(
                Decision(**{**each, "statements": tuple(map(tuple, each["statements"]))})
                for each in content["decisions"]
            )
            yield Call(event=content["event"], decisions=decisions)


def denied(made: Iterable[Call]) -> Iterator[Call]:
    """Those calls that IAM denied."""
    return (call for call in made if any(not each.allowed for each in call.decisions))


def policies(iam: Any) -> dict[str, dict[str, Document]]:  # noqa: ANN401 - boto3 has no types
    """Each role's own policies: inline ones by their names, and managed ones by their ARNs.

    Args:
        iam: a client that may read all roles.
    """
    # One question for all of them: a rehearsed account has dozens of roles and policies.
    asked = iam.get_paginator("get_account_authorization_details")
    pages = list(asked.paginate(Filter=["Role", "LocalManagedPolicy"]))
    managed = {
        policy["Arn"]: version["Document"]
        for page in pages
        for policy in page["Policies"]
        for version in policy["PolicyVersionList"]
        if version["IsDefaultVersion"]
    }
    found: dict[str, dict[str, Document]] = {}
    for role in [role for page in pages for role in page["RoleDetailList"]]:
        found[role["Arn"]] = {
            each["PolicyName"]: each["PolicyDocument"] for each in role["RolePolicyList"]
        }
        for arn in [each["PolicyArn"] for each in role["AttachedManagedPolicies"]]:
            if arn not in managed:
                managed[arn] = _of_aws(iam, arn)
            found[role["Arn"]][arn] = managed[arn]
    return found


def _of_aws(iam: Any, arn: str) -> Document:  # noqa: ANN401
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    read = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
    document: Document = read["Document"]
    return document


def unused(made: Iterable[Call], of: Mapping[str, Mapping[str, Document]]) -> list[Unused]:
    """What the roles' statements allow and no call needed, statement by statement.

    An action of a statement is used if IAM allowed a call because of it: an action that fits it,
    on a resource of the statement, under its conditions. Where several statements allow a call,
    each counts as used: it is not known which was meant. What only a resource's own policy allows
    uses none.

    Args:
        made: the calls.
        of: each role's policies, by the role's ARN and the policy's name, as `policies` reads them.
    """
    used: dict[str, set[tuple[str, str, int]]] = {}
    for call in made:
        for each in call.decisions:
            if each.allowed and call.role:
                found = used.setdefault(call.role, set())
                found |= {(each.action, policy, number) for policy, number, _ in each.statements}
    return sorted(
        Unused(role=role, policy=policy, statement=number, action=action)
        for role, documents in of.items()
        for policy, document in documents.items()
        for number, statement in enumerate(_listed(document["Statement"]))
        if statement["Effect"] == "Allow"
        for action in _listed(statement.get("Action", "*"))
        if not any(
            (asked_policy, asked_number) == (policy, number) and _like(asked, action)
            for asked, asked_policy, asked_number in used.get(role, ())
        )
    )


def _like(action: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(action.lower(), pattern.lower())


def _listed(value: Any) -> Sequence[Any]:  # noqa: ANN401 - a policy has one of something, or several
    return value if isinstance(value, list) else [value]
