"""Which events a trail wants: its event selectors, basic or advanced."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Event = Mapping[str, Any]
Selector = Mapping[str, Any]
DEFAULT: tuple[Selector, ...] = (
    {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    },
)
FIELDS: dict[str, Callable[[Event], list[str]]] = {
    "eventCategory": lambda event: [event["eventCategory"]],
    "eventName": lambda event: [event["eventName"]],
    "eventSource": lambda event: [event["eventSource"]],
    "eventType": lambda event: [event["eventType"]],
    "readOnly": lambda event: [str(event["readOnly"]).lower()],
    "resources.ARN": lambda event: [each["ARN"] for each in event.get("resources", ())],
    "resources.type": lambda event: [each["type"] for each in event.get("resources", ())],
    "userIdentity.arn": lambda event: [event["userIdentity"].get("arn", "")],
}
SIGNS: dict[str, Callable[[str, str], bool]] = {
    "Equals": lambda value, wanted: value == wanted,
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
}


def problem(selectors: Sequence[Selector]) -> str:
    """What the rehearsal cannot select by; empty where it can."""
    for selector in selectors:
        for each in selector.get("FieldSelectors", ()):
            if each["Field"] not in FIELDS:
                return f"the rehearsal selects no events by {each['Field']}"
    return ""


def wanted(event: Event, selectors: Sequence[Selector]) -> bool:
    """Whether one of the selectors wants the event."""
    return any(
        _advanced(event, each["FieldSelectors"])
        if "FieldSelectors" in each
        else _basic(event, each)
        for each in selectors
    )


def _basic(event: Event, selector: Selector) -> bool:
    kind = selector.get("ReadWriteType", "All")
    if kind != "All" and (kind == "ReadOnly") != event["readOnly"]:
        return False
    if event["eventCategory"] == "Management":
        excluded = selector.get("ExcludeManagementEventSources") or ()
        included = selector.get("IncludeManagementEvents", True)
        return bool(included) and event["eventSource"] not in excluded
    return any(
        _is_about(resource, each["Type"], value)
        for each in selector.get("DataResources") or ()
        for value in each.get("Values") or ()
        for resource in event.get("resources", ())
    )


def _is_about(resource: Mapping[str, str], kind: str, start: str) -> bool:
    if kind == "AWS::S3::Object" and resource["type"] == "AWS::S3::Bucket":
        # What lists objects is about their bucket.
        return f"{resource['ARN']}/".startswith(start)
    return resource["type"] == kind and resource["ARN"].startswith(start)


def _advanced(event: Event, conditions: Sequence[Mapping[str, Any]]) -> bool:
    return all(_fulfils(FIELDS[each["Field"]](event), each) for each in conditions)


def _fulfils(values: Sequence[str], condition: Mapping[str, Any]) -> bool:
    for sign, compare in SIGNS.items():
        any_of, none_of = condition.get(sign), condition.get(f"Not{sign}")
        if any_of and not any(compare(value, each) for value in values for each in any_of):
            return False
        if none_of and any(compare(value, each) for value in values for each in none_of):
            return False
    return True
