"""A managed policy of ours in an account: compared with what it should say, and made so."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations.aws import is_error

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What becomes of one policy.

    Attributes:
        arn: the policy's.
        before: what its default version says, None where there is no such policy.
        after: what it should say.
    """

    arn: str
    before: Document | None
    after: Document

    @property
    def needed(self) -> bool:
        """Whether it says something else, or nothing yet."""
        return self.before is None or _text(self.before) != _text(self.after)

    def __str__(self) -> str:
        if not self.needed:
            return f"{self.arn}: as it should be"
        if self.before is None:
            return "\n".join([f"{self.arn}: will be made", *_text(self.after)])
        lines = difflib.unified_diff(
            _text(self.before), _text(self.after), "now", "then", lineterm=""
        )
        return "\n".join([f"{self.arn}: will be changed", *lines])


def _text(document: Document) -> list[str]:
    return json.dumps(document, indent=2, sort_keys=True).splitlines()


def look(iam: Any, account: str, name: str, after: Document) -> Change:  # noqa: ANN401 - boto3 has no types
    """Compare the account's policy of that name with what it should say.

    Raises:
        ClientError: it may not be read.
    """
    arn = f"arn:aws:iam::{account}:policy/{name}"
    try:
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    except ClientError as error:
        if is_error(error, "NoSuchEntity"):
            return Change(arn=arn, before=None, after=after)
        raise
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)
    return Change(arn=arn, before=found["PolicyVersion"]["Document"], after=after)


def apply(iam: Any, change: Change, *, description: str) -> None:  # noqa: ANN401 - boto3 has no types
    """Make the policy, or give it a new default version; only the one before is kept beside it.

    Args:
        iam: a client.
        change: what becomes of it; nothing happens where it is as it should be.
        description: what the policy is for.

    Raises:
        ClientError: it may not be changed.
    """
    if not change.needed:
        return
    text = json.dumps(change.after, separators=(",", ":"))
    if change.before is None:
        name = change.arn.rpartition("/")[2]
        iam.create_policy(PolicyName=name, PolicyDocument=text, Description=description)
        return
    # A policy has five versions at the most ("IAM and AWS STS quotas").
    pages = iam.get_paginator("list_policy_versions").paginate(PolicyArn=change.arn)
    for version in pages.build_full_result()["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=change.arn, VersionId=version["VersionId"])
    iam.create_policy_version(PolicyArn=change.arn, PolicyDocument=text, SetAsDefault=True)
