"""CloudFormation's type AWS::CloudTrail::Trail; `Ref` is the trail's name."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.cloudtrail.trail import Trail
from rehearsal.world.inside.plugins.cloudtrail.trails import Trails

Made = tuple[str, dict[str, str]]
Properties = Mapping[str, Any]
# As the API calls them.
NAMES = {"TrailName": "Name", "KMSKeyId": "KmsKeyId"}
SETTINGS = frozenset(
    {
        "CloudWatchLogsLogGroupArn",
        "CloudWatchLogsRoleArn",
        "EnableLogFileValidation",
        "IncludeGlobalServiceEvents",
        "IsMultiRegionTrail",
        "IsOrganizationTrail",
        "KMSKeyId",
        "S3BucketName",
        "S3KeyPrefix",
        "SnsTopicName",
        "TrailName",
    }
)
OTHERS = frozenset({"AdvancedEventSelectors", "EventSelectors", "IsLogging", "Tags"})


def resource_type(
    trails: Trails, physical_name: Callable[[str, str], str]
) -> dict[str, Callable[..., Any]]:
    """What ministack's CloudFormation calls to make, change and remove a trail."""

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        name = properties.get("TrailName") or physical_name(stack, logical_id)
        tags = {each["Key"]: each["Value"] for each in properties.get("Tags") or ()}
        return _said(
            lambda: _set(trails, trails.create(_settings(properties, name), tags), properties)
        )

    def update(name: str, _old: Properties, new: Properties, stack: str) -> Made:
        if new.get("TrailName", name) != name:
            return create("", new, stack)
        trail = trails.own(name)

        def change() -> Made:
            trails.update(trail, _settings(new, name))
            return _set(trails, trail, new)

        return _said(change)

    def delete(name: str, _properties: Properties) -> None:
        for trail in [each for each in trails.visible() if each.name == name]:
            trails.delete(trail)

    return {"create": create, "update": update, "delete": delete}


def _said(doing: Callable[[], Made]) -> Made:
    try:
        return doing()
    except ServiceError as error:
        raise ValueError(f"{error} (Service: CloudTrail; Error Code: {error.code})") from error


def _set(trails: Trails, trail: Trail, properties: Properties) -> Made:
    selectors = properties.get("EventSelectors") or properties.get("AdvancedEventSelectors")
    if selectors:
        trails.select(trail, _typed(selectors))
    (trails.start if _typed(properties["IsLogging"]) else trails.stop)(trail)
    return trail.name, {"Arn": trail.arn}


def _settings(properties: Properties, name: str) -> dict[str, Any]:
    if unknown := sorted(set(properties) - SETTINGS - OTHERS):
        raise ValueError(f"a trail of the rehearsal has no {', '.join(unknown)}")
    told = {key: each for key, each in properties.items() if key in SETTINGS}
    return {**{NAMES.get(key, key): _typed(each) for key, each in told.items()}, "Name": name}


def _typed(value: Any) -> Any:
    """Booleans as such: a template may give them as text."""
    if isinstance(value, dict):
        return {name: _typed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    return value == "true" if value in ("true", "false") else value
