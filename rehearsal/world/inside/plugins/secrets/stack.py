"""CloudFormation's types of Secrets Manager: Secret, ResourcePolicy and RotationSchedule.

`Ref` is the secret's ARN for all three. A hosted rotation function is not there: a template that
asks for one fails.
"""

import json
from collections.abc import Callable
from typing import Any

from rehearsal.world.inside.plugins.secrets.answers import Answer, RefusedError, content_of
from rehearsal.world.inside.plugins.secrets.rotation import Rotations

Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]
SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 - a type's name


def install(rotations: Rotations, put_policy: Callable[[dict[str, Any]], Answer]) -> None:
    """Let CloudFormation make them."""
    types = rotations.world.seams.get("provisioners._RESOURCE_HANDLERS")
    types[SECRET] = _by_arn(rotations, types[SECRET])
    types["AWS::SecretsManager::ResourcePolicy"] = _policy_type(rotations, put_policy)
    types["AWS::SecretsManager::RotationSchedule"] = _schedule_type(rotations)


def _by_arn(rotations: Rotations, stock: dict[str, Any]) -> dict[str, Any]:
    """Ministack's own type, which goes by the name."""

    def name_of(arn: str) -> str:
        found = rotations.world.seams.get("secretsmanager._resolve")(arn)[1]
        return str(found["Name"]) if found else arn

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        _, attributes = stock["create"](logical_id, properties, stack)
        return attributes["Arn"], attributes

    def update(id_: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Made:
        _, attributes = stock["update"](name_of(id_), old, new, stack, logical_id)
        return attributes["Arn"], attributes

    def delete(id_: str, properties: Properties) -> None:
        rotations.due.pop(id_, None)
        stock["delete"](name_of(id_), properties)

    return {**stock, "create": create, "update": update, "delete": delete}


def _policy_type(
    rotations: Rotations, put_policy: Callable[[dict[str, Any]], Answer]
) -> dict[str, Any]:
    def create(_logical_id: str, properties: Properties, _stack: str) -> Made:
        policy = properties["ResourcePolicy"]
        asked = {
            "SecretId": properties["SecretId"],
            "ResourcePolicy": policy if isinstance(policy, str) else json.dumps(policy),
            "BlockPublicPolicy": _on(properties, "BlockPublicPolicy"),
        }
        arn = _told(lambda: put_policy(asked))["ARN"]
        return arn, {"Id": arn}

    def delete(id_: str, _properties: Properties) -> None:
        rotations.world.seams.get("secretsmanager._delete_resource_policy")({"SecretId": id_})

    return _type(create, delete)


def _schedule_type(rotations: Rotations) -> dict[str, Any]:
    def create(_logical_id: str, properties: Properties, _stack: str) -> Made:
        if properties.get("HostedRotationLambda"):
            raise ValueError("the rehearsal has no hosted rotation function")
        rules = dict(properties.get("RotationRules") or {})
        if "AutomaticallyAfterDays" in rules:
            rules["AutomaticallyAfterDays"] = int(rules["AutomaticallyAfterDays"])
        asked = {
            "SecretId": properties["SecretId"],
            "RotationLambdaARN": properties.get("RotationLambdaARN"),
            "RotationRules": rules,
            "RotateImmediately": _on(properties, "RotateImmediatelyOnUpdate", otherwise=True),
        }
        arn = _told(lambda: rotations.rotate(asked))["ARN"]
        return arn, {"Id": arn}

    return _type(create, lambda id_, _properties: rotations.cancel(id_))


def _type(
    create: Callable[[str, Properties, str], Made], delete: Callable[[str, Properties], None]
) -> dict[str, Any]:
    def update(id_: str, _old: Properties, new: Properties, stack: str) -> Made:
        # The new one of another secret; the old one is deleted afterwards, by its id.
        return create(id_, new, stack)

    return {"create": create, "update": update, "delete": delete}


def _told(doing: Callable[[], Answer]) -> dict[str, Any]:
    try:
        return content_of(doing())
    except RefusedError as error:
        raise ValueError(f"{error} (Service: SecretsManager; Error Code: {error.code})") from error


def _on(properties: Properties, name: str, *, otherwise: bool = False) -> bool:
    return str(properties.get(name, otherwise)).lower() == "true"
