"""What an engine of ours needs to act as an AWS service: threads, and its role's credentials."""

import contextvars
import functools
import hashlib
import os
from collections.abc import Callable
from typing import Any

import boto3
import botocore.loaders
import botocore.session
from botocore.config import Config

from rehearsal.world.inside.setting import Setting

READ_SECONDS = 300


def start(world: Setting, name: str, work: Callable[[], object]) -> None:
    """Do the work on a thread of its own, in the account and region of the request."""
    context = contextvars.copy_context()
    world.parties.start(name, lambda: context.run(work))


def client(world: Setting, service: str, role_arn: str, session: str) -> Any:
    """A client with the credentials of a service's role: what it lacks is denied, as on AWS.

    To make one takes longer than most calls, so there is one for each role, session and region.

    Args:
        world: where.
        service: whom to ask.
        role_arn: the role that the service assumes.
        session: the name of the role's session.
    """
    return _client(world, service, role_arn, session, world.seams.get("responses.get_region")())


@functools.cache
def _client(world: Setting, service: str, role_arn: str, session: str, region: str) -> Any:
    account = role_arn.split(":")[4]
    digest = hashlib.sha256(f"{role_arn} {session}".encode()).hexdigest()
    key, secret, token = f"ASIA{digest[:16].upper()}", digest[16:56], digest[::-1]
    role = role_arn.rpartition("/")[2]
    world.seams.get("sts.register_session")(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
            "UserId": f"{role}:{session}",
            "SecretAccessKey": secret,
            "SessionToken": token,
        },
    )
    made = boto3.Session(key, secret, token, region, botocore_session=_session())
    made.events.register("before-send", lambda request, **_more: _say_who(world, request))
    return made.client(
        service,
        endpoint_url=f"https://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        config=Config(
            retries={"total_max_attempts": 1},
            read_timeout=READ_SECONDS,
            s3={"addressing_style": "path"},
        ),
    )


def _session() -> botocore.session.Session:
    session = botocore.session.Session()
    session.register_component("data_loader", _models())
    return session


@functools.cache
def _models() -> botocore.loaders.Loader:
    """AWS's models, read once for all roles."""
    return botocore.loaders.create_loader()


def _say_who(world: Setting, request: Any) -> None:
    party = world.parties.current()
    if party is not None:
        name = f"engine-{id(party)}"
        world.parties.named[name] = party
        request.headers["x-world-party"] = name
