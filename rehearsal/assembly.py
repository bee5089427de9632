"""Read a cloud assembly: the stacks that a synth wrote, and what the rule packs said."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STACK = "aws:cloudformation:stack"
# What the manifest says of an account or a Region that only the credentials tell.
UNKNOWN = ("unknown-account", "unknown-region")


class AssemblyError(Exception):
    """The assembly cannot be read; the message says what, where and what to do."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One stack of the assembly.

    Attributes:
        name: its name in CloudFormation.
        account: its account, None for that of the credentials which deploy it.
        region: its Region, None likewise.
        protected: whether CloudFormation refuses to delete it.
        template: its template.
    """

    name: str
    account: str | None
    region: str | None
    protected: bool
    template: Mapping[str, Any]

    def of_type(self, resource_type: str) -> list[Mapping[str, Any]]:
        """The properties of its resources of one type."""
        return [
            resource.get("Properties", {})
            for resource in self.template["Resources"].values()
            if resource["Type"] == resource_type
        ]


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The stacks in the order of the manifest, and the rule packs' report."""

    stacks: tuple[Stack, ...]
    report: Mapping[str, Any]


def read(folder: Path) -> Assembly:
    """Read the assembly in a folder.

    Raises:
        AssemblyError: a file is missing or is not what a synth writes.
    """
    manifest = _json(folder / "manifest.json")
    try:
        stacks = tuple(
            _stack(folder, name, entry)
            for name, entry in manifest["artifacts"].items()
            if entry["type"] == STACK
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise AssemblyError(
            f"{folder / 'manifest.json'}: not a manifest of a cloud assembly "
            f"({type(error).__name__}: {error}); run make synth"
        ) from None
    if not stacks:
        raise AssemblyError(f"{folder}: it holds no stack; run make synth")
    return Assembly(stacks=stacks, report=_json(folder / "validation-report.json"))


def _stack(folder: Path, name: str, entry: Mapping[str, Any]) -> Stack:
    properties = entry["properties"]
    account, region = entry["environment"].removeprefix("aws://").split("/")
    template = _json(folder / properties["templateFile"])
    if not isinstance(template.get("Resources"), dict):
        raise AssemblyError(f"{folder / properties['templateFile']}: no template; run make synth")
    return Stack(
        name=properties.get("stackName", name),
        account=None if account in UNKNOWN else account,
        region=None if region in UNKNOWN else region,
        protected=bool(properties.get("terminationProtection", False)),
        template=template,
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except FileNotFoundError:
        raise AssemblyError(f"{path}: missing; run make synth") from None
    except (OSError, ValueError) as error:
        raise AssemblyError(f"{path}: cannot be read ({error}); run make synth") from None
    if not isinstance(found, dict):
        raise AssemblyError(f"{path}: not a JSON object; run make synth")
    return found
