"""Ways to make a template wrong, and to find the place for it."""

from collections.abc import Iterator
from typing import Any

from tests.assembly import as_list
from tests.constructs.rules.judging import MISSING, changed
from tests.mutations.mutation import Change, Resource, Template, Where

DOCUMENTS = ("AssumeRolePolicyDocument", "KeyPolicy", "PolicyDocument", "ResourcePolicy")
EVERYTHING = "*"


def put(path: str, value: object) -> Change:
    """Set a value of the resource; the path has dots, and numbers for entries."""

    def change(resource: Resource, _template: Template) -> None:
        resource.update(changed(resource, path, value))

    return change


def drop(path: str) -> Change:
    """Take a value of the resource away."""
    *above, last = path.split(".")
    if above:
        return put(path, MISSING)

    def change(resource: Resource, _template: Template) -> None:
        del resource[last]

    return change


def add(path: str, entry: object) -> Change:
    """Add an entry to a list of the resource."""

    def change(resource: Resource, _template: Template) -> None:
        place: Any = resource
        for part in path.split("."):
            place = place[int(part) if part.isdecimal() else part]
        place.append(entry)

    return change


def plant(resource_type: str, **properties: object) -> Change:
    """Add a resource beside this one."""

    def change(_resource: Resource, template: Template) -> None:
        kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
        template["Resources"]["Planted"] = {
            "Type": resource_type,
            "Properties": properties,
            **kept,
        }

    return change


def put_in(action: str, path: str, value: object) -> Change:
    """Set a value of the statement that allows an action."""

    def change(resource: Resource, _template: Template) -> None:
        statement = next(_allowing(resource, action))
        statement.update(changed({"it": statement}, f"it.{path}", value)["it"])

    return change


def drop_in(action: str, path: str) -> Change:
    """Take a value of the statement that allows an action away."""

    def change(resource: Resource, _template: Template) -> None:
        statement = next(_allowing(resource, action))
        del statement[path]

    return change


def allow(action: str, *, resource: object = EVERYTHING, **more: object) -> Change:
    """Add a statement to the resource's policy."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}

    def change(found: Resource, _template: Template) -> None:
        name = next(name for name in DOCUMENTS if name in found["Properties"])
        found["Properties"][name]["Statement"].append(statement)

    return change


def undeny(action: str) -> Change:
    """Take the statements away that deny an action."""

    def change(resource: Resource, _template: Template) -> None:
        document = _document(resource)
        document["Statement"] = [s for s in document["Statement"] if not _denies(s, action)]

    return change


def allows(action: str, key: str = "") -> Where:
    """Where a policy allows an action by a statement that speaks of the key; no boundary's."""

    def where(resource: Resource, _template: Template) -> bool:
        if str(resource["Properties"].get("Path")).endswith("/boundary/"):
            return False
        statement = next(_allowing(resource, action), None)
        return statement is not None and key in str(statement)

    return where


def denies(action: str) -> Where:
    """Where a policy denies an action."""

    def where(resource: Resource, _template: Template) -> bool:
        return any(_denies(s, action) for s in _document(resource)["Statement"])

    return where


def trusts(service: str) -> Where:
    """Where a role trusts a service."""

    def where(resource: Resource, _template: Template) -> bool:
        return f"'{service}'" in str(resource["Properties"]["AssumeRolePolicyDocument"])

    return where


def says(words: str) -> Where:
    """Where the words stand in the resource."""

    def where(resource: Resource, _template: Template) -> bool:
        return words in str(resource)

    return where


def in_production(_resource: Resource, template: Template) -> bool:
    """Where the template is of a production environment."""
    return template.get("Metadata", {}).get("Lockgate", {}).get("Production") is True


def _document(resource: Resource) -> dict[str, Any]:
    properties = resource["Properties"]
    found: dict[str, Any] = properties[next(name for name in DOCUMENTS if name in properties)]
    return found


def _allowing(resource: Resource, action: str) -> Iterator[dict[str, Any]]:
    for statement in _document(resource)["Statement"]:
        if statement["Effect"] == "Allow" and action in as_list(statement["Action"]):
            yield statement


def _denies(statement: dict[str, Any], action: str) -> bool:
    return statement["Effect"] == "Deny" and action in as_list(statement["Action"])
