"""A service acts as its role: with credentials as AWS's own AssumeRole would give it.

No user may assume a service's role, so this does what AWS does inside: it asks the role's trust
policy, source account and source ARN included, and registers the session with ministack. Each
call then goes over HTTP and is checked like anybody's.
"""

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.awsrequest import AWSRequest
from botocore.config import Config

from rehearsal.world.inside.setting import Setting

READ_SECONDS = 900
SESSION_SECONDS = 12 * 3600
# Parts of a client are made once for all clients of a session, and that is not thread-safe.
_MAKING = threading.Lock()


class NotTrustedError(PermissionError):
    """The role is missing, or does not trust the service on behalf of that resource."""


@dataclass(frozen=True, kw_only=True)
class RoleSession:
    """A session of a service's role.

    Attributes:
        credentials: as environment variables.
        region: where it acts.
        party: the name by which the party on whose behalf it acts can be found.
    """

    credentials: Mapping[str, str]
    region: str
    party: str = ""
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    def client(self, service: str) -> Any:
        """A client that acts as the role."""
        with _MAKING:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def _make(self, service: str) -> Any:
        session = boto3.Session(
            aws_access_key_id=self.credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.credentials["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self.credentials["AWS_SESSION_TOKEN"],
            region_name=self.region,
        )
        client = session.client(
            service,
            endpoint_url=endpoint(),
            verify=os.environ["AWS_CA_BUNDLE"],
            config=Config(
                proxies={},
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": 1},
                s3={"addressing_style": "path"},
            ),
        )
        client.meta.events.register("before-send", self._say_who)
        return client

    def _say_who(self, request: AWSRequest, **_more: object) -> None:
        if self.party:
            request.headers["x-world-party"] = self.party


def endpoint() -> str:
    """Where the world is for what runs inside it."""
    return f"https://127.0.0.1:{os.environ['GATEWAY_PORT']}"


def assume(
    world: Setting,
    role_arn: str,
    *,
    service: str,
    session_name: str,
    source_arn: str = "",
    party: str = "",
) -> RoleSession:
    """A session of the role for the service, if the role's trust policy allows it.

    Args:
        world: the world.
        role_arn: the role.
        service: the service's principal, such as `codebuild.amazonaws.com`.
        session_name: as CloudTrail shows it.
        source_arn: on behalf of which resource, where the service says so.
        party: the name by which the party that acts can be found.

    Raises:
        NotTrustedError: there is no such role, or it does not trust the service.
    """
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    role = world.seams.get("iam._roles").get_scoped(account, None, name)
    if role is None or not _trusts(world, role, service, source_arn):
        raise NotTrustedError(
            f"{service} is not authorized to perform: sts:AssumeRole on {role_arn}"
        )
    chance = world.chance(f"session/{role_arn}/{session_name}")
    key, secret, token = (f"{chance.getrandbits(320):080X}"[:length] for length in (16, 40, 80))
    world.seams.get("sts.register_session")(
        f"ASIA{key}",
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}",
            "UserId": f"{role['RoleId']}:{session_name}",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "Expiration": world.clock.now() + SESSION_SECONDS,
            "AccountId": account,
            "PrincipalType": "AssumedRole",
        },
    )
    return RoleSession(
        credentials={
            "AWS_ACCESS_KEY_ID": f"ASIA{key}",
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token,
        },
        region=world.seams.get("responses.get_region")(),
        party=party,
    )


def _trusts(world: Setting, role: Mapping[str, Any], service: str, source_arn: str) -> bool:
    """Whether the trust policy lets the service in: ministack would let the account's root in."""
    document = role["AssumeRolePolicyDocument"]
    document = json.loads(document) if isinstance(document, str) else document
    statements = document["Statement"]
    statements = [statements] if isinstance(statements, dict) else statements
    for_service = [
        {**statement, "Principal": "*"}
        for statement in statements
        if service in _services(statement.get("Principal"))
    ]
    context = world.seams.get("iam_evaluator.EvalContext")(
        principal_arn=service,
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn=role["Arn"],
        region="",
        service_context={
            "aws:sourcearn": source_arn or None,
            "aws:sourceaccount": source_arn.split(":")[4] if source_arn else None,
        },
    )
    allows = world.seams.get("iam_evaluator.evaluate_trust_policy")
    return bool(allows({**document, "Statement": for_service}, service, context))


def _services(principal: object) -> list[str]:
    if principal == "*":
        return []
    named = principal.get("Service", []) if isinstance(principal, dict) else []
    return [named] if isinstance(named, str) else list(named)
