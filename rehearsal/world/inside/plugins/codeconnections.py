"""CloudFormation's type AWS::CodeConnections::Connection; no provider is behind it.

`Ref` is the ARN, as on AWS. There somebody confirms a new connection once, in the console; here it
is as if that were done. What uses one finds a CodeCommit repository: see `stand_in`.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.plugins.iam.place import place
from rehearsal.world.inside.setting import Setting

TYPE = "AWS::CodeConnections::Connection"
NAME_LETTERS = 32
Made = tuple[str, dict[str, str]]
Properties = Mapping[str, Any]


def install(world: Setting) -> None:
    """Let CloudFormation make connections."""
    world.seams.get("provisioners._RESOURCE_HANDLERS")[TYPE] = _type(world)
    world.seams.get("provisioners._STACK_TAG_PROPERTY")[TYPE] = ("Tags", "list")


def _type(world: Setting) -> dict[str, Callable[..., Any]]:
    where = place(world)

    def create(_logical_id: str, properties: Properties, _stack: str) -> Made:
        name = str(properties.get("ConnectionName", ""))
        if not 0 < len(name) <= NAME_LETTERS:
            raise ValueError(f"a ConnectionName has 1 to {NAME_LETTERS} characters: {name!r}")
        if bool(properties.get("HostArn")) == bool(properties.get("ProviderType")):
            raise ValueError(f"the connection {name} has either a HostArn or a ProviderType")
        here = where()
        chance = world.chance(f"connection/{here.account}/{here.region}/{name}")
        id_ = uuid.UUID(int=chance.getrandbits(128), version=4)
        arn = here.arn("codeconnections", f"connection/{id_}")
        return arn, {"ConnectionArn": arn, "ConnectionStatus": "AVAILABLE"}

    def update(arn: str, old: Properties, new: Properties, stack: str) -> Made:
        kept = ("ConnectionName", "HostArn", "ProviderType")
        if any(old.get(name) != new.get(name) for name in kept):
            return create("", new, stack)
        return arn, {"ConnectionArn": arn, "ConnectionStatus": "AVAILABLE"}

    def delete(_arn: str, _properties: Properties) -> None:
        """Nothing is kept of it."""

    return {"create": create, "update": update, "delete": delete}
