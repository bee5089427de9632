"""CloudFormation's type AWS::Logs::QueryDefinition: a query is saved, and nothing asks it."""

from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.setting import Setting

Made = tuple[str, dict[str, str]]


def install(world: Setting) -> None:
    """Let templates have saved queries; `Ref` is a query's id."""
    chance = world.chance("logs/query-definitions")
    world.memory.hold("query definitions", chance)

    def create(_logical_id: str, _properties: Mapping[str, Any], _stack: str) -> Made:
        digits = f"{chance.getrandbits(128):032x}"
        parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        made = "-".join(parts)
        return made, {"QueryDefinitionId": made}

    def update(saved: str, _old: Mapping[str, Any], _new: Mapping[str, Any], _stack: str) -> Made:
        return saved, {"QueryDefinitionId": saved}

    def delete(_saved: str, _properties: Mapping[str, Any]) -> None:
        """Nothing else has kept it."""

    world.seams.get("provisioners._RESOURCE_HANDLERS")["AWS::Logs::QueryDefinition"] = {
        "create": create,
        "update": update,
        "delete": delete,
    }
