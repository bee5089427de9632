"""The resource that IAM decides on, by AWS's service authorization reference.

Only where ministack has it wrong; `None` leaves it to ministack.
"""

from collections.abc import Callable, Iterable
from typing import Any

from rehearsal.world.inside.plugins.iam.asked import Asked
from rehearsal.world.inside.plugins.iam.place import Place
from rehearsal.world.inside.setting import Setting

Finder = Callable[[Asked, Place], Iterable[str] | None]
# Calls about an alias by its name.
ALIAS = {"GetAlias", "UpdateAlias", "DeleteAlias"}
# Calls about a log stream, and calls that take no log group.
STREAM = {"CreateLogStream", "DeleteLogStream", "GetLogEvents", "PutLogEvents"}


def finders(world: Setting) -> dict[str, Finder]:
    """What finds the resources of a call, by service."""
    return {
        "lambda": _lambda,
        "logs": _logs,
        "events": _events,
        "iam": _iam(world),
        "states": _states,
        "cloudformation": _cloudformation,
        "monitoring": _cloudwatch,
        "sns": _sns,
        "kms": _kms(world),
        "secretsmanager": _secretsmanager,
    }


def _lambda(call: Asked, where: Place) -> Iterable[str] | None:
    name = call.text("FunctionName")
    if not name or call.operation == "CreateFunction":
        return [where.function(name)] if name else None
    alias = call.text("Name") if call.operation in ALIAS else ""
    return [where.function(name, alias or call.text("Qualifier"))]


def _logs(call: Asked, where: Place) -> Iterable[str] | None:
    if arn := call.text("resourceArn"):
        return [arn]
    name = call.text("logGroupName", "logGroupIdentifier")
    names = [name] if name else call.given.get("logGroupIdentifiers") or [""]
    # As AWS names a group when it denies: with an empty stream, so that `x`, `x:*` and `x*` differ.
    stream = call.text("logStreamName") if call.operation in STREAM else ""
    groups = (str(each).removesuffix(":*").rpartition(":log-group:")[2] for each in names)
    return [where.arn("logs", f"log-group:{each}:log-stream:{stream}") for each in groups]


def _events(call: Asked, where: Place) -> Iterable[str] | None:
    if call.operation == "PutEvents":
        return [_bus(entry, where) for entry in _entries(call)] or None
    if arn := call.text("ResourceARN"):
        return [arn]
    rule = call.text("Rule") or (call.text("Name") if "Rule" in call.operation else "")
    if not rule:
        return None
    bus = call.text("EventBusName").rpartition("/")[2]
    return [
        where.arn("events", f"rule/{bus}/{rule}" if bus not in ("", "default") else f"rule/{rule}")
    ]


def _entries(call: Asked) -> list[dict[str, Any]]:
    return [each for each in call.given.get("Entries") or () if isinstance(each, dict)]


def _bus(entry: dict[str, Any], where: Place) -> str:
    name = str(entry.get("EventBusName") or "default")
    return name if name.startswith("arn:") else where.arn("events", f"event-bus/{name}")


def _iam(world: Setting) -> Finder:
    """A role's and a policy's ARN holds its path: of what is there, or of what is to be made."""
    roles, users = world.seams.get("iam._roles"), world.seams.get("iam._users")

    def find(call: Asked, where: Place) -> Iterable[str] | None:
        path = call.text("Path") or "/"
        for kind, store, name in (
            ("role", roles, call.text("RoleName")),
            ("user", users, call.text("UserName")),
        ):
            if name:
                known = None if call.operation.startswith("Create") else store.get(name)
                made = f"arn:aws:iam::{where.account}:{kind}{path}{name}"
                return [str(known["Arn"]) if known else made]
        if call.operation == "CreatePolicy":
            return [f"arn:aws:iam::{where.account}:policy{path}{call.text('PolicyName')}"]
        return None

    return find


def _states(call: Asked, where: Place) -> Iterable[str] | None:
    if arn := call.text("resourceArn", "executionArn", "mapRunArn"):
        return [arn]
    if arn := call.text("stateMachineArn"):
        # A version or an alias is a condition (states:StateMachineQualifier), not the resource.
        return [":".join(arn.split(":")[:7])]
    if call.operation == "CreateActivity":
        return [where.arn("states", f"activity:{call.text('name')}")]
    return None


def _cloudformation(call: Asked, where: Place) -> Iterable[str] | None:
    name = call.text("StackName")
    if name.startswith("arn:"):
        return [name]
    return [where.arn("cloudformation", f"stack/{name}/*")] if name else None


def _cloudwatch(call: Asked, where: Place) -> Iterable[str] | None:
    if arn := call.text("ResourceARN"):
        return [arn]
    names = call.given.get("AlarmNames") or [call.text("AlarmName")]
    if call.operation == "DescribeAlarms" and not any(names):
        names = ["*"]
    return [where.arn("cloudwatch", f"alarm:{each}") for each in names if each] or None


def _sns(call: Asked, _where: Place) -> Iterable[str] | None:
    arn = call.text("ResourceArn", "TopicArn", "TargetArn", "SubscriptionArn")
    # A subscription is decided on by its topic.
    return [":".join(arn.split(":")[:6])] if arn else None


def _kms(world: Setting) -> Finder:
    """An alias stands for its key."""
    resolve = world.seams.get("kms._resolve_key")

    def find(call: Asked, where: Place) -> Iterable[str] | None:
        if call.operation in ("CreateAlias", "DeleteAlias", "UpdateAlias"):
            alias = where.arn("kms", call.text("AliasName"))
            key = resolve(call.text("TargetKeyId") or call.text("AliasName"))
            return [alias, *([str(key["Arn"])] if key else [])]
        key = resolve(call.text("KeyId")) if call.text("KeyId") else None
        return [str(key["Arn"])] if key else None

    return find


def _secretsmanager(call: Asked, where: Place) -> Iterable[str] | None:
    if call.operation == "CreateSecret":
        # AWS decides on the ARN that it will be, with its six random characters.
        return [where.arn("secretsmanager", f"secret:{call.text('Name')}-AAAAAA")]
    return None if call.text("SecretId") else ["*"]
