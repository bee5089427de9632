"""A service acts as its role: with credentials as AWS's own AssumeRole would give it.

No user may assume a service's role, so this does what AWS does inside: it asks the role's trust
policy, source account and source ARN included, and registers the session with ministack. Each
call then goes over HTTP, on behalf of the party that makes it, and is checked like anybody's.
"""

import functools
import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.awsrequest import AWSRequest
from botocore.config import Config

from rehearsal.world.inside.service_access import lets_in
from rehearsal.world.inside.setting import Setting

READ_SECONDS = 900
SESSION_SECONDS = 12 * 3600
# Parts of a client are made once for all clients, and that is not thread-safe.
_MAKING = threading.Lock()
# How often each session of that name was begun: no two of them share their keys.
BEGUN: Counter[str] = Counter()


class NotTrustedError(PermissionError):
    """The role is missing, or does not trust the service on behalf of that resource."""


@dataclass(frozen=True, kw_only=True)
class RoleSession:
    """A session of a service's role.

    Attributes:
        credentials: as environment variables.
        region: where it acts.
        party: tells the name by which the party on whose behalf it acts now can be found.
        renewed: the same session with new keys, where the ones it has may be over; else itself.
    """

    credentials: Mapping[str, str]
    region: str
    party: Callable[[], str] = str
    renewed: Callable[["RoleSession"], "RoleSession"] = field(default=lambda own: own, repr=False)
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)

    def client(self, service: str) -> Any:
        """A client that acts as the role."""
        fresh = self.renewed(self)
        if fresh is not self:
            return fresh.client(service)
        with _MAKING:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def _make(self, service: str) -> Any:
        client = _session().client(
            service,
            aws_access_key_id=self.credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.credentials["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self.credentials["AWS_SESSION_TOKEN"],
            region_name=self.region,
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
        if name := self.party():
            request.headers["x-world-party"] = name


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
        party: the name by which the party that acts can be found; at each call the party that
            makes it where none is given.

    Raises:
        NotTrustedError: there is no such role, or it does not trust the service.
    """
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    role = world.seams.get("iam._roles").get_scoped(account, None, name)
    if role is None or not lets_in(
        world,
        role["AssumeRolePolicyDocument"],
        service,
        action="sts:AssumeRole",
        resource_arn=role["Arn"],
        source_arn=source_arn,
    ):
        raise NotTrustedError(
            f"{service} is not authorized to perform: sts:AssumeRole on {role_arn}"
        )
    chance = world.chance(f"session/{_new_name(role_arn, session_name)}")
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
        party=(lambda: party) if party else (lambda: _current(world)),
    )


def _new_name(role_arn: str, session_name: str) -> str:
    name = f"{role_arn}/{session_name}"
    with _MAKING:
        BEGUN[name] += 1
        return f"{name}/{BEGUN[name]}"


def _current(world: Setting) -> str:
    """The name by which the party that runs this can be found."""
    party = world.parties.current()
    if party is None:
        return ""
    name = f"engine-{id(party)}"
    world.parties.named[name] = party
    return name


@functools.cache
def _session() -> boto3.Session:
    """What all clients are made from: to make it takes longer than most calls."""
    return boto3.Session()
