"""CloudTrail's operations on trails; those of organizations, lakes and insights are missing."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.json_service import Operation, ServiceError
from rehearsal.world.inside.plugins.cloudtrail.lookup import lookup
from rehearsal.world.inside.plugins.cloudtrail.trail import Trail
from rehearsal.world.inside.plugins.cloudtrail.trails import Trails

Request = dict[str, Any]
# What CreateTrail and UpdateTrail answer.
ANSWERED = (
    "Name",
    "S3BucketName",
    "S3KeyPrefix",
    "IncludeGlobalServiceEvents",
    "IsMultiRegionTrail",
    "TrailARN",
    "LogFileValidationEnabled",
    "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn",
    "KmsKeyId",
    "IsOrganizationTrail",
)


def operations(trails: Trails) -> dict[str, Operation]:
    """Each by its name."""
    plain: dict[str, Callable[[Trails, Request], Request]] = {
        "AddTags": _add_tags,
        "CreateTrail": _create,
        "DeleteTrail": _with(Trails.delete),
        "DescribeTrails": _describe,
        "GetEventSelectors": lambda own, asked: _selected(own.find(asked["TrailName"])),
        "GetTrail": lambda own, request: {"Trail": dict(own.find(request["Name"]).settings)},
        "GetTrailStatus": lambda own, request: _status(own.find(request["Name"])),
        "ListTags": _list_tags,
        "ListTrails": _list,
        "LookupEvents": lambda own, request: lookup(own.record.events, *own.here(), request),
        "PutEventSelectors": _select,
        "RemoveTags": _remove_tags,
        "StartLogging": _with(Trails.start),
        "StopLogging": _with(Trails.stop),
        "UpdateTrail": _update,
    }
    return {name: _of(trails, doing) for name, doing in plain.items()}


def resource(trails: Trails) -> Callable[[str, Mapping[str, Any]], str]:
    """On which trail IAM decides."""

    def find(_operation: str, request: Mapping[str, Any]) -> str:
        named = request.get("Name") or request.get("TrailName") or request.get("ResourceId")
        account, region = trails.here()
        if not named:
            return "*"
        if str(named).startswith("arn:"):
            return str(named)
        return f"arn:aws:cloudtrail:{region}:{account}:trail/{named}"

    return find


def _of(trails: Trails, doing: Callable[[Trails, Request], Request]) -> Operation:
    return lambda request: doing(trails, request)


def _with(doing: Callable[[Trails, Trail], None]) -> Callable[[Trails, Request], Request]:
    """What is done with a trail that is named."""

    def done(trails: Trails, request: Request) -> Request:
        doing(trails, trails.own(request["Name"]))
        return {}

    return done


def _create(trails: Trails, request: Request) -> Request:
    tags = {each["Key"]: each.get("Value", "") for each in request.get("TagsList") or ()}
    return _answered(trails.create(request, tags))


def _update(trails: Trails, request: Request) -> Request:
    trail = trails.own(request["Name"])
    trails.update(trail, request)
    return _answered(trail)


def _answered(trail: Trail) -> Request:
    return {name: trail.settings[name] for name in ANSWERED if name in trail.settings}


def _describe(trails: Trails, request: Request) -> Request:
    names, region = request.get("trailNameList") or (), trails.here()[1]
    return {
        "trailList": [
            dict(each.settings)
            for each in trails.visible()
            if (not names or {each.name, each.arn} & set(names))
            and (request.get("includeShadowTrails", True) or each.region == region)
        ]
    }


def _list(trails: Trails, _request: Request) -> Request:
    shown = ("TrailARN", "Name", "HomeRegion")
    return {"Trails": [{name: each.settings[name] for name in shown} for each in trails.visible()]}


def _status(trail: Trail) -> Request:
    times = {"StartLoggingTime": trail.started, "StopLoggingTime": trail.stopped}
    known = {name: value for name, value in times.items() if value is not None}
    return {"IsLogging": trail.logging, **known, **trail.status}


def _select(trails: Trails, request: Request) -> Request:
    basic, advanced = request.get("EventSelectors"), request.get("AdvancedEventSelectors")
    if bool(basic) == bool(advanced):
        raise ServiceError("InvalidEventSelectorsException", "there must be one kind of selectors")
    trail = trails.own(request["TrailName"])
    trails.select(trail, basic or advanced or ())
    return _selected(trail)


def _selected(trail: Trail) -> Request:
    advanced = "FieldSelectors" in trail.selectors[0]
    kind = "AdvancedEventSelectors" if advanced else "EventSelectors"
    return {"TrailARN": trail.arn, kind: [dict(each) for each in trail.selectors]}


def _add_tags(trails: Trails, request: Request) -> Request:
    trail = _tagged(trails, request["ResourceId"])
    trail.tags |= {each["Key"]: each.get("Value", "") for each in request["TagsList"]}
    return {}


def _remove_tags(trails: Trails, request: Request) -> Request:
    trail = _tagged(trails, request["ResourceId"])
    for each in request["TagsList"]:
        trail.tags.pop(each["Key"], None)
    return {}


def _list_tags(trails: Trails, request: Request) -> Request:
    return {
        "ResourceTagList": [
            {"ResourceId": arn, "TagsList": [{"Key": k, "Value": v} for k, v in tags.items()]}
            for arn in request["ResourceIdList"]
            for tags in [_tagged(trails, arn).tags]
        ]
    }


def _tagged(trails: Trails, arn: str) -> Trail:
    for each in trails.visible():
        if arn == each.arn:
            return each
    raise ServiceError("ResourceNotFoundException", f"Unknown trail: {arn}")
