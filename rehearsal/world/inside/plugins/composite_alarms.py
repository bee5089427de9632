"""CloudFormation's type AWS::CloudWatch::CompositeAlarm; `Ref` is the alarm's name."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.setting import Setting

TYPE = "AWS::CloudWatch::CompositeAlarm"
OK = 200

Made = tuple[str, dict[str, str]]
Properties = Mapping[str, Any]


def install(world: Setting) -> None:
    """Let stacks make composite alarms, by the API that ministack has for them."""
    world.seams.get("provisioners._RESOURCE_HANDLERS")[TYPE] = _resource_type(world)


def _resource_type(world: Setting) -> dict[str, Callable[..., Any]]:
    seams = world.seams
    put = seams.get("cloudwatch._put_composite_alarm")
    alarms = seams.get("cloudwatch._composite_alarms")
    physical_name = seams.get("provisioners._physical_name")

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        name = str(properties.get("AlarmName") or physical_name(stack, logical_id))
        said = {**properties, "AlarmName": name}
        status, _headers, body = put({}, said, False, True)  # noqa: FBT003 - its own call
        if status != OK:
            raise ValueError(f"{body!r} (Service: CloudWatch)")
        return name, {"Arn": alarms[name]["AlarmArn"]}

    def update(name: str, _old: Properties, new: Properties, stack: str) -> Made:
        if new.get("AlarmName", name) != name:
            return create("", new, stack)
        return create("", {**new, "AlarmName": name}, stack)

    def delete(name: str, _properties: Properties) -> None:
        alarms.pop(name, None)

    return {"create": create, "update": update, "delete": delete}
