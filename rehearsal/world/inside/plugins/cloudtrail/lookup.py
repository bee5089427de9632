"""LookupEvents: the management events of an account and region, the newest first."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.cloudtrail.record import Kept

MOST = 50
ATTRIBUTES: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "EventId": lambda event: [event["EventId"]],
    "EventName": lambda event: [event["EventName"]],
    "EventSource": lambda event: [event["EventSource"]],
    "ReadOnly": lambda event: [event["ReadOnly"]],
    "Username": lambda event: [event.get("Username", "")],
    "AccessKeyId": lambda event: [event.get("AccessKeyId", "")],
    "ResourceName": lambda event: [each["ResourceName"] for each in event["Resources"]],
    "ResourceType": lambda event: [each["ResourceType"] for each in event["Resources"]],
}


def lookup(
    events: Sequence[Kept], account: str, region: str, request: Mapping[str, Any]
) -> dict[str, Any]:
    """The answer to LookupEvents.

    Raises:
        ServiceError: it is asked for by more than one attribute, or for insights.
    """
    attributes = request.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise ServiceError("InvalidLookupAttributesException", "there may be only one attribute")
    if request.get("EventCategory"):
        raise ServiceError("InvalidEventCategoryException", "the rehearsal has no insights")
    most, until = int(request.get("MaxResults", MOST)), int(request.get("NextToken") or len(events))
    found: list[dict[str, Any]] = []
    for at in range(until - 1, -1, -1):
        each = events[at]
        here = not each.is_data and (each.account, each.region) == (account, region)
        if not here or not _in_time(each.at, request):
            continue
        if attributes and attributes[0]["AttributeValue"].lower() not in each.text.lower():
            continue
        event = _shown(each)
        if all(
            attribute["AttributeValue"] in ATTRIBUTES[attribute["AttributeKey"]](event)
            for attribute in attributes
        ):
            found.append(event)
            if len(found) == most:
                return {"Events": found, "NextToken": str(at)}
    return {"Events": found}


def _in_time(at: float, request: Mapping[str, Any]) -> bool:
    start, end = request.get("StartTime"), request.get("EndTime")
    return (not isinstance(start, datetime) or at >= start.timestamp()) and (
        not isinstance(end, datetime) or at <= end.timestamp()
    )


def _shown(kept: Kept) -> dict[str, Any]:
    event = json.loads(kept.text)
    who = event["userIdentity"]
    name = who.get("userName") or who.get("arn", "").rpartition("/")[2]
    name = "root" if who["type"] == "Root" else name
    resources = [
        {"ResourceType": each["type"], "ResourceName": each["ARN"]}
        for each in event.get("resources", ())
    ]
    return {
        "EventId": event["eventID"],
        "EventName": event["eventName"],
        "ReadOnly": str(event["readOnly"]).lower(),
        "EventTime": kept.at,
        "EventSource": event["eventSource"],
        "Resources": resources,
        "CloudTrailEvent": kept.text,
        **({"Username": name} if name else {}),
        **({"AccessKeyId": who["accessKeyId"]} if "accessKeyId" in who else {}),
    }
